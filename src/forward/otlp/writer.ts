/**
 * A growing buffer of protobuf fields (https://protobuf.dev/programming-guides/encoding/). Messages whose length is not known before
 * they are written get four bytes for it, a varint padded with continuation bits, which every decoder accepts.
 */
export class ProtoWriter {
  private buffer: Buffer;
  private at = 0;

  constructor(capacity: number) {
    this.buffer = Buffer.allocUnsafeSlow(Math.max(capacity, 1024));
  }

  get length(): number {
    return this.at;
  }

  get capacity(): number {
    return this.buffer.length;
  }

  /** What has been written, without a copy: it is there until something else is written. */
  finish(): Buffer {
    return this.buffer.subarray(0, this.at);
  }

  /** Opens a message field; `close` writes its length. */
  open(field: number): number {
    this.reserve(10);
    this.rawVarint((field << 3) | 2);
    this.at += 4;
    return this.at;
  }

  close(start: number): void {
    const length = this.at - start;
    const { buffer } = this;
    buffer[start - 4] = (length & 0x7f) | 0x80;
    buffer[start - 3] = ((length >>> 7) & 0x7f) | 0x80;
    buffer[start - 2] = ((length >>> 14) & 0x7f) | 0x80;
    buffer[start - 1] = (length >>> 21) & 0x7f;
  }

  fixed64(field: number, high: number, low: number): void {
    this.reserve(13);
    this.rawVarint((field << 3) | 1);
    this.buffer.writeUInt32LE(low, this.at);
    this.buffer.writeUInt32LE(high, this.at + 4);
    this.at += 8;
  }

  double(field: number, value: number): void {
    this.reserve(13);
    this.rawVarint((field << 3) | 1);
    this.buffer.writeDoubleLE(value, this.at);
    this.at += 8;
  }

  /** A non-negative integer below 2^31. */
  uint(field: number, value: number): void {
    this.reserve(10);
    this.rawVarint(field << 3);
    this.rawVarint(value);
  }

  bytes(field: number, value: Uint8Array): void {
    this.reserve(10 + value.length);
    this.rawVarint((field << 3) | 2);
    this.rawVarint(value.length);
    this.rawBytes(value);
  }

  string(field: number, value: string): void {
    this.reserve(10 + value.length * 3);
    this.rawVarint((field << 3) | 2);
    const start = this.at;
    this.rawVarint(value.length);
    if (!this.rawAscii(value)) {
      this.at = start;
      this.rawVarint(Buffer.byteLength(value));
      this.at += this.buffer.write(value, this.at, 'utf8');
    }
  }

  /** Makes room for `count` more bytes: the raw methods do not. */
  reserve(count: number): void {
    if (this.at + count <= this.buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.buffer.length * 2, this.at + count));
    this.buffer.copy(larger, 0, 0, this.at);
    this.buffer = larger;
  }

  rawByte(value: number): void {
    this.buffer[this.at++] = value;
  }

  rawBytes(value: Uint8Array): void {
    this.buffer.set(value, this.at);
    this.at += value.length;
  }

  /** A range of a buffer: the native copy takes no longer than eight turns of a loop. */
  rawSlice(source: Buffer, from: number, to: number): void {
    source.copy(this.buffer, this.at, from, to);
    this.at += to - from;
  }

  /** Copies what was written since `start` to the beginning of `target`. */
  copyTo(target: Uint8Array, start: number): void {
    this.buffer.copy(target, 0, start, this.at);
  }

  /** Words as hexadecimal digits. */
  rawHex(words: Uint32Array): void {
    const { buffer } = this;
    for (const word of words) {
      for (let shift = 28; shift >= 0; shift -= 4) {
        const digit = (word >>> shift) & 15;
        buffer[this.at++] = digit < 10 ? 48 + digit : 87 + digit;
      }
    }
  }

  rawVarint(value: number): void {
    const { buffer } = this;
    let rest = value;
    while (rest > 0x7f) {
      buffer[this.at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    buffer[this.at++] = rest;
  }

  rawDouble(value: number): void {
    this.buffer.writeDoubleLE(value, this.at);
    this.at += 8;
  }

  rawUtf8(value: string): void {
    this.at += this.buffer.write(value, this.at, 'utf8');
  }

  /** Writes a string of ASCII; writes nothing and says `false` where it holds anything else. */
  rawAscii(value: string): boolean {
    const { buffer, at } = this;
    const { length } = value;
    if (length > SHORT) {
      if (buffer.write(value, at, 'utf8') !== length) return false;
      this.at = at + length;
      return true;
    }
    for (let index = 0; index < length; index++) {
      const code = value.charCodeAt(index);
      if (code > 0x7f) return false;
      buffer[at + index] = code;
    }
    this.at = at + length;
    return true;
  }

  rewind(at: number): void {
    this.at = at;
  }
}

/** Up to this length a loop is faster than the call of the native writer. */
const SHORT = 40;

export function varintLength(value: number): number {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : value < 0x1000_0000 ? 4 : 5;
}

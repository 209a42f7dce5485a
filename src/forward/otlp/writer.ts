/** Bytes, and the view that reads them four at a time. */
export interface Bytes {
  readonly bytes: Buffer;
  readonly view: DataView;
}

export function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/**
 * A growing buffer of protobuf fields (https://protobuf.dev/programming-guides/encoding/). Messages whose length is not known before
 * they are written get four bytes for it, a varint padded with continuation bits, which every decoder accepts.
 */
export class ProtoWriter {
  private buffer: Buffer;
  private view: DataView;
  private at = 0;

  constructor(capacity: number) {
    this.buffer = Buffer.allocUnsafeSlow(Math.max(capacity, 1024));
    this.view = viewOf(this.buffer);
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
    this.view.setUint32(this.at, low, true);
    this.view.setUint32(this.at + 4, high, true);
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
    this.view = viewOf(larger);
  }

  /** Writes over a byte that was written before. */
  put(at: number, value: number): void {
    this.buffer[at] = value;
  }

  rawByte(value: number): void {
    this.buffer[this.at++] = value;
  }

  rawBytes(value: Uint8Array): void {
    this.buffer.set(value, this.at);
    this.at += value.length;
  }

  /** A range of `source`. Four bytes at a time where that is faster than the call of the native copy: needs room for three more. */
  rawSlice({ bytes, view: source }: Bytes, from: number, to: number): void {
    const { view, at } = this;
    const length = to - from;
    if (length > SHORT || to + 3 > source.byteLength) bytes.copy(this.buffer, at, from, to);
    else for (let done = 0; done < length; done += 4) view.setInt32(at + done, source.getInt32(from + done, true), true);
    this.at = at + length;
  }

  /** The first `length` bytes of little-endian words. Needs room for three more. */
  rawWords(words: Int32Array, length: number): void {
    const { view, at } = this;
    for (let word = 0; word < words.length; word++) view.setInt32(at + (word << 2), words[word] as number, true);
    this.at = at + length;
  }

  /** Two bytes, the second in the higher bits. */
  rawTwo(bytes: number): void {
    this.view.setUint16(this.at, bytes, true);
    this.at += 2;
  }

  /** Three bytes, the third in the highest bits. Needs room for one more. */
  rawThree(bytes: number): void {
    this.view.setInt32(this.at, bytes, true);
    this.at += 3;
  }

  /** Copies what was written since `start` to the beginning of `target`. */
  copyTo(target: Uint8Array, start: number): void {
    this.buffer.copy(target, 0, start, this.at);
  }

  /** A copy of what was written since `start`. */
  since(start: number): Uint8Array {
    return Uint8Array.prototype.slice.call(this.buffer, start, this.at);
  }

  /** The first characters of words in base64url, the lowest bits of a word first. */
  rawBase64(words: Uint32Array, characters: number): void {
    const { buffer } = this;
    for (let bit = 0; bit < characters * 6; bit += 6) {
      const word = bit >>> 5;
      const shift = bit & 31;
      let digit = (words[word] as number) >>> shift;
      if (shift > 26) digit |= (words[word + 1] as number) << (32 - shift);
      buffer[this.at++] = BASE64[digit & 63] as number;
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

const BASE64 = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_');

/** Up to this length a loop is faster than the call of the native writer. */
const SHORT = 40;

export function varintLength(value: number): number {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : value < 0x1000_0000 ? 4 : 5;
}

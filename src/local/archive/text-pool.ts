import type { Dictionary } from '../kql/data.ts';
import type { Value } from '../kql/types.ts';

const FIRST_SIZE = 1_024;
const MANY = 4_096;
/** Bytes per text on average. */
const LONG = 64;

/**
 * Distinct texts by number, found by their bytes: a text that was seen before is never decoded again. Number 0 is what a cell without
 * a text holds.
 */
export class TextPool implements Dictionary {
  readonly distinct = true;
  readonly #none: Value;
  readonly #values: Value[];
  /** By twos: a number plus one, 0 for none, and its hash beside it, so that most strangers are told without another look. */
  #slots = new Int32Array(FIRST_SIZE * 4);
  #hashes = new Int32Array(FIRST_SIZE + 1);
  #starts = new Int32Array(FIRST_SIZE + 1);
  #bytes: Buffer = Buffer.allocUnsafe(FIRST_SIZE * 16);
  #ownView = viewOf(this.#bytes);
  #lookedAt: Uint8Array | null = null;
  #view = this.#ownView;
  #size = 1;

  constructor(none: Value) {
    this.#none = none;
    this.#values = [none];
    if (none === '') this.#insert(hashOf(this.#view, 0, 0), 0);
  }

  get size(): number {
    return this.#size;
  }

  /** Many long texts: then most of them come once, and keeping each as it is costs less. */
  get isSpread(): boolean {
    return this.#size > MANY && (this.#starts[this.#size] as number) > this.#size * LONG;
  }

  /** The texts by number. It grows with the pool; numbers keep their meaning. */
  get values(): readonly Value[] {
    for (let code = this.#values.length; code < this.#size; code += 1) {
      this.#values.push(this.#bytes.toString('utf8', this.#starts[code], this.#starts[code + 1]));
    }
    return this.#values;
  }

  codeOfText(text: Value): number {
    if (text === this.#none) return 0;
    const bytes = Buffer.from(text as string);
    return this.codeOf(bytes, 0, bytes.length);
  }

  codeOf(bytes: Uint8Array, start: number, end: number): number {
    this.#look(bytes);
    const hash = hashOf(this.#view, start, end);
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = (hash << 1) & mask; ; slot = (slot + 2) & mask) {
      const code = (slots[slot] as number) - 1;
      if (code < 0) break;
      if (slots[slot + 1] === hash && this.#equals(code, start, end)) return code;
    }
    const code = this.#size;
    this.#append(bytes, start, end);
    this.#insert(hash, code);
    return code;
  }

  /** Bytes are looked at in fours, which for ids is several times as fast as one by one. */
  #look(bytes: Uint8Array): void {
    if (bytes === this.#lookedAt) return;
    this.#lookedAt = bytes;
    this.#view = viewOf(bytes);
  }

  #equals(code: number, start: number, end: number): boolean {
    const from = this.#starts[code] as number;
    if ((this.#starts[code + 1] as number) - from !== end - start) return false;
    const own = this.#ownView;
    const other = this.#view;
    let at = start;
    for (; at + 4 <= end; at += 4) if (own.getInt32(from + at - start, true) !== other.getInt32(at, true)) return false;
    for (; at < end; at += 1) if (own.getUint8(from + at - start) !== other.getUint8(at)) return false;
    return true;
  }

  #append(bytes: Uint8Array, start: number, end: number): void {
    const from = this.#starts[this.#size] as number;
    if (from + end - start > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, from + end - start));
      this.#bytes.copy(larger, 0, 0, from);
      this.#bytes = larger;
      this.#ownView = viewOf(larger);
    }
    const own = this.#bytes;
    // A loop: making a view of a few bytes would cost more than copying them.
    let at = start;
    for (; at + 4 <= end; at += 4) this.#ownView.setInt32(from + at - start, this.#view.getInt32(at, true), true);
    for (; at < end; at += 1) own[from + at - start] = bytes[at] as number;
    if (this.#size + 2 > this.#starts.length) {
      this.#starts = larger(this.#starts);
      this.#hashes = larger(this.#hashes);
    }
    this.#starts[this.#size + 1] = from + end - start;
    this.#size += 1;
  }

  #insert(hash: number, code: number): void {
    this.#hashes[code] = hash;
    if (this.#size * 4 > this.#slots.length) this.#rehash(this.#slots.length * 4, code);
    this.#place(hash, code);
  }

  #rehash(size: number, upTo: number): void {
    this.#slots = new Int32Array(size);
    for (let code = this.#none === '' ? 0 : 1; code < upTo; code += 1) this.#place(this.#hashes[code] as number, code);
  }

  #place(hash: number, code: number): void {
    const mask = this.#slots.length - 1;
    let slot = (hash << 1) & mask;
    while ((this.#slots[slot] as number) !== 0) slot = (slot + 2) & mask;
    this.#slots[slot] = code + 1;
    this.#slots[slot + 1] = hash;
  }
}

function larger(array: Int32Array): Int32Array<ArrayBuffer> {
  const copy = new Int32Array(array.length * 2);
  copy.set(array);
  return copy;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** FNV-1a over four bytes at a time, mixed once more at the end. */
function hashOf(view: DataView, start: number, end: number): number {
  let hash = 0x811c9dc5;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    hash = Math.imul(hash ^ view.getInt32(at, true), 0x01000193);
    hash ^= hash >>> 15;
  }
  for (; at < end; at += 1) hash = Math.imul(hash ^ view.getUint8(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 13), 0x85ebca6b);
  return hash ^ (hash >>> 16);
}

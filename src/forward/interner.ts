/**
 * Numbers texts in the order they are first met, 0 to `limit` − 1, so that what belongs to a text is found by one array access. Bytes
 * are read four at a time. Texts are bounded in number and length because senders choose them: what is beyond gets −1.
 */
export class Interner {
  readonly texts: string[] = [];
  private readonly limit: number;
  private readonly slots: Int16Array;
  private readonly hashes: Int32Array;
  private readonly lengths: Int32Array;
  private readonly starts: Int32Array;
  private store = new Int32Array(8_192);
  private used = 0;

  constructor(limit: number) {
    this.limit = limit;
    this.slots = new Int16Array(1 << (34 - Math.clz32(limit))).fill(-1);
    this.hashes = new Int32Array(limit);
    this.lengths = new Int32Array(limit);
    this.starts = new Int32Array(limit);
  }

  /** The number of the text at [from, to), which is given one if there is any left. */
  numberOf(view: DataView, from: number, to: number): number {
    const length = to - from;
    if (length > MAX_LENGTH || to + 4 > view.byteLength) return this.slowNumberOf(view, from, to);
    let hash = length;
    let at = from;
    if (length > HASHED_WHOLE) {
      hash = mix(mix(hash, view.getInt32(at, true)), view.getInt32(at + 4, true));
      at = to - HASHED_END;
    }
    for (; at + 4 <= to; at += 4) hash = mix(hash, view.getInt32(at, true));
    if (at < to) hash = mix(hash, view.getInt32(at, true) & (MASKS[to - at] as number));
    return this.lookUp(view, from, to, hash);
  }

  /** Whether the text with this number stands at `from`. */
  stands(number: number, view: DataView, from: number): boolean {
    const length = this.lengths[number] as number;
    if (from + length + 4 > view.byteLength) return false;
    const { store } = this;
    let word = this.starts[number] as number;
    let at = from;
    const to = from + length;
    for (; at + 4 <= to; at += 4) if (view.getInt32(at, true) !== store[word++]) return false;
    return at === to || (view.getInt32(at, true) & (MASKS[to - at] as number)) === store[word];
  }

  lengthOf(number: number): number {
    return this.lengths[number] as number;
  }

  private lookUp(view: DataView, from: number, to: number, hash: number): number {
    const mask = this.slots.length - 1;
    let slot = (hash ^ (hash >>> 15)) & mask;
    let probes = 0;
    for (let known = this.slots[slot] as number; known >= 0; known = this.slots[slot] as number) {
      if (++probes > MOST_PROBES) return -1;
      if (this.hashes[known] === hash && this.lengths[known] === to - from && this.stands(known, view, from)) return known;
      slot = (slot + 1) & mask;
    }
    return this.add(view, from, to, hash, slot);
  }

  private add(view: DataView, from: number, to: number, hash: number, slot: number): number {
    const number = this.texts.length;
    if (number >= this.limit) return -1;
    const size = (to - from + 3) >> 2;
    if (this.used + size > this.store.length) {
      const larger = new Int32Array(Math.max(this.store.length * 2, this.used + size));
      larger.set(this.store);
      this.store = larger;
    }
    this.starts[number] = this.used;
    for (let at = from; at < to; at += 4) {
      this.store[this.used++] = view.getInt32(at, true) & (to - at >= 4 ? -1 : (MASKS[to - at] as number));
    }
    this.slots[slot] = number;
    this.hashes[number] = hash;
    this.lengths[number] = to - from;
    this.texts.push(Buffer.from(view.buffer, view.byteOffset + from, to - from).toString('utf8'));
    return number;
  }

  /** A text so near the end of its bytes that they cannot be read four at a time. */
  private slowNumberOf(view: DataView, from: number, to: number): number {
    const length = to - from;
    if (length > MAX_LENGTH) return -1;
    const padded = new Uint8Array(length + 4);
    padded.set(new Uint8Array(view.buffer, view.byteOffset + from, length));
    return this.numberOf(new DataView(padded.buffer), 0, length);
  }
}

const MAX_LENGTH = 1_024;
/** Longer texts, such as resource ids, are told apart by their length, beginning and end. */
const HASHED_WHOLE = 32;
const HASHED_END = 20;
/** Senders can choose texts of the same hash; the table is half empty, so that others are found long before. */
const MOST_PROBES = 64;
/** Of the first n bytes of a little-endian word. */
const MASKS = [0, 0xff, 0xffff, 0xff_ffff] as const;

function mix(hash: number, word: number): number {
  const mixed = Math.imul(hash ^ word, 0x9e37_79b1);
  return mixed ^ (mixed >>> 15);
}

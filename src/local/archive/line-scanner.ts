import { endsOfRun, firstOf } from '../kql/byte-words.ts';

/** What a field's value is, by its first byte. */
export const TEXT = 1;
export const NUMBER = 2;
const WORD = 3;
export const NESTED = 4;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MOST_FIELDS = 256;
/** 1 for quotes, backslashes and control characters: one look per byte instead of three comparisons. */
const ENDS_RUN = Uint8Array.from({ length: 256 }, (_, byte) => (byte < 32 || byte === QUOTE || byte === BACKSLASH ? 1 : 0));

/** Longer names are not remembered. */
const LONGEST_NAME = 64;
const NAME_WORDS = LONGEST_NAME / 4;

/**
 * The fields of one line with a JSON object, as places in its bytes; nothing is decoded. Nested values are stepped over by their
 * brackets: what is in them is checked by whoever reads them. Lines resemble the line before: its names, and its texts where they are
 * the same again, are compared four bytes at a time instead of being looked through.
 */
export class LineScanner {
  /** What `begin` was called with. */
  bytes: Uint8Array | null = null;
  count = 0;
  readonly keyStart = new Int32Array(MOST_FIELDS);
  readonly keyEnd = new Int32Array(MOST_FIELDS);
  /** Of a text: without its quotes. */
  readonly start = new Int32Array(MOST_FIELDS);
  readonly end = new Int32Array(MOST_FIELDS);
  /** TEXT, NUMBER, WORD or NESTED. */
  readonly kinds = new Uint8Array(MOST_FIELDS);
  /** 1 where a text has escapes. */
  readonly escaped = new Uint8Array(MOST_FIELDS);
  /** 1 where the field of this position had the same name in the line before. */
  readonly sameName = new Uint8Array(MOST_FIELDS);
  /** 1 where it also had the same text, without escapes. */
  readonly sameText = new Uint8Array(MOST_FIELDS);
  #view: DataView = new DataView(new ArrayBuffer(0));
  /** Of the line before, by position: `"name":` in words, its length (0 for none), and its text (an end of 0 for none). */
  readonly #names = new Int32Array(MOST_FIELDS * NAME_WORDS);
  readonly #nameLength = new Uint8Array(MOST_FIELDS);
  readonly #lastStart = new Int32Array(MOST_FIELDS);
  readonly #lastEnd = new Int32Array(MOST_FIELDS);

  /** To be called before the first line of a block. */
  begin(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.forget();
  }

  /** The next line is as if it were the first. To be called when the line before was not taken in field by field. */
  forget(): void {
    this.#nameLength.fill(0);
    this.#lastEnd.fill(0);
  }

  /** The byte at `to` ends the line. `false` for a line that is not one whole object, or is out of the ordinary (escapes in a name, hundreds of fields). */
  scan(bytes: Uint8Array, from: number, to: number): boolean {
    const scanned = this.#scan(bytes, from, to);
    if (!scanned) this.forget();
    return scanned;
  }

  #scan(bytes: Uint8Array, from: number, to: number): boolean {
    this.count = 0;
    let end = to;
    while (end > from && (bytes[end - 1] as number) <= 32) end -= 1;
    let at = skipBlanks(bytes, from);
    if (bytes[at] !== 0x7b || bytes[end - 1] !== 0x7d) return false;
    at = skipBlanks(bytes, at + 1);
    if (at === end - 1) return true;
    for (;;) {
      const field = this.count;
      if (field === MOST_FIELDS) return false;
      if (this.#isNameAgain(at, end, field)) {
        this.sameName[field] = 1;
        at += this.#nameLength[field] as number;
      } else {
        this.sameName[field] = 0;
        const name = at;
        at = this.#name(bytes, at, end, field);
        if (at < 0) return false;
        this.#remember(name, at, field);
      }
      this.sameText[field] = 0;
      at = this.#value(bytes, (bytes[at] as number) <= 32 ? skipBlanks(bytes, at) : at, end, field);
      if (at < 0) return false;
      this.count += 1;
      at = skipBlanks(bytes, at);
      if (bytes[at] === 0x7d) return at === end - 1;
      if (bytes[at] !== 0x2c) return false;
      at = skipBlanks(bytes, at + 1);
    }
  }

  /** A name and its colon; where they are over, -1 for anything else. */
  #name(bytes: Uint8Array, from: number, end: number, field: number): number {
    if (bytes[from] !== QUOTE) return -1;
    let at = this.#text(bytes, from, from + 1, end, field);
    if (at < 0 || this.escaped[field] === 1) return -1;
    this.keyStart[field] = this.start[field] as number;
    this.keyEnd[field] = this.end[field] as number;
    at = skipBlanks(bytes, at);
    return bytes[at] === 0x3a ? at + 1 : -1;
  }

  #isNameAgain(at: number, end: number, field: number): boolean {
    const length = this.#nameLength[field] as number;
    if (length === 0 || at + length > end) return false;
    const view = this.#view;
    const names = this.#names;
    let word = field * NAME_WORDS;
    const last = at + length - 4;
    for (let from = at; from < last; from += 4) {
      if (view.getInt32(from, true) !== names[word]) return false;
      word += 1;
    }
    // The last four bytes overlap those before.
    return view.getInt32(last, true) === names[word];
  }

  #remember(from: number, to: number, field: number): void {
    const length = to - from;
    this.#lastEnd[field] = 0;
    this.#nameLength[field] = length >= 4 && length <= LONGEST_NAME ? length : 0;
    if (this.#nameLength[field] === 0) return;
    let word = field * NAME_WORDS;
    for (let at = from; at < to - 4; at += 4) {
      this.#names[word] = this.#view.getInt32(at, true);
      word += 1;
    }
    this.#names[word] = this.#view.getInt32(to - 4, true);
  }

  #value(bytes: Uint8Array, at: number, end: number, field: number): number {
    const first = bytes[at] as number;
    if (first === QUOTE) {
      this.kinds[field] = TEXT;
      return this.#textAgain(bytes, at, end, field);
    }
    this.#lastEnd[field] = 0;
    this.start[field] = at;
    this.escaped[field] = 0;
    let after: number;
    if (first === 0x7b || first === 0x5b) {
      this.kinds[field] = NESTED;
      after = skipNested(bytes, at, end);
    } else {
      this.kinds[field] = first === 0x2d || (first >= 0x30 && first <= 0x39) ? NUMBER : WORD;
      after = at;
      while (after < end && bytes[after] !== 0x2c && bytes[after] !== 0x7d && (bytes[after] as number) > 32) after += 1;
    }
    this.end[field] = after;
    return after;
  }

  /** A text: what it has in common with the one of the line before need not be looked through. */
  #textAgain(bytes: Uint8Array, at: number, end: number, field: number): number {
    const lastEnd = this.#lastEnd[field] as number;
    let next = at + 1;
    if (lastEnd !== 0) {
      const view = this.#view;
      let last = this.#lastStart[field] as number;
      while (last + 4 <= lastEnd && next + 4 <= end && view.getInt32(last, true) === view.getInt32(next, true)) {
        last += 4;
        next += 4;
      }
      while (last < lastEnd && bytes[last] === bytes[next]) {
        last += 1;
        next += 1;
      }
      if (last === lastEnd && next < end && bytes[next] === QUOTE) {
        this.sameText[field] = 1;
        this.#lastStart[field] = at + 1;
        this.#lastEnd[field] = next;
        this.start[field] = at + 1;
        this.end[field] = next;
        this.escaped[field] = 0;
        return next + 1;
      }
    }
    const after = this.#text(bytes, at, next, end, field);
    const plain = after >= 0 && this.escaped[field] === 0;
    this.#lastStart[field] = at + 1;
    this.#lastEnd[field] = plain ? after - 1 : 0;
    return after;
  }

  /** The text that begins with the quote at `at` and has been looked through up to `from`. */
  #text(bytes: Uint8Array, at: number, from: number, end: number, field: number): number {
    const view = this.#view;
    const wordsEnd = bytes.length - 4;
    let next = from;
    let escapes = 0;
    // The line's own end is a control character, too: the end need not be looked for.
    for (;;) {
      if (next <= wordsEnd) {
        const found = endsOfRun(view.getInt32(next, true));
        if (found === 0) {
          next += 4;
          continue;
        }
        next += firstOf(found);
      } else if (ENDS_RUN[bytes[next] as number] === 0) {
        next += 1;
        continue;
      }
      const byte = bytes[next] as number;
      if (byte === QUOTE) break;
      if (byte !== BACKSLASH) return -1;
      escapes = 1;
      next += 2;
      if (next >= end) return -1;
    }
    if (next >= end) return -1;
    this.start[field] = at + 1;
    this.end[field] = next;
    this.escaped[field] = escapes;
    return next + 1;
  }
}

function skipBlanks(bytes: Uint8Array, from: number): number {
  let at = from;
  while ((bytes[at] as number) <= 32) at += 1;
  return at;
}

function skipNested(bytes: Uint8Array, from: number, end: number): number {
  let depth = 0;
  for (let at = from; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) {
      at += 1;
      for (let inner = bytes[at] as number; inner !== QUOTE; inner = bytes[at] as number) {
        if (at >= end) return -1;
        at += inner === BACKSLASH ? 2 : 1;
      }
    } else if (byte === 0x7b || byte === 0x5b) depth += 1;
    else if (byte === 0x7d || byte === 0x5d) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return -1;
}

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

/**
 * The fields of one line with a JSON object, as places in its bytes; nothing is decoded. Nested values are stepped over by their
 * brackets: what is in them is checked by whoever reads them.
 */
export class LineScanner {
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

  /** The byte at `to` ends the line. `false` for a line that is not one whole object, or is out of the ordinary (escapes in a name, hundreds of fields). */
  scan(bytes: Uint8Array, from: number, to: number): boolean {
    this.count = 0;
    let end = to;
    while (end > from && (bytes[end - 1] as number) <= 32) end -= 1;
    let at = skipBlanks(bytes, from);
    if (bytes[at] !== 0x7b || bytes[end - 1] !== 0x7d) return false;
    at = skipBlanks(bytes, at + 1);
    if (at === end - 1) return true;
    for (;;) {
      if (bytes[at] !== QUOTE || this.count === MOST_FIELDS) return false;
      const field = this.count;
      at = this.#text(bytes, at, end, field);
      if (at < 0 || this.escaped[field] === 1) return false;
      this.keyStart[field] = this.start[field] as number;
      this.keyEnd[field] = this.end[field] as number;
      at = skipBlanks(bytes, at);
      if (bytes[at] !== 0x3a) return false;
      at = this.#value(bytes, skipBlanks(bytes, at + 1), end, field);
      if (at < 0) return false;
      this.count += 1;
      at = skipBlanks(bytes, at);
      if (bytes[at] === 0x7d) return at === end - 1;
      if (bytes[at] !== 0x2c) return false;
      at = skipBlanks(bytes, at + 1);
    }
  }

  #value(bytes: Uint8Array, at: number, end: number, field: number): number {
    const first = bytes[at] as number;
    if (first === QUOTE) {
      this.kinds[field] = TEXT;
      return this.#text(bytes, at, end, field);
    }
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

  #text(bytes: Uint8Array, at: number, end: number, field: number): number {
    let next = at + 1;
    let escapes = 0;
    // The line's own end is a control character, too: the end need not be looked for.
    for (;;) {
      while (ENDS_RUN[bytes[next] as number] === 0) next += 1;
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

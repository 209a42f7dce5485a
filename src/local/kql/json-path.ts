import type { Dynamic } from './types.ts';

/*
 * Reads members of a JSON object from its text without building the object. The whole text is checked on the way, so that text
 * which is not JSON is told from text which is; whatever is out of the ordinary (escapes in keys, a key given twice, numbers that a
 * double does not hold) is left to the parser. It runs for every row of a query: one loop over local variables and over bytes, because
 * reading a character of a string costs several times as much.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
/** Nesting is kept in the bits of one number. */
const DEEPEST = 30;

/** Longer texts are left to the parser. */
const LONGEST = 65_536;
const bytes = Buffer.alloc(LONGEST * 3 + 8);

/** Names to look for under one object. */
export interface JsonNames {
  readonly name: Buffer;
  /** Its length and first byte, by which most other names are told from it. */
  readonly size: number;
  readonly first: number;
  readonly children: readonly JsonNames[];
  /** Where the value goes, -1 for a name that only leads to others. */
  readonly leaf: number;
  /** The scan that met the name last. */
  scan: number;
}

/** The names of several paths; the value of each goes to its own place. */
export function jsonNames(paths: readonly (readonly string[])[]): JsonNames {
  const under = (name: string, inside: readonly { readonly rest: readonly string[]; readonly leaf: number }[]): JsonNames => {
    const own = inside.find(({ rest }) => rest.length === 0);
    const first = new Set(inside.flatMap(({ rest }) => rest.slice(0, 1)));
    const children = [...first].map((next) =>
      under(
        next,
        inside.flatMap(({ rest, leaf }) => (rest[0] === next ? [{ rest: rest.slice(1), leaf }] : [])),
      ),
    );
    const text = Buffer.from(name);
    return { name: text, size: text.length, first: text[0] ?? QUOTE, children, leaf: own?.leaf ?? -1, scan: 0 };
  };
  return under(
    '',
    paths.map((rest, leaf) => ({ rest, leaf })),
  );
}

let scans = 0;
/** By depth, the names to look for in the object that is open there. */
const open = new Array<JsonNames | null>(DEEPEST + 2).fill(null);

/**
 * Puts the members of a JSON text where they belong; what the object lacks is left as it is. `false` when the parser has to decide:
 * then nothing that was put counts.
 */
export function readMembers(text: string, names: JsonNames, into: Dynamic[]): boolean {
  if (text.length > LONGEST) return false;
  const length = bytes.write(text, 'utf8');
  // What ends a run of characters ends the text, too: the length need not be looked at for every byte.
  bytes[length] = 0;
  return scanBytes(length, names, into);
}

function scanBytes(length: number, names: JsonNames, into: Dynamic[]): boolean {
  const source = bytes;
  scans += 1;
  let at = 0;
  let depth = 0;
  /** A bit per level: 1 for an object. */
  let objects = 0;
  /** What is looked for in the value to come. */
  let next: JsonNames | null = names;
  if (length === 0 || source[0] !== OPEN_OBJECT) return false;
  for (;;) {
    // A value begins here.
    if ((source[at] as number) <= 32) at = blanksFrom(at, length);
    if (at >= length) return false;
    const first = source[at] as number;
    let opened = false;
    if (first === OPEN_OBJECT || first === OPEN_ARRAY) {
      if ((next !== null && next.leaf >= 0) || depth === DEEPEST) return false;
      depth += 1;
      if (first === OPEN_OBJECT) {
        objects |= 1 << depth;
        open[depth] = next;
      } else objects &= ~(1 << depth);
      at += 1;
      if ((source[at] as number) <= 32) at = blanksFrom(at, length);
      if (at >= length) return false;
      opened = source[at] !== (first === OPEN_OBJECT ? CLOSE_OBJECT : CLOSE_ARRAY);
    } else {
      const start = at;
      at = first === QUOTE ? endOfString(at, length) : endOfWord(at, length, first);
      if (at < 0) return false;
      if (next !== null && next.leaf >= 0) {
        const value = scalarOf(start, at);
        if (value === undefined) return false;
        into[next.leaf] = value;
      }
    }
    next = null;
    // After a value: commas and closing brackets, until another value is to come.
    for (;;) {
      if (!opened) {
        if ((source[at] as number) <= 32) at = blanksFrom(at, length);
        if (depth === 0) return at === length;
        if (at >= length) return false;
        const code = source[at] as number;
        at += 1;
        if (code === (((objects >> depth) & 1) === 1 ? CLOSE_OBJECT : CLOSE_ARRAY)) {
          depth -= 1;
          continue;
        }
        if (code !== COMMA) return false;
        if ((source[at] as number) <= 32) at = blanksFrom(at, length);
      }
      opened = false;
      if (((objects >> depth) & 1) === 0) break;
      // A name and its colon.
      if (at >= length || source[at] !== QUOTE) return false;
      const nameStart = at + 1;
      at = endOfString(at, length);
      if (at < 0) return false;
      const wanted = open[depth] as JsonNames | null;
      if (wanted !== null) {
        if (escaped) return false;
        next = namedIn(wanted, nameStart, at - 1);
        if (next !== null) {
          if (next.scan === scans) return false;
          next.scan = scans;
        }
      }
      if ((source[at] as number) <= 32) at = blanksFrom(at, length);
      if (at >= length || source[at] !== COLON) return false;
      at += 1;
      break;
    }
  }
}

function namedIn({ children }: JsonNames, start: number, end: number): JsonNames | null {
  for (let index = 0; index < children.length; index += 1) {
    const child = children[index] as JsonNames;
    if (child.size === end - start && child.first === bytes[start] && isName(child.name, start, end)) return child;
  }
  return null;
}

function blanksFrom(from: number, length: number): number {
  let at = from;
  while ((bytes[at] as number) <= 32 && at < length) {
    const code = bytes[at];
    if (code !== 32 && code !== 10 && code !== 13 && code !== 9) break;
    at += 1;
  }
  return at;
}

/** 1 for quotes, backslashes and control characters: one look per byte instead of three comparisons. */
const ENDS_RUN = Uint8Array.from({ length: 256 }, (_, byte) => (byte < 32 || byte === QUOTE || byte === BACKSLASH ? 1 : 0));

/** Whether the string that was stepped over last has escapes. */
let escaped = false;

/** Where a string that begins at `from` is over, -1 for one with control characters, a wrong escape or no end. */
function endOfString(from: number, length: number): number {
  const source = bytes;
  let at = from + 1;
  while (ENDS_RUN[source[at] as number] === 0) at += 1;
  escaped = false;
  return source[at] === QUOTE ? at + 1 : endOfEscaped(at, length);
}

function endOfEscaped(from: number, length: number): number {
  escaped = true;
  let at = from;
  while (at < length) {
    const code = bytes[at] as number;
    if (code === QUOTE) return at + 1;
    if (code < 32) return -1;
    at += 1;
    if (code !== BACKSLASH) continue;
    const kind = at < length ? String.fromCharCode(bytes[at] as number) : '';
    at += 1;
    if (kind === 'u') {
      if (at + 4 > length || !/^[\da-f]{4}$/i.test(bytes.toString('latin1', at, at + 4))) return -1;
      at += 4;
    } else if (kind === '' || !'"\\/bfnrt'.includes(kind)) return -1;
  }
  return -1;
}

function isName(name: Buffer, from: number, to: number): boolean {
  if (name.length !== to - from) return false;
  for (let at = from; at < to; at += 1) if (name[at - from] !== bytes[at]) return false;
  return true;
}

const WORDS = { true: Buffer.from('true'), false: Buffer.from('false'), null: Buffer.from('null') };

/** Where a number, `true`, `false` or `null` is over, -1 for anything else. */
function endOfWord(from: number, length: number, first: number): number {
  if (first === 0x74) return isName(WORDS.true, from, Math.min(length, from + 4)) ? from + 4 : -1;
  if (first === 0x66) return isName(WORDS.false, from, Math.min(length, from + 5)) ? from + 5 : -1;
  if (first === 0x6e) return isName(WORDS.null, from, Math.min(length, from + 4)) ? from + 4 : -1;
  let at = first === 0x2d ? from + 1 : from;
  const whole = at;
  at = digitsFrom(at, length);
  if (at === whole || (at > whole + 1 && bytes[whole] === 0x30)) return -1;
  if (at < length && bytes[at] === 0x2e) {
    const fraction = at + 1;
    at = digitsFrom(fraction, length);
    if (at === fraction) return -1;
  }
  if (at < length && ((bytes[at] as number) | 32) === 0x65) {
    let exponent = at + 1;
    if (exponent < length && (bytes[exponent] === 0x2b || bytes[exponent] === 0x2d)) exponent += 1;
    at = digitsFrom(exponent, length);
    if (at === exponent) return -1;
  }
  return at;
}

function digitsFrom(from: number, length: number): number {
  let at = from;
  while (at < length) {
    const code = bytes[at] as number;
    if (code < 48 || code > 57) break;
    at += 1;
  }
  return at;
}

/** The scalar that was stepped over last, from its bytes; `undefined` where only the parser keeps all of it. */
function scalarOf(start: number, end: number): Dynamic | undefined {
  const first = bytes[start];
  if (first === QUOTE) {
    const text = escaped ? null : textOf(start + 1, end - 1);
    // A lone surrogate, which bytes do not keep.
    return text === null || text.includes('\ufffd') ? undefined : text;
  }
  if (first === 0x74) return true;
  if (first === 0x66) return false;
  if (first === 0x6e) return null;
  if (end - start > 15) return realOf(start, end);
  let whole = 0;
  for (let at = first === 0x2d ? start + 1 : start; at < end; at += 1) {
    const digit = (bytes[at] as number) - 48;
    if (digit < 0 || digit > 9) return realOf(start, end);
    whole = whole * 10 + digit;
  }
  return first === 0x2d ? -whole : whole;
}

/** A number with a fraction; 1.0 is told from 1 only by the parser. */
function realOf(start: number, end: number): Dynamic | undefined {
  const value = Number(bytes.toString('latin1', start, end));
  return Number.isInteger(value) || !Number.isFinite(value) ? undefined : value;
}

const RECENT = 256;
const recent = new Array<{ readonly bytes: Buffer; readonly text: string } | undefined>(RECENT).fill(undefined);

/** Members hold few different texts: the ones met last are not decoded again. */
function textOf(start: number, end: number): string {
  if (end - start > 48) return bytes.toString('utf8', start, end);
  let hash = end - start;
  for (let at = start; at < end; at += 1) hash = (Math.imul(hash, 31) + (bytes[at] as number)) | 0;
  const slot = (hash ^ (hash >>> 8)) & (RECENT - 1);
  const known = recent[slot];
  if (known !== undefined && isName(known.bytes, start, end)) return known.text;
  const text = bytes.toString('utf8', start, end);
  recent[slot] = { bytes: Buffer.from(bytes.subarray(start, end)), text };
  return text;
}

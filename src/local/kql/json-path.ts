import { endsOfRun, firstOf } from './byte-words.ts';
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
let viewed: Buffer = bytes;
let view: DataView = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
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
  return readMembersOfBytes(bytes, 0, length, names, into);
}

/** The same for a text that lies in bytes; what follows it is a byte of 0 and room for three more. */
export function readMembersOfBytes(source: Buffer, from: number, end: number, names: JsonNames, into: Dynamic[]): boolean {
  if (source !== viewed) {
    viewed = source;
    view = new DataView(source.buffer, source.byteOffset, source.byteLength);
  }
  scans += 1;
  let at = from;
  let depth = 0;
  /** A bit per level: 1 for an object. */
  let objects = 0;
  /** What is looked for in the value to come. */
  let next: JsonNames | null = names;
  if (source[from] !== OPEN_OBJECT) return false;
  for (;;) {
    // A value begins here.
    if ((source[at] as number) <= 32) at = blanksFrom(source, at, end);
    if (at >= end) return false;
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
      if ((source[at] as number) <= 32) at = blanksFrom(source, at, end);
      if (at >= end) return false;
      opened = source[at] !== (first === OPEN_OBJECT ? CLOSE_OBJECT : CLOSE_ARRAY);
    } else {
      const start = at;
      at = first === QUOTE ? endOfString(source, at, end) : endOfWord(source, at, end, first);
      if (at < 0) return false;
      if (next !== null && next.leaf >= 0) {
        const value = scalarOf(source, start, at);
        if (value === undefined) return false;
        into[next.leaf] = value;
      }
    }
    next = null;
    // After a value: commas and closing brackets, until another value is to come.
    for (;;) {
      if (!opened) {
        if ((source[at] as number) <= 32) at = blanksFrom(source, at, end);
        if (depth === 0) return at === end;
        if (at >= end) return false;
        const code = source[at] as number;
        at += 1;
        if (code === (((objects >> depth) & 1) === 1 ? CLOSE_OBJECT : CLOSE_ARRAY)) {
          depth -= 1;
          continue;
        }
        if (code !== COMMA) return false;
        if ((source[at] as number) <= 32) at = blanksFrom(source, at, end);
      }
      opened = false;
      if (((objects >> depth) & 1) === 0) break;
      // A name and its colon.
      if (at >= end || source[at] !== QUOTE) return false;
      const nameStart = at + 1;
      at = endOfString(source, at, end);
      if (at < 0) return false;
      const wanted = open[depth] as JsonNames | null;
      if (wanted !== null) {
        if (escaped) return false;
        next = namedIn(source, wanted, nameStart, at - 1);
        if (next !== null) {
          if (next.scan === scans) return false;
          next.scan = scans;
        }
      }
      if ((source[at] as number) <= 32) at = blanksFrom(source, at, end);
      if (at >= end || source[at] !== COLON) return false;
      at += 1;
      break;
    }
  }
}

function namedIn(source: Buffer, { children }: JsonNames, start: number, end: number): JsonNames | null {
  for (let index = 0; index < children.length; index += 1) {
    const child = children[index] as JsonNames;
    if (child.size === end - start && child.first === source[start] && isName(source, child.name, start, end)) return child;
  }
  return null;
}

function blanksFrom(source: Buffer, from: number, end: number): number {
  let at = from;
  while ((source[at] as number) <= 32 && at < end) {
    const code = source[at];
    if (code !== 32 && code !== 10 && code !== 13 && code !== 9) break;
    at += 1;
  }
  return at;
}

/** Whether the string that was stepped over last has escapes. */
let escaped = false;

/** Where a string that begins at `from` is over, -1 for one with control characters, a wrong escape or no end. */
function endOfString(source: Buffer, from: number, end: number): number {
  let at = from + 1;
  for (;;) {
    const found = endsOfRun(view.getInt32(at, true));
    if (found !== 0) {
      at += firstOf(found);
      break;
    }
    at += 4;
  }
  escaped = false;
  return source[at] === QUOTE ? at + 1 : endOfEscaped(source, at, end);
}

function endOfEscaped(source: Buffer, from: number, end: number): number {
  escaped = true;
  let at = from;
  while (at < end) {
    const code = source[at] as number;
    if (code === QUOTE) return at + 1;
    if (code < 32) return -1;
    at += 1;
    if (code !== BACKSLASH) continue;
    const kind = at < end ? String.fromCharCode(source[at] as number) : '';
    at += 1;
    if (kind === 'u') {
      if (at + 4 > end || !/^[\da-f]{4}$/i.test(source.toString('latin1', at, at + 4))) return -1;
      at += 4;
    } else if (kind === '' || !'"\\/bfnrt'.includes(kind)) return -1;
  }
  return -1;
}

function isName(source: Buffer, name: Buffer, from: number, to: number): boolean {
  if (name.length !== to - from) return false;
  for (let at = from; at < to; at += 1) if (name[at - from] !== source[at]) return false;
  return true;
}

const WORDS = { true: Buffer.from('true'), false: Buffer.from('false'), null: Buffer.from('null') };

/** Where a number, `true`, `false` or `null` is over, -1 for anything else. */
function endOfWord(source: Buffer, from: number, end: number, first: number): number {
  if (first === 0x74) return isName(source, WORDS.true, from, Math.min(end, from + 4)) ? from + 4 : -1;
  if (first === 0x66) return isName(source, WORDS.false, from, Math.min(end, from + 5)) ? from + 5 : -1;
  if (first === 0x6e) return isName(source, WORDS.null, from, Math.min(end, from + 4)) ? from + 4 : -1;
  let at = first === 0x2d ? from + 1 : from;
  const whole = at;
  at = digitsFrom(source, at, end);
  if (at === whole || (at > whole + 1 && source[whole] === 0x30)) return -1;
  if (at < end && source[at] === 0x2e) {
    const fraction = at + 1;
    at = digitsFrom(source, fraction, end);
    if (at === fraction) return -1;
  }
  if (at < end && ((source[at] as number) | 32) === 0x65) {
    let exponent = at + 1;
    if (exponent < end && (source[exponent] === 0x2b || source[exponent] === 0x2d)) exponent += 1;
    at = digitsFrom(source, exponent, end);
    if (at === exponent) return -1;
  }
  return at;
}

function digitsFrom(source: Buffer, from: number, end: number): number {
  let at = from;
  while (at < end) {
    const code = source[at] as number;
    if (code < 48 || code > 57) break;
    at += 1;
  }
  return at;
}

/** The scalar that was stepped over last, from its bytes; `undefined` where only the parser keeps all of it. */
function scalarOf(source: Buffer, start: number, end: number): Dynamic | undefined {
  const first = source[start];
  if (first === QUOTE) {
    const text = escaped ? null : textOf(source, start + 1, end - 1);
    // A lone surrogate, which bytes do not keep.
    return text === null || text.includes('\ufffd') ? undefined : text;
  }
  if (first === 0x74) return true;
  if (first === 0x66) return false;
  if (first === 0x6e) return null;
  if (end - start > 15) return realOf(source, start, end);
  let whole = 0;
  for (let at = first === 0x2d ? start + 1 : start; at < end; at += 1) {
    const digit = (source[at] as number) - 48;
    if (digit < 0 || digit > 9) return realOf(source, start, end);
    whole = whole * 10 + digit;
  }
  return first === 0x2d ? -whole : whole;
}

/** A number with a fraction; 1.0 is told from 1 only by the parser. */
function realOf(source: Buffer, start: number, end: number): Dynamic | undefined {
  const value = Number(source.toString('latin1', start, end));
  return Number.isInteger(value) || !Number.isFinite(value) ? undefined : value;
}

const RECENT = 256;
const recent = new Array<{ readonly bytes: Buffer; readonly text: string } | undefined>(RECENT).fill(undefined);

/** Members hold few different texts: the ones met last are not decoded again. */
function textOf(source: Buffer, start: number, end: number): string {
  if (end - start > 48) return source.toString('utf8', start, end);
  let hash = end - start;
  for (let at = start; at < end; at += 1) hash = (Math.imul(hash, 31) + (source[at] as number)) | 0;
  const slot = (hash ^ (hash >>> 8)) & (RECENT - 1);
  const known = recent[slot];
  if (known !== undefined && isName(source, known.bytes, start, end)) return known.text;
  const text = source.toString('utf8', start, end);
  recent[slot] = { bytes: Buffer.from(source.subarray(start, end)), text };
  return text;
}

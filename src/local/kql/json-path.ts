import { JsonShapes } from './json-shapes.ts';
import { endOfString, endOfWord, escaped, isName, lookAt, scalarOf } from './json-tokens.ts';
import type { Dynamic } from './types.ts';

/*
 * Reads members of a JSON object from its text without building the object. The whole text is checked on the way, so that text
 * which is not JSON is told from text which is; whatever is out of the ordinary (escapes in keys, a key given twice, numbers that a
 * double does not hold) is left to the parser. It runs for every row of a query: one loop over local variables and over bytes, because
 * reading a character of a string costs several times as much.
 */

const QUOTE = 0x22;
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
  /** What texts looked like so far; only at the top. */
  readonly shapes: JsonShapes | null;
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
    return { name: text, size: text.length, first: text[0] ?? QUOTE, children, leaf: own?.leaf ?? -1, scan: 0, shapes: null };
  };
  const top = under(
    '',
    paths.map((rest, leaf) => ({ rest, leaf })),
  );
  return { ...top, shapes: new JsonShapes() };
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
  return readMembersOfBytes(bytes, 0, length, names, into);
}

/** The same for a text that lies in bytes; what follows it is a byte of 0 and room for three more. */
export function readMembersOfBytes(source: Buffer, from: number, end: number, names: JsonNames, into: Dynamic[]): boolean {
  lookAt(source);
  const { shapes } = names;
  if (shapes !== null) {
    if (shapes.match(source, from, end, into)) return true;
    shapes.begin();
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
      const leaf = next === null ? -1 : next.leaf;
      if (leaf >= 0) {
        const value = scalarOf(source, start, at);
        if (value === undefined) return false;
        into[leaf] = value;
      }
      shapes?.value(start, at, leaf);
    }
    next = null;
    // After a value: commas and closing brackets, until another value is to come.
    for (;;) {
      if (!opened) {
        if ((source[at] as number) <= 32) at = blanksFrom(source, at, end);
        if (depth === 0) {
          if (at === end) shapes?.learn(source, from, end);
          return at === end;
        }
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

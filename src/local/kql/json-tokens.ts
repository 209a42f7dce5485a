import { endsOfRun, firstOf } from './byte-words.ts';
import type { Dynamic } from './types.ts';

/*
 * Strings, numbers and words of a JSON text, in bytes. A byte of 0 follows the text, so that most loops need not look for its end, and
 * three more, so that it can be read by words.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

let viewed: Buffer | null = null;
/** The bytes that `lookAt` was given last. */
export let view: DataView = new DataView(new ArrayBuffer(0));

/** To be called before anything else here is asked about these bytes. */
export function lookAt(source: Buffer): void {
  if (source === viewed) return;
  viewed = source;
  view = new DataView(source.buffer, source.byteOffset, source.byteLength);
}

/** Whether the string that was stepped over last has escapes. */
export let escaped = false;

/** Where a string that begins at `from` is over, -1 for one with control characters, a wrong escape or no end. */
export function endOfString(source: Buffer, from: number, end: number): number {
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

export function isName(source: Buffer, name: Buffer, from: number, to: number): boolean {
  if (name.length !== to - from) return false;
  for (let at = from; at < to; at += 1) if (name[at - from] !== source[at]) return false;
  return true;
}

const WORDS = { true: Buffer.from('true'), false: Buffer.from('false'), null: Buffer.from('null') };

/** Where a number, `true`, `false` or `null` is over, -1 for anything else. */
export function endOfWord(source: Buffer, from: number, end: number, first: number): number {
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
export function scalarOf(source: Buffer, start: number, end: number): Dynamic | undefined {
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

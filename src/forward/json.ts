/**
 * JSON as the forwarder holds it. An integer that a double cannot hold exactly (beyond ±(2^53 − 1), e.g. .NET ticks) is the string
 * of its digits: exact, printable and comparable everywhere, and the form in which backends take such numbers anyway.
 */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const MAX_SAFE_DIGITS = '9007199254740991';

/** Whether a run of digits is an integer that `Number` would change. */
export function isLongInteger(digits: string): boolean {
  return digits.length > MAX_SAFE_DIGITS.length || (digits.length === MAX_SAFE_DIGITS.length && digits > MAX_SAFE_DIGITS);
}

/** `JSON.parse` that keeps long integers as strings of digits. Throws SyntaxError as JSON.parse does. */
export function parseLossless(text: string): Json {
  return JSON.parse(quoteLongIntegers(text)) as Json;
}

const SHORTEST = MAX_SAFE_DIGITS.length;

/**
 * The same JSON text with every long integer quoted; other text, also digits inside of strings, is left alone. A run of sixteen digits
 * covers a position that sixteen divides, so that only those are looked at.
 */
export function quoteLongIntegers(text: string): string {
  let quoted = '';
  let copied = 0;
  let end = 0;
  for (let at = 0; at < text.length; at += SHORTEST) {
    if (at < end || !isDigit(text.charCodeAt(at))) continue;
    let start = at;
    while (isDigit(text.charCodeAt(start - 1))) start--;
    end = at + 1;
    while (isDigit(text.charCodeAt(end))) end++;
    if (!isLongInteger(text.slice(start, end))) continue;

    if (text.charCodeAt(start - 1) === MINUS) start--;
    const place = placeOf(text, start, end);
    if (place === 'unsure') return quoteByWalking(text);
    if (place === 'text') continue;
    quoted += `${text.slice(copied, start)}"${text.slice(start, end)}"`;
    copied = end;
  }
  return copied === 0 ? text : quoted + text.slice(copied);
}

const [QUOTE, COMMA, MINUS, DOT, COLON, OPEN_LIST, BACKSLASH, OPEN_OBJECT] = [34, 44, 45, 46, 58, 91, 92, 123];
const [UPPER_E, LOWER_E] = [69, 101];

/**
 * Whether the digits at [start, end) are a number or lie inside a string, decided from the characters before them. In valid JSON a
 * number follows `:`, `,`, `[` or a blank, and `":` whose quote closes a key follows a character of that key. `unsure` where the
 * neighbourhood does not tell; the answer may be wrong only for text that is not JSON, which fails to parse either way.
 */
function placeOf(text: string, start: number, end: number): 'number' | 'text' | 'unsure' {
  const after = text.charCodeAt(end);
  if (after === DOT || after === UPPER_E || after === LOWER_E) return 'text';

  let at = start - 1;
  const before = text.charCodeAt(at);
  if (before !== COLON && before !== COMMA && before !== OPEN_LIST && !isBlank(before)) return at < 0 ? 'unsure' : 'text';
  while (isBlank(text.charCodeAt(at))) at--;
  if (text.charCodeAt(at) !== COLON) return 'unsure';

  at--;
  while (isBlank(text.charCodeAt(at))) at--;
  if (text.charCodeAt(at) !== QUOTE) return 'text';
  const inKey = text.charCodeAt(at - 1);
  if (inKey === BACKSLASH) return backslashesBefore(text, at) % 2 === 1 ? 'text' : 'number';
  const mayOpenString = inKey === COLON || inKey === COMMA || inKey === OPEN_LIST || inKey === OPEN_OBJECT || isBlank(inKey);
  return mayOpenString || at === 0 ? 'unsure' : 'number';
}

function quoteByWalking(text: string): string {
  let quoted = '';
  let outside = 0;
  while (outside < text.length) {
    const open = text.indexOf('"', outside);
    const close = open < 0 ? text.length - 1 : endOfString(text, open);
    quoted += quoteOutsideStrings(text.slice(outside, open < 0 ? text.length : open));
    if (open >= 0) quoted += text.slice(open, close + 1);
    outside = close + 1;
  }
  return quoted;
}

function quoteOutsideStrings(text: string): string {
  return text.replace(/(?<![\d.eE+-])-?(\d{16,})(?![\d.eE])/g, (number, digits: string) =>
    isLongInteger(digits) ? `"${number}"` : number,
  );
}

function endOfString(text: string, open: number): number {
  for (let close = text.indexOf('"', open + 1); close >= 0; close = text.indexOf('"', close + 1)) {
    if (backslashesBefore(text, close) % 2 === 0) return close;
  }
  return text.length - 1;
}

function backslashesBefore(text: string, at: number): number {
  let count = 0;
  while (text.charCodeAt(at - 1 - count) === BACKSLASH) count++;
  return count;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

export function isBlank(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9;
}

/** Without blanks, and without the zeros and marks that some senders pad with, at both ends. */
export function trimPadding(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isPadding(text.charCodeAt(start))) start++;
  while (end > start && isPadding(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isPadding(code: number): boolean {
  return isBlank(code) || code === 0 || code === 0xfeff || code === 0x1e;
}

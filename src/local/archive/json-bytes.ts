const BACKSLASH = 0x5c;
const POINT = 0x2e;
const MINUS = 0x2d;
/** Numbers of more characters may have more digits than a double holds. */
const MOST_DIGITS = 15;

/** Whether a part of the bytes is the key. */
export function sameBytes(key: Buffer, bytes: Buffer, start: number, end: number): boolean {
  if (key.length !== end - start) return false;
  for (let at = 0; at < key.length; at += 1) if (key[at] !== bytes[start + at]) return false;
  return true;
}

/** Whether a text may be a guid or a time, which have columns of their own. */
export function maySpecial(bytes: Buffer, start: number, end: number): boolean {
  const length = end - start;
  return (
    (length === 36 && bytes[start + 8] === 0x2d) || (length >= 19 && bytes[start + 4] === 0x2d && bytes[start + 10] === 0x54)
  );
}

/** Writes a guid in lower case; `false` for what is none. */
export function lowerGuid(bytes: Buffer, start: number, end: number, into: Buffer): boolean {
  if (end - start !== into.length) return false;
  for (let at = 0; at < into.length; at += 1) {
    const byte = bytes[start + at] as number;
    const lower = byte | 0x20;
    const isDash = at === 8 || at === 13 || at === 18 || at === 23;
    if (isDash ? byte !== MINUS : !((byte >= 48 && byte <= 57) || (lower >= 97 && lower <= 102))) return false;
    into[at] = isDash ? byte : lower;
  }
  return true;
}

/** A JSON string with its quotes as text; `null` where its escapes are wrong. */
export function textOfJson(bytes: Buffer, start: number, end: number): string | null {
  let at = start;
  while (at < end && bytes[at] !== BACKSLASH) at += 1;
  if (at === end) return bytes.toString('utf8', start + 1, end - 1);
  try {
    return JSON.parse(bytes.toString('utf8', start, end)) as string;
  } catch {
    return null;
  }
}

const WORDS: readonly (readonly [bytes: Buffer, value: boolean | null])[] = [
  [Buffer.from('true'), true],
  [Buffer.from('false'), false],
  [Buffer.from('null'), null],
];

/** The value of a word, `undefined` for any other. */
export function wordValue(bytes: Buffer, start: number, end: number): boolean | null | undefined {
  for (const [word, value] of WORDS) if (sameBytes(word, bytes, start, end)) return value;
  return undefined;
}

/** A number with or without a fraction, of so few digits that a double holds them all; `null` for any other. */
export function plainNumber(bytes: Buffer, start: number, end: number): number | null {
  if (end - start > MOST_DIGITS) return null;
  let point = start;
  while (point < end && bytes[point] !== POINT) point += 1;
  const whole = wholeNumber(bytes, start, point);
  const places = end - point - 1;
  if (whole === null || places < 0) return whole;
  const fraction = places === 0 ? null : wholeNumber(bytes, point + 1, end);
  if (fraction === null || bytes[point + 1] === MINUS || point === start || bytes[point - 1] === MINUS) return null;
  const scale = 10 ** places;
  // Both are exact, so that the quotient is rounded once, as reading the text would.
  const value = (Math.abs(whole) * scale + fraction) / scale;
  return bytes[start] === MINUS ? -value : value;
}

/** A whole number of so few digits that a double holds it; `null` for any other. */
function wholeNumber(bytes: Buffer, start: number, end: number): number | null {
  if (end - start > MOST_DIGITS) return null;
  const negative = bytes[start] === MINUS;
  let value = 0;
  for (let at = negative ? start + 1 : start; at < end; at += 1) {
    const digit = (bytes[at] as number) - 48;
    if (digit < 0 || digit > 9) return null;
    value = value * 10 + digit;
  }
  return negative ? -value : value;
}

const BACKSLASH = 0x5c;
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

/** A whole number of so few digits that a double holds it; `null` for any other. */
export function wholeNumber(bytes: Buffer, start: number, end: number): number | null {
  if (end - start > MOST_DIGITS) return null;
  const negative = bytes[start] === 0x2d;
  let value = 0;
  for (let at = negative ? start + 1 : start; at < end; at += 1) {
    const digit = (bytes[at] as number) - 48;
    if (digit < 0 || digit > 9) return null;
    value = value * 10 + digit;
  }
  return negative ? -value : value;
}

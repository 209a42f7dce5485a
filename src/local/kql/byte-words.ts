/*
 * Four bytes at a time, as one little-endian number. A test gives the highest bit of each byte for which it holds; above the first such
 * byte it may err, so only the lowest bit counts.
 */

const ONES = 0x01010101;
const HIGHEST = 0x80808080 | 0;
const QUOTES = 0x22222222;
const BACKSLASHES = 0x5c5c5c5c;
const BLANKS = 0x20202020;

/** Bytes that end a run of characters in a JSON string: quotes, backslashes, control characters. */
export function endsOfRun(word: number): number {
  const quotes = word ^ QUOTES;
  const backslashes = word ^ BACKSLASHES;
  return (((quotes - ONES) & ~quotes) | ((backslashes - ONES) & ~backslashes) | ((word - BLANKS) & ~word)) & HIGHEST;
}

/** Bytes of a JSON string, already known to be one, that are not copied as they are: backslashes and other scripts. */
export function notCopied(word: number): number {
  const backslashes = word ^ BACKSLASHES;
  return (((backslashes - ONES) & ~backslashes) | word) & HIGHEST;
}

/** Which of the four bytes is the first that a test found. */
export function firstOf(found: number): number {
  return (31 - Math.clz32(found & -found)) >> 3;
}

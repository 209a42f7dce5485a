import { daysSinceEpoch } from './instant.ts';

/**
 * Reads Azure's usual time, `2026-03-10T21:41:05.4350000Z`, out of bytes into two words: seconds since 1970 and nanoseconds. `false`
 * for any other, and for one that they cannot hold.
 */
export function readUsualTime(b: Buffer, from: number, to: number, out: Int32Array, at: number): boolean {
  const length = to - from;
  if (length < 22 || length > 30 || b[to - 1] !== UPPER_Z || b[from + 19] !== DOT) return false;
  if (b[from + 4] !== MINUS || b[from + 7] !== MINUS || b[from + 10] !== UPPER_T) return false;
  if (b[from + 13] !== COLON || b[from + 16] !== COLON) return false;
  const date = digits(b, from, 4) * 10_000 + digits(b, from + 5, 2) * 100 + digits(b, from + 8, 2);
  const [hour, minute, second] = [digits(b, from + 11, 2), digits(b, from + 14, 2), digits(b, from + 17, 2)];
  const nanos = digits(b, from + 20, length - 21) * 10 ** (30 - length);
  if (!(hour <= 23 && minute <= 59 && second <= 60 && nanos >= 0)) return false;
  // The records of a batch are of few days; those of neighbouring days have different places.
  const place = date & (DAYS - 1);
  if (dates[place] !== date) {
    const day = dayOf(date);
    if (day === null) return false;
    dates[place] = date;
    days[place] = day;
  }
  const seconds = (days[place] as number) * 86_400 + hour * 3600 + minute * 60 + second;
  if (seconds > 0x7fff_ffff) return false;
  out[at] = seconds;
  out[at + 1] = nanos;
  return true;
}

const [ZERO, MINUS, DOT, COLON, UPPER_T, UPPER_Z] = [48, 45, 46, 58, 84, 90] as const;
const DAYS = 64;
const dates = new Int32Array(DAYS);
const days = new Int32Array(DAYS);

/** Days since 1970 of a date as the number YYYYMMDD; `null` where there is no such day. */
function dayOf(date: number): number | null {
  if (!(date >= 19_700_101)) return null;
  const [year, month, day] = [Math.floor(date / 10_000), Math.floor(date / 100) % 100, date % 100];
  const since = daysSinceEpoch(year, month, day);
  const back = new Date(since * 86_400_000);
  return month >= 1 && month <= 12 && back.getUTCDate() === day && back.getUTCMonth() === month - 1 ? since : null;
}

/** The number of `count` digits; NaN where one is none. */
function digits(b: Buffer, from: number, count: number): number {
  let number = 0;
  for (let at = from; at < from + count; at++) {
    const digit = (b[at] as number) - ZERO;
    if (digit < 0 || digit > 9) return Number.NaN;
    number = number * 10 + digit;
  }
  return number;
}

import { parseDatetime, TICKS_PER_SECOND } from '../kql/time.ts';

/** Start of the day that was read last, by its date as a number: records lie beside those of the same day. */
let dayNumber = -1;
let dayTicks = 0;

/** Ticks of a time in text, in the form that Azure writes read straight from the bytes; `null` for what is no time. */
export function timeOfBytes(bytes: Buffer, start: number, end: number): number | null {
  const usual =
    end - start >= 20 && end - start <= 28 && bytes[end - 1] === 0x5a && bytes[start + 4] === 0x2d && bytes[start + 10] === 0x54;
  const ticks = usual ? usualTime(bytes, start, end - start - 1) : Number.NaN;
  return Number.isNaN(ticks) ? parseDatetime(bytes.toString('utf8', start, end)) : ticks;
}

/** `YYYY-MM-DDTHH:MM:SS[.fffffff]` of so many bytes; NaN for anything else. */
function usualTime(bytes: Buffer, start: number, length: number): number {
  const date = digits(bytes, start, 4) * 10_000 + digits(bytes, start + 5, 2) * 100 + digits(bytes, start + 8, 2);
  const hour = digits(bytes, start + 11, 2);
  const minute = digits(bytes, start + 14, 2);
  const second = digits(bytes, start + 17, 2);
  if (!(hour < 24 && minute < 60 && second < 60)) return Number.NaN;
  const places = length - 20;
  if (places === 0 || (places > 0 && bytes[start + 19] !== 0x2e)) return Number.NaN;
  const fraction = places < 0 ? 0 : digits(bytes, start + 20, places) * 10 ** (7 - places);
  if (date !== dayNumber) {
    const midnight = parseDatetime(bytes.toString('latin1', start, start + 10));
    if (midnight === null) return Number.NaN;
    dayNumber = date;
    dayTicks = midnight;
  }
  return dayTicks + ((hour * 60 + minute) * 60 + second) * TICKS_PER_SECOND + fraction;
}

function digits(bytes: Buffer, start: number, count: number): number {
  let value = 0;
  for (let at = start; at < start + count; at += 1) {
    const digit = (bytes[at] as number) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

import { parseDatetime, TICKS_PER_SECOND } from '../kql/time.ts';

/** Start of the day that was read last: records lie beside those of the same day. */
let day = { year: 0, month: 0, day: 0, ticks: 0 };

/** Ticks of a time in text, in the form that Azure writes read straight from the bytes; `null` for what is no time. */
export function timeOfBytes(bytes: Buffer, start: number, end: number): number | null {
  const digits = (at: number, count: number): number => {
    let value = 0;
    for (let index = start + at; index < start + at + count; index += 1) {
      const digit = (bytes[index] as number) - 48;
      if (digit < 0 || digit > 9) return Number.NaN;
      value = value * 10 + digit;
    }
    return value;
  };
  const length = end - start;
  const slow = (): number | null => parseDatetime(bytes.toString('utf8', start, end));
  if (length < 20 || length > 28 || bytes[end - 1] !== 0x5a || bytes[start + 4] !== 0x2d || bytes[start + 10] !== 0x54)
    return slow();
  const [year, month, date] = [digits(0, 4), digits(5, 2), digits(8, 2)];
  const [hour, minute, second] = [digits(11, 2), digits(14, 2), digits(17, 2)];
  const places = length === 20 ? 0 : length - 21;
  const fraction = places === 0 ? 0 : digits(20, places) * 10 ** (7 - places);
  if (!(hour < 24 && minute < 60 && second < 60) || !(fraction >= 0) || (places > 0 && bytes[start + 19] !== 0x2e)) return slow();
  if (year !== day.year || month !== day.month || date !== day.day) {
    const midnight = parseDatetime(bytes.toString('latin1', start, start + 10));
    if (midnight === null) return slow();
    day = { year, month, day: date, ticks: midnight };
  }
  return day.ticks + ((hour * 60 + minute) * 60 + second) * TICKS_PER_SECOND + fraction;
}

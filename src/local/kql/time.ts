/*
 * datetime and timespan as numbers of ticks (100 ns). A datetime counts from 2020-01-01, so that every tick from 1991 to 2048 and
 * every whole second of the calendar is exact in a double.
 */

export const TICKS_PER_MS = 10_000;
export const TICKS_PER_SECOND = 10_000_000;
export const TICKS_PER_DAY = 864_000_000_000;

const FRAME_MS = Date.UTC(2020, 0, 1);
/** 0001-01-01, where `bin` of a datetime begins to count, in ticks of our frame; a whole number of days. */
export const ORIGIN_TICKS = (Date.parse('0001-01-01T00:00:00Z') - FRAME_MS) * TICKS_PER_MS;

/** From 0001-01-01 to the beginning of our frame: what .NET's ticks add to ours. Beyond 2^53, so a bigint. */
export const TICKS_BEFORE_FRAME = BigInt(FRAME_MS - Date.parse('0001-01-01T00:00:00Z')) * 10_000n;

/** Where the calendar ends, and the last tick before it that a double holds: it stands for 9999-12-31T23:59:59.9999999. */
const END_TICKS = (Date.parse('9999-12-31T23:59:59.999Z') + 1 - FRAME_MS) * TICKS_PER_MS;
const LAST_TICKS = END_TICKS - 512;
const LONGEST_SPAN = 2 ** 63;

/** Whether ticks are a datetime of the calendar, from year 1 to 9999. */
export function isDatetime(ticks: number): boolean {
  return ticks >= ORIGIN_TICKS && ticks < END_TICKS;
}

/** Whether ticks are a timespan that 64 bits hold. */
export function isTimespan(ticks: number): boolean {
  return ticks >= -LONGEST_SPAN && ticks < LONGEST_SPAN;
}

export function ticksOfMs(ms: number): number {
  return (ms - FRAME_MS) * TICKS_PER_MS;
}

/** Epoch milliseconds, rounded down. */
export function msOfTicks(ticks: number): number {
  return Math.floor(ticks / TICKS_PER_MS) + FRAME_MS;
}

/** The ticks within their millisecond. */
export function subMs(ticks: number): number {
  return ticks - Math.floor(ticks / TICKS_PER_MS) * TICKS_PER_MS;
}

/** `2024-05-01T00:00:00.1234567Z`; `digits: 'all'` writes seven fraction digits always, as `tostring` does. */
export function formatDatetime(ticks: number, digits: 'all' | 'needed' = 'needed'): string {
  if (ticks === LAST_TICKS) return '9999-12-31T23:59:59.9999999Z';
  const fraction = fractionOf(ticks);
  const seconds = new Date(msOfTicks(ticks)).toISOString().slice(0, 19);
  return `${seconds}${fractionText(fraction, digits)}Z`;
}

/** `[-][d.]hh:mm:ss[.fffffff]` */
export function formatTimespan(ticks: number): string {
  const size = Math.abs(ticks);
  const days = Math.floor(size / TICKS_PER_DAY);
  const seconds = Math.floor((size - days * TICKS_PER_DAY) / TICKS_PER_SECOND);
  const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map((part) =>
    String(part).padStart(2, '0'),
  );
  const fraction = fractionOf(size);
  return `${ticks < 0 ? '-' : ''}${days > 0 ? `${days}.` : ''}${clock.join(':')}${fraction === 0 ? '' : fractionText(fraction, 'all')}`;
}

function fractionOf(ticks: number): number {
  return ticks - Math.floor(ticks / TICKS_PER_SECOND) * TICKS_PER_SECOND;
}

function fractionText(fraction: number, digits: 'all' | 'needed'): string {
  const text = String(fraction).padStart(7, '0');
  if (digits === 'all') return `.${text}`;
  return fraction === 0 ? '' : `.${text.replace(/0+$/, '')}`;
}

const ISO =
  /^(\d{4})-(\d{1,2})(?:-(\d{1,2})(?:(?:[T ]+)(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,9}))?)?\s*(Z|GMT|UTC|[+-]\d{2}:?\d{2})?)?)?\s*Z?$/i;
const COMPACT = /^(\d{4})(\d{2})(\d{2})$/;
const LISTED = /^(\d{4}),\s*(\d{1,2}),\s*(\d{1,2})$/;
const YEAR = /^(\d{4})$/;
const AMERICAN = /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?:\s+(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,7}))?)?\s*(AM|PM)?)?$/i;
const RFC822 =
  /^(?:[A-Za-z]{3,9},?\s+)?(\d{1,2})[\s-]+([A-Za-z]{3})[a-z]*[\s-]+(\d{2,4})(?:\s+(\d{1,2}):(\d{2})(?::(\d{2}))?)?\s*(?:GMT|UTC|Z|([+-]\d{2}:?\d{2}))?$/;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** A datetime in one of the forms that Kusto documents (ISO 8601, RFC 822, RFC 850-like, month/day/year), or `null`. */
export function parseDatetime(text: string): number | null {
  const trimmed = text.trim();
  const iso = ISO.exec(trimmed);
  if (iso !== null) {
    const [, year, month, day, hour, minute, second, fraction, zone] = iso;
    return instant([year, month, day ?? '1', hour, minute, second], fraction, zone);
  }
  const compact = COMPACT.exec(trimmed);
  if (compact !== null) return instant(compact.slice(1), undefined, undefined);
  const listed = LISTED.exec(trimmed);
  if (listed !== null) return instant(listed.slice(1), undefined, undefined);
  const bare = YEAR.exec(trimmed);
  if (bare !== null) return instant([bare[1], '1', '1'], undefined, undefined);
  const american = AMERICAN.exec(trimmed);
  if (american !== null) {
    const [, month, day, year, hour, minute, second, fraction, half] = american;
    return instant([year, month, day, halfDay(hour, half), minute, second], fraction, undefined);
  }
  const mail = RFC822.exec(trimmed);
  if (mail !== null) {
    const [, day, month = '', year = '', hour, minute, second, zone] = mail;
    const index = MONTHS.indexOf(month.toLowerCase());
    if (index < 0) return null;
    const full = year.length === 2 ? String(Number(year) + (Number(year) < 50 ? 2000 : 1900)) : year;
    return instant([full, String(index + 1), day, hour, minute, second], undefined, zone);
  }
  return null;
}

function halfDay(hour: string | undefined, half: string | undefined): string | undefined {
  if (hour === undefined || half === undefined) return hour;
  return String((Number(hour) % 12) + (half.toUpperCase() === 'PM' ? 12 : 0));
}

function instant(parts: readonly (string | undefined)[], fraction: string | undefined, zone: string | undefined): number | null {
  const [year = 1, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts.map((part) =>
    part === undefined ? undefined : Number(part),
  );
  if (year < 1 || month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59) return null;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCDate() !== day) return null;
  date.setUTCHours(hour, minute, second);
  const sub = fraction === undefined ? 0 : Math.round(Number(`0.${fraction}`) * TICKS_PER_SECOND);
  const ticks = ticksOfMs(date.getTime()) + sub;
  const utc = Math.min(ticks, LAST_TICKS) - zoneTicks(zone);
  return isDatetime(utc) ? utc : null;
}

function zoneTicks(zone: string | undefined): number {
  if (zone === undefined || /^(?:Z|GMT|UTC)$/i.test(zone)) return 0;
  const sign = zone.startsWith('-') ? -1 : 1;
  const digits = zone.replace(/[^\d]/g, '');
  return sign * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))) * 60 * TICKS_PER_SECOND;
}

const UNITS: readonly (readonly [RegExp, number])[] = [
  [/^(?:d|days?)$/, TICKS_PER_DAY],
  [/^(?:h|hrs?|hours?)$/, 3600 * TICKS_PER_SECOND],
  [/^(?:m|min|minutes?)$/, 60 * TICKS_PER_SECOND],
  [/^(?:s|sec|seconds?)$/, TICKS_PER_SECOND],
  [/^(?:ms|milli|millis|millisec|milliseconds?)$/, TICKS_PER_MS],
  [/^(?:micro|micros|microsec|microseconds?)$/, 10],
  [/^(?:ticks?)$/, 1],
  [/^(?:nano|nanos|nanosec|nanoseconds?)$/, 0.01],
];

/** `1h`, `2.5 minutes`, `[-][d.]hh:mm[:ss[.fffffff]]`, or a bare number of days; `null` when the text is neither. */
export function parseTimespan(text: string): number | null {
  const trimmed = text.trim();
  const clock = /^(-)?(?:(\d+)\.)?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,7}))?)?$/.exec(trimmed);
  if (clock !== null) {
    const [, minus, days = '0', hours = '0', minutes = '0', seconds = '0', fraction] = clock;
    if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return null;
    const whole = ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
    const size = whole * TICKS_PER_SECOND + (fraction === undefined ? 0 : Number(fraction.padEnd(7, '0')));
    return minus === undefined ? size : -size;
  }
  const unit = /^([+-]?\d+(?:\.\d+)?)\s*([a-z]+)?$/i.exec(trimmed);
  if (unit === null) return null;
  const [, count, name = 'd'] = unit;
  if (unit[2] === undefined && count?.includes('.') === true) return null;
  const size = UNITS.find(([pattern]) => pattern.test(name.toLowerCase()))?.[1];
  return size === undefined ? null : Math.round(Number(count) * size);
}

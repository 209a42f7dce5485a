/** A point in time to the nanosecond: whole seconds since 1970 and the rest. `Date` would cut it to milliseconds. */
export interface Instant {
  readonly seconds: number;
  /** 0 … 999,999,999 */
  readonly nanos: number;
}

export function instantOf(epochMs: number): Instant {
  const seconds = Math.floor(epochMs / 1000);
  return { seconds, nanos: Math.round((epochMs - seconds * 1000) * 1e6) };
}

export function epochMsOf({ seconds, nanos }: Instant): number {
  return seconds * 1000 + nanos / 1e6;
}

/**
 * The instant of Azure's usual form, `2026-03-10T21:41:05.4350000Z` with up to nine fraction digits; `null` for any other text,
 * which `parseInstant` may still understand. Read by character, because every record has one.
 */
export function parseUsualInstant(text: string): Instant | null {
  const length = text.length;
  if (length < 20 || length > 30 || text.charCodeAt(length - 1) !== Z) return null;
  if (text.charCodeAt(4) !== DASH || text.charCodeAt(7) !== DASH || text.charCodeAt(10) !== T) return null;
  if (text.charCodeAt(13) !== COLON || text.charCodeAt(16) !== COLON) return null;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 7);
  const day = digits(text, 8, 10);
  const hour = digits(text, 11, 13);
  const minute = digits(text, 14, 16);
  const second = digits(text, 17, 19);
  let nanos = 0;
  if (length > 20) {
    if (text.charCodeAt(19) !== DOT || length === 21) return null;
    nanos = digits(text, 20, length - 1) * (POWERS[30 - length] ?? Number.NaN);
  }
  return assemble(year, month, day, hour, minute, second, nanos, 0);
}

const [DASH, DOT, COLON, T, Z] = [45, 46, 58, 84, 90];
const POWERS = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8];
const ISO = /^(\d{4})-(\d\d?)-(\d\d?)(?:[T ](\d\d?):(\d\d?)(?::(\d\d?)(?:[.,](\d+))?)?)?(?:(Z)|([+-]\d\d):?(\d\d)?)?$/i;
const AMERICAN =
  /^(\d\d?)\/(\d\d?)\/(\d{4}) (\d\d?):(\d\d?)(?::(\d\d?)(?:\.(\d+))?)?(?: ?([AP])M)?(?: ?(?:(Z)|([+-]\d\d):?(\d\d)?))?$/i;

/**
 * The instant that a text names, in any of the forms that Azure's services have been seen to send: ISO with one to nine or more
 * fraction digits, with or without zone, with blanks inside; American dates, with AM or PM or without, with or without zone. No zone
 * means UTC. `null` for anything else, also for impossible dates and for years before 1970 (`0001-01-01` is .NET for "none").
 */
export function parseInstant(text: string): Instant | null {
  const usual = parseUsualInstant(text);
  if (usual !== null) return usual;
  const trimmed = text.trim().replace(/\s+/g, ' ');
  return parseIso(trimmed.replace(/: /g, ':')) ?? parseAmerican(trimmed);
}

function parseIso(text: string): Instant | null {
  const match = ISO.exec(text.replace(/ (?=[+-]\d\d|Z)/i, ''));
  if (match === null) return null;
  const [, year, month, day, hour, minute, second, fraction, , zoneHours, zoneMinutes] = match;
  return assemble(
    Number(year),
    Number(month),
    Number(day),
    Number(hour ?? 0),
    Number(minute ?? 0),
    Number(second ?? 0),
    nanosOf(fraction),
    offsetOf(zoneHours, zoneMinutes),
  );
}

function parseAmerican(text: string): Instant | null {
  const match = AMERICAN.exec(text);
  if (match === null) return null;
  const [, month, day, year, hour, minute, second, fraction, half, , zoneHours, zoneMinutes] = match;
  const clock = Number(hour);
  if (half !== undefined && (clock < 1 || clock > 12)) return null;
  const hours = half === undefined ? clock : (clock % 12) + (half.toUpperCase() === 'P' ? 12 : 0);
  return assemble(
    Number(year),
    Number(month),
    Number(day),
    hours,
    Number(minute),
    Number(second ?? 0),
    nanosOf(fraction),
    offsetOf(zoneHours, zoneMinutes),
  );
}

function nanosOf(fraction: string | undefined): number {
  return fraction === undefined ? 0 : Number(fraction.slice(0, 9).padEnd(9, '0'));
}

/** Seconds east of UTC. */
function offsetOf(hours: string | undefined, minutes: string | undefined): number {
  if (hours === undefined) return 0;
  const sign = hours.startsWith('-') ? -1 : 1;
  return Number(hours) * 3600 + sign * Number(minutes ?? 0) * 60;
}

/** `null` where a part is out of its range or not a number. A second of 60 is the leap second and counts as the next minute's first. */
function assemble(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  nanos: number,
  offset: number,
): Instant | null {
  const inRange =
    year >= 1970 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= daysIn(year, month) &&
    hour >= 0 &&
    hour <= 23 &&
    minute >= 0 &&
    minute <= 59 &&
    second >= 0 &&
    second <= 60 &&
    nanos >= 0;
  if (!inRange) return null;
  const seconds = daysSinceEpoch(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset;
  return seconds < 0 ? null : { seconds, nanos };
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Days since 1970-01-01 of a Gregorian date: years counted from March, so that the leap day is the last of its year. */
export function daysSinceEpoch(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return 365 * y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + dayOfYear - 719_468;
}

/** The number that the digits at [start, end) are; NaN where one is no digit. */
function digits(text: string, start: number, end: number): number {
  let number = 0;
  for (let at = start; at < end; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    number = number * 10 + digit;
  }
  return number;
}

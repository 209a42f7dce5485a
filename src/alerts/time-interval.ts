import type { NamedIntervals, Span, TimeInterval } from '../model/time-interval.ts';

/** A moment as clocks and calendars of one zone show it. */
interface Local {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  /** 0 Sunday … 6 Saturday. */
  readonly weekday: number;
  /** Since midnight. */
  readonly minute: number;
}

/** Whether a time (epoch ms) is inside: starts are included, ends are not. */
export function containsTime(interval: TimeInterval, time: number): boolean {
  const { year, month, day, weekday, minute } = localTime(time, interval.location);
  const length = daysIn(year, month);
  return (
    (interval.times.length === 0 || interval.times.some(({ start, end }) => minute >= start && minute < end)) &&
    inAny(interval.weekdays, weekday) &&
    inAny(interval.months, month) &&
    inAny(interval.years, year) &&
    inAny(
      interval.daysOfMonth.map((span) => daysOfThis(span, length)),
      day,
    )
  );
}

/** The names among `wanted` whose intervals contain the time, in their order. Names that are not defined contain nothing. */
export function intervalsAt(wanted: readonly string[], defined: readonly NamedIntervals[], time: number): readonly string[] {
  return wanted.filter((name) =>
    defined.some((each) => each.name === name && each.intervals.some((interval) => containsTime(interval, time))),
  );
}

/** Days counted from the end become days of this month; a first day before the 1st is the 1st. */
function daysOfThis({ first, last }: Span, length: number): Span {
  const positive = (day: number): number => (day < 0 ? length + day + 1 : day);
  return { first: Math.max(1, positive(first)), last: positive(last) };
}

function inAny(spans: readonly Span[], value: number): boolean {
  return spans.length === 0 || spans.some(({ first, last }) => value >= first && value <= last);
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** Making a format costs much more than asking it; a configuration names few zones. */
const formats = new Map<string, Intl.DateTimeFormat>();

function localTime(time: number, zone: string): Local {
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(time)
      .map(({ type, value }) => [type, value]),
  );
  return {
    year: Number(parts.year),
    month: Number(parts.month),
    day: Number(parts.day),
    weekday: WEEKDAYS.indexOf(parts.weekday ?? ''),
    minute: Number(parts.hour) * 60 + Number(parts.minute),
  };
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    weekday: 'short',
    hour: 'numeric',
    minute: 'numeric',
  });
  formats.set(zone, format);
  return format;
}

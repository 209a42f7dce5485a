/** A span of numbers, both ends included. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

/**
 * Times of the calendar in one zone, as Alertmanager has them: a time is inside when it is in any span of every field, and a field
 * without spans is no condition.
 */
export interface TimeInterval {
  /** Minutes since midnight, the end excluded (1440: midnight at the end of the day). */
  readonly times: readonly { readonly start: number; readonly end: number }[];
  /** 0 Sunday … 6 Saturday. */
  readonly weekdays: readonly Span[];
  /** 1 … 31; negative ones count from the end of the month, -1 being its last day. */
  readonly daysOfMonth: readonly Span[];
  readonly months: readonly Span[];
  readonly years: readonly Span[];
  /** Time zone, e.g. `Europe/Stockholm`. */
  readonly location: string;
}

/** Intervals under one name, which routes refer to; a time is inside when it is in any of them. */
export interface NamedIntervals {
  readonly name: string;
  readonly intervals: readonly TimeInterval[];
}

/** An interval as it is written: lists of texts such as `monday:friday`, `-3:-1`, `january`, `2026:2027`. */
export interface WrittenInterval {
  readonly times?: readonly { readonly start: string; readonly end: string }[] | undefined;
  readonly weekdays?: readonly string[] | undefined;
  readonly daysOfMonth?: readonly string[] | undefined;
  readonly months?: readonly string[] | undefined;
  readonly years?: readonly string[] | undefined;
  readonly location?: string | undefined;
}

/** What is wrong with a written interval, and in which of its fields. */
export interface IntervalProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];
const MINUTES_OF_DAY = 1_440;

/** The interval that is meant, with everything that is wrong with it. */
export function parseInterval(written: WrittenInterval): {
  readonly interval: TimeInterval;
  readonly problems: readonly IntervalProblem[];
} {
  const problems: IntervalProblem[] = [];
  const spans = (field: 'weekdays' | 'daysOfMonth' | 'months' | 'years', read: (text: string) => Span | string) =>
    (written[field] ?? []).flatMap((text, index) => {
      const span = read(text);
      if (typeof span !== 'string') return [span];
      problems.push({ path: [field, index], message: span });
      return [];
    });
  const times = (written.times ?? []).flatMap((time, index) => {
    const [start, end] = [minutesOf(time.start), minutesOf(time.end)];
    if (start !== null && end !== null && start < end) return [{ start, end }];
    const message =
      start === null || end === null
        ? 'a time is written HH:MM, up to 24:00'
        : 'it ends before it starts; write one to 24:00 and one from 00:00';
    problems.push({ path: ['times', index], message });
    return [];
  });
  const location = written.location ?? 'UTC';
  if (!isZone(location)) problems.push({ path: ['location'], message: `there is no time zone \`${location}\`` });
  const interval: TimeInterval = {
    times,
    weekdays: spans('weekdays', (text) => spanOf(text, (word) => indexIn(WEEKDAYS, word), 'a day of the week')),
    daysOfMonth: spans('daysOfMonth', (text) => dayOfMonthSpan(text)),
    months: spans('months', (text) => spanOf(text, monthOf, 'a month')),
    years: spans('years', (text) => spanOf(text, (word) => (/^\d{4}$/.test(word) ? Number(word) : null), 'a year')),
    location,
  };
  return { interval, problems };
}

/** Whether `Intl` knows the zone. */
export function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).format(0) !== '';
  } catch {
    return false;
  }
}

function minutesOf(text: string): number | null {
  const match = /^(\d{2}):([0-5]\d)$/.exec(text);
  if (match === null) return null;
  const minutes = Number(match[1]) * 60 + Number(match[2]);
  return minutes <= MINUTES_OF_DAY ? minutes : null;
}

function spanOf(text: string, read: (word: string) => number | null, what: string): Span | string {
  const [from = '', to = from, ...more] = text.toLowerCase().split(':');
  const [first, last] = [read(from.trim()), read(to.trim())];
  if (first === null || last === null || more.length > 0) return `\`${text}\` is not ${what} nor a span of them`;
  return first > last ? `\`${text}\` ends before it starts` : { first, last };
}

/** The spans of Alertmanager: the days before the end cannot come before those after the beginning. */
function dayOfMonthSpan(text: string): Span | string {
  const [from = '', to = from, ...more] = text.split(':');
  const [first, last] = [dayOf(from.trim()), dayOf(to.trim())];
  if (first === null || last === null || more.length > 0) return `\`${text}\` is not a day from 1 to 31 or -31 to -1`;
  if (first < 0 && last > 0) return `\`${text}\` ends before it starts in some months`;
  return first > last && first > 0 === last > 0 ? `\`${text}\` ends before it starts` : { first, last };
}

function dayOf(word: string): number | null {
  const day = /^-?\d{1,2}$/.test(word) ? Number(word) : 0;
  return day !== 0 && Math.abs(day) <= 31 ? day : null;
}

function monthOf(word: string): number | null {
  const named = indexIn(MONTHS, word);
  if (named !== null) return named + 1;
  const month = /^\d{1,2}$/.test(word) ? Number(word) : 0;
  return month >= 1 && month <= 12 ? month : null;
}

function indexIn(names: readonly string[], word: string): number | null {
  const index = names.indexOf(word);
  return index < 0 ? null : index;
}

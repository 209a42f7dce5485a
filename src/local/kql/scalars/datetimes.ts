import { invalid, unsupported } from '../errors.ts';
import type { Call } from '../plan.ts';
import { msOfTicks, subMs, TICKS_PER_DAY, TICKS_PER_MS, TICKS_PER_SECOND, ticksOfMs } from '../time.ts';
import { argument, type Scalar, type ScalarTable, strict1, strictN } from './define.ts';

const MINUTE = 60 * TICKS_PER_SECOND;
const HOUR = 60 * MINUTE;

function dateOf(ticks: number): Date {
  return new Date(msOfTicks(ticks));
}

function ticksAt(year: number, month: number, day = 1): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  return ticksOfMs(date.getTime());
}

function startOfDay(ticks: number): number {
  return Math.floor(ticks / TICKS_PER_DAY) * TICKS_PER_DAY;
}

function weekday(ticks: number): number {
  return dateOf(ticks).getUTCDay();
}

/** Begin of the period `offset` periods later. Weeks begin on Sunday. */
type PeriodStart = (ticks: number, offset: number) => number;

const PERIODS: Readonly<Record<string, PeriodStart>> = {
  day: (ticks, offset) => startOfDay(ticks) + offset * TICKS_PER_DAY,
  week: (ticks, offset) => startOfDay(ticks) - weekday(ticks) * TICKS_PER_DAY + offset * 7 * TICKS_PER_DAY,
  month: (ticks, offset) => ticksAt(dateOf(ticks).getUTCFullYear(), dateOf(ticks).getUTCMonth() + offset),
  year: (ticks, offset) => ticksAt(dateOf(ticks).getUTCFullYear() + offset, 0),
};

function period(start: PeriodStart, end: boolean): Scalar {
  return strictN(([ticks, offset = 0]) =>
    end ? start(ticks as number, Number(offset) + 1) - 1 : start(ticks as number, Number(offset)),
  );
}

/** Units by which two datetimes differ: how many of their boundaries lie between. */
const UNITS: Readonly<Record<string, (ticks: number) => number>> = {
  year: (ticks) => dateOf(ticks).getUTCFullYear(),
  quarter: (ticks) => dateOf(ticks).getUTCFullYear() * 4 + Math.floor(dateOf(ticks).getUTCMonth() / 3),
  month: (ticks) => dateOf(ticks).getUTCFullYear() * 12 + dateOf(ticks).getUTCMonth(),
  week: (ticks) => (startOfDay(ticks) - weekday(ticks) * TICKS_PER_DAY) / (7 * TICKS_PER_DAY),
  day: (ticks) => Math.floor(ticks / TICKS_PER_DAY),
  hour: (ticks) => Math.floor(ticks / HOUR),
  minute: (ticks) => Math.floor(ticks / MINUTE),
  second: (ticks) => Math.floor(ticks / TICKS_PER_SECOND),
  millisecond: (ticks) => Math.floor(ticks / TICKS_PER_MS),
  microsecond: (ticks) => Math.floor(ticks / 10),
  nanosecond: (ticks) => ticks,
};

const FIXED: Readonly<Record<string, number>> = {
  week: 7 * TICKS_PER_DAY,
  day: TICKS_PER_DAY,
  hour: HOUR,
  minute: MINUTE,
  second: TICKS_PER_SECOND,
  millisecond: TICKS_PER_MS,
  microsecond: 10,
  nanosecond: 0.01,
};

const MONTHS: Readonly<Record<string, number>> = { year: 12, quarter: 3, month: 1 };

/** The unit named by a call's first argument: it must be written out. */
function unitOf(call: Call, known: Readonly<Record<string, unknown>>): string {
  const [unit] = call.args;
  if (unit?.kind !== 'literal') throw unsupported(`${call.name}() with a computed unit`, call.at);
  const name = String(unit.value).toLowerCase();
  if (!Object.hasOwn(known, name)) throw invalid(`${call.name}() knows no unit ${String(unit.value)}`, call.at);
  return name;
}

const datetimeDiff: Scalar = {
  check: (call) => void unitOf(call, UNITS),
  bind: (call, args) => {
    const unit = unitOf(call, UNITS);
    const count = UNITS[unit] as (ticks: number) => number;
    // Ticks are exact up to 2^53, nanoseconds of a date are not: only the difference is scaled.
    const scale = unit === 'nanosecond' ? 100 : 1;
    const a = argument(args, 1);
    const b = argument(args, 2);
    return (row) => {
      const x = a(row) as number | null;
      const y = b(row) as number | null;
      return x === null || y === null ? null : Math.round((count(x) - count(y)) * scale);
    };
  },
};

function addMonths(ticks: number, months: number): number {
  const date = dateOf(ticks);
  const day = date.getUTCDate();
  const first = ticksAt(date.getUTCFullYear(), date.getUTCMonth() + months);
  const last = dateOf(ticksAt(date.getUTCFullYear(), date.getUTCMonth() + months + 1) - 1).getUTCDate();
  return first + (Math.min(day, last) - 1) * TICKS_PER_DAY + (ticks - startOfDay(ticks));
}

const datetimeAdd: Scalar = {
  check: (call) => void unitOf(call, { ...FIXED, ...MONTHS }),
  bind: (call, args) => {
    const unit = unitOf(call, { ...FIXED, ...MONTHS });
    const amount = argument(args, 1);
    const value = argument(args, 2);
    const months = MONTHS[unit];
    const fixed = FIXED[unit] ?? 0;
    return (row) => {
      const count = amount(row);
      const ticks = value(row) as number | null;
      if (count === null || ticks === null) return null;
      return months === undefined ? ticks + Math.trunc(Number(count) * fixed) : addMonths(ticks, Number(count) * months);
    };
  },
};

const PARTS: Readonly<Record<string, (ticks: number) => number>> = {
  year: (ticks) => dateOf(ticks).getUTCFullYear(),
  quarter: (ticks) => Math.floor(dateOf(ticks).getUTCMonth() / 3) + 1,
  month: (ticks) => dateOf(ticks).getUTCMonth() + 1,
  week_of_year: isoWeek,
  day: (ticks) => dateOf(ticks).getUTCDate(),
  dayofyear: dayOfYear,
  hour: (ticks) => dateOf(ticks).getUTCHours(),
  minute: (ticks) => dateOf(ticks).getUTCMinutes(),
  second: (ticks) => dateOf(ticks).getUTCSeconds(),
  millisecond: (ticks) => dateOf(ticks).getUTCMilliseconds(),
  microsecond: (ticks) => dateOf(ticks).getUTCMilliseconds() * 1000 + Math.floor(subMs(ticks) / 10),
  nanosecond: (ticks) => dateOf(ticks).getUTCMilliseconds() * 1_000_000 + subMs(ticks) * 100,
};

function dayOfYear(ticks: number): number {
  return (startOfDay(ticks) - ticksAt(dateOf(ticks).getUTCFullYear(), 0)) / TICKS_PER_DAY + 1;
}

function isoWeek(ticks: number): number {
  const thursday = startOfDay(ticks) + (3 - ((weekday(ticks) + 6) % 7)) * TICKS_PER_DAY;
  return Math.floor((dayOfYear(thursday) - 1) / 7) + 1;
}

const datetimePart: Scalar = {
  check: (call) => void unitOf(call, PARTS),
  bind: (call, args) => {
    const part = PARTS[unitOf(call, PARTS)] as (ticks: number) => number;
    const value = argument(args, 1);
    return (row) => {
      const ticks = value(row) as number | null;
      return ticks === null ? null : part(ticks);
    };
  },
};

function part(name: string): Scalar {
  const f = PARTS[name] as (ticks: number) => number;
  return strict1((ticks: number) => f(ticks));
}

const now: Scalar = {
  bind: (_call, args, run) => {
    const offset = args[0]?.cell;
    return (row) => {
      const by = offset === undefined ? 0 : offset(row);
      return by === null ? null : run.now + (by as number);
    };
  },
};

const ago: Scalar = {
  bind: (_call, args, run) => {
    const span = argument(args, 0);
    return (row) => {
      const by = span(row);
      return by === null ? null : run.now - (by as number);
    };
  },
};

const makeDatetime: Scalar = {
  check: (call) => {
    if (call.args.length < 3) throw unsupported('make_datetime() of fewer than three arguments', call.at);
  },
  ...strictN((values) => {
    const [year = 1, month = 1, day = 1, hour = 0, minute = 0, second = 0] = values.map(Number);
    if (year < 1 || month < 1 || month > 12 || hour > 23 || minute > 59 || second >= 60 || day < 1) return null;
    const ticks = ticksAt(year, month - 1, day);
    if (dateOf(ticks).getUTCDate() !== day) return null;
    return ticks + hour * HOUR + minute * MINUTE + Math.round(second * TICKS_PER_SECOND);
  }),
};

/** Hours and minutes, also seconds, also days before them. */
const makeTimespan = strictN((values) => {
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = values.length === 4 ? values.map(Number) : [0, ...values.map(Number)];
  if (days < 0 || hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || seconds < 0 || seconds >= 60) return null;
  return days * TICKS_PER_DAY + hours * HOUR + minutes * MINUTE + Math.round(seconds * TICKS_PER_SECOND);
});

function fromUnix(unit: number): Scalar {
  return strict1((value: number | bigint) => ticksOfMs(0) + Math.trunc(Number(value) * unit));
}

export const DATETIMES: ScalarTable = {
  now,
  ago,
  ...Object.fromEntries(
    Object.entries(PERIODS).flatMap(([name, start]) => [
      [`startof${name}`, period(start, false)],
      [`endof${name}`, period(start, true)],
    ]),
  ),
  datetime_diff: datetimeDiff,
  datetime_add: datetimeAdd,
  datetime_part: datetimePart,
  datepart: datetimePart,
  dayofweek: strict1((ticks: number) => weekday(ticks) * TICKS_PER_DAY),
  dayofmonth: part('day'),
  dayofyear: part('dayofyear'),
  hourofday: part('hour'),
  monthofyear: part('month'),
  getmonth: part('month'),
  getyear: part('year'),
  week_of_year: part('week_of_year'),
  weekofyear: part('week_of_year'),
  make_datetime: makeDatetime,
  make_timespan: makeTimespan,
  unixtime_seconds_todatetime: fromUnix(TICKS_PER_SECOND),
  unixtime_milliseconds_todatetime: fromUnix(TICKS_PER_MS),
  unixtime_microseconds_todatetime: fromUnix(10),
  unixtime_nanoseconds_todatetime: fromUnix(0.01),
};

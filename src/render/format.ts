import type { Evidence } from '../model/alert.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../model/duration.ts';

export type Unit = 'ratio' | 'number';
export type ValueUnit = Unit | NonNullable<Evidence['valueIn']>;

/** Made at first use: the first of them costs a cold start some 10 ms. */
const grouped = lazyFormat({ maximumFractionDigits: 0 });
const short = lazyFormat({ maximumSignificantDigits: 3 });
const compact = lazyFormat({ notation: 'compact', maximumSignificantDigits: 3 });
const hundredths = lazyFormat({ maximumFractionDigits: 2, roundingMode: 'floor' });

/** `1,234,567`, `12.3`, `0.00123`: whole above a thousand, three significant digits below. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return 'not a number';
  return Math.abs(value) >= 1000 ? grouped(value) : plainZero(short(value));
}

/** For axes: `1.2K`, `3M`. */
export function formatCompact(value: number): string {
  return plainZero(compact(value));
}

/** A ratio as a percentage. What is below 100% never reads as 100%: 0.99996 is `99.99%`. */
export function formatPercent(ratio: number): string {
  if (!Number.isFinite(ratio)) return 'not a number';
  const percent = ratio * 100;
  if (percent > 99 && percent < 100) return `${hundredths(percent)}%`;
  return `${formatNumber(percent)}%`;
}

/** A value in the unit of its rule; no value is said in words, never as a zero. */
export function formatValue(value: number | null, unit: ValueUnit): string {
  if (value === null) return 'no value';
  if (unit === 'days') return value < 1 ? 'less than a day' : count(Math.round(value), 'day');
  if (unit === 'failed tries') return count(value, 'failed try', 'failed tries');
  return unit === 'ratio' ? formatPercent(value) : formatNumber(value);
}

/** The unit of an alert's value, which may not be that of the points beside it. */
export function unitOfValue({ unit, valueIn }: Pick<Evidence, 'unit' | 'valueIn'>): ValueUnit {
  return valueIn ?? unit;
}

/** `3 alerts`, `1 alert`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${grouped(number)} ${number === 1 ? one : many}`;
}

const SPANS = [
  ['d', DAY],
  ['h', HOUR],
  ['min', MINUTE],
  ['s', SECOND],
] as const;

/** A length of time for people, in its two largest units: `2 d 3 h`, `1 h 5 min`, `45 s`. */
export function formatSpan(ms: number): string {
  const whole = Math.max(0, Math.round(ms / SECOND) * SECOND);
  const first = SPANS.findIndex(([, size]) => whole >= size);
  if (first < 0) return '0 s';
  let rest = whole;
  const words: string[] = [];
  for (const [name, size] of SPANS.slice(first, first + 2)) {
    const units = Math.floor(rest / size);
    rest -= units * size;
    if (units > 0) words.push(`${units} ${name}`);
  }
  return words.join(' ');
}

/** The length a reader needs at a glance: `3 min`, `2 h`, `5 d`, cut rather than rounded. */
export function formatAge(ms: number): string {
  const [name, size] = SPANS.find(([, unit]) => ms >= unit) ?? ['s', SECOND];
  return `${Math.max(0, Math.floor(ms / size))} ${name}`;
}

function plainZero(text: string): string {
  return text === '-0' ? '0' : text;
}

function lazyFormat(options: Intl.NumberFormatOptions): (value: number) => string {
  let format: Intl.NumberFormat | undefined;
  return (value) => {
    format ??= new Intl.NumberFormat('en-US', options);
    return format.format(value);
  };
}

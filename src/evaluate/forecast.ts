import { DAY } from '../model/duration.ts';
import { dateText, monthStart, nextMonthStart } from '../model/instant.ts';
import type { Labels } from '../model/labels.ts';
import type { ForecastCondition, Rule } from '../model/rule.ts';
import type { Series } from '../model/series.ts';
import type { Window } from '../model/window.ts';
import type { Assessor, Outcome } from './assessor.ts';
import { shareMeasure } from './capacity.ts';
import { holds, isWorse } from './compare.ts';
import { type Measure, measureOf } from './measure.ts';
import { formatNumber, formatPercent } from './template.ts';
import { meanOf, type Sample, theilSen } from './trend.ts';

/** Fewer days than this are no trend. */
const LEAST_DAYS = 5;
/** The later end of the interval may be so many times as far away as the rule looks. */
const LATEST = 2;

/** When a limit will be reached, in days from the end of the window; 0: it has been. `never` is not a number of days. */
interface Reach {
  readonly level: number;
  readonly days: number;
  readonly earliest: number;
  readonly latest: number;
}

/**
 * Whether the trend of a series leads to the limit in time. Its value is the days until then. Quiet below five days of data, or half
 * of those asked for; quiet unless the whole interval of the slope leads to the limit, and its later end is not far beyond the time
 * that the rule looks ahead.
 */
export function forecastAssessor(rule: Rule, condition: ForecastCondition): Assessor {
  const measure = forecastMeasure(rule, condition);
  let value: number | null = null;
  let details: Labels | null = null;

  function assess(series: Series, window: Window): Outcome {
    value = null;
    details = null;
    if (series.points.length === 0) return 'none';
    const ahead = (condition.within ?? nextMonthStart(window.end - 1) - window.end) / DAY;
    const reach =
      condition.sum === null ? reachOfTrend(measure, condition, series, window) : reachOfSum(measure, condition, series, window);
    if (reach === null) return 'below floor';
    if (typeof reach === 'number') {
      details = { level: text(rule, reach), limit: text(rule, condition.reach.threshold) };
      return 'ok';
    }
    value = reach.days;
    details = {
      level: text(rule, reach.level),
      limit: text(rule, condition.reach.threshold),
      reaches: dateText(window.end + reach.days * DAY),
      earliest: dateText(window.end + reach.earliest * DAY),
      latest: dateText(window.end + reach.latest * DAY),
    };
    const months = condition.sum !== null && condition.within === null;
    return reach.days <= ahead && reach.latest <= (months ? ahead : LATEST * ahead) ? 'breach' : 'ok';
  }

  return { assess, value: () => value, isClear: () => true, details: () => details };
}

function forecastMeasure(rule: Rule, { reach }: ForecastCondition): Measure {
  return shareMeasure(measureOf(rule.signal, rule.floor, reach), rule.signal, reach.of);
}

/** The worst value of each day that ends where the window does, and when it was, oldest first; days without data are left out. */
function daysOf(
  measure: Measure,
  { reach, step, over }: ForecastCondition,
  series: Series,
  { end }: Window,
): readonly { readonly at: number; readonly value: number }[] {
  const days: { at: number; value: number }[] = [];
  for (let day = end - over; day < end; day += DAY) {
    let worst: { at: number; value: number } | null = null;
    for (let at = day; at < day + DAY; at += step) {
      const value = measure.of(series, at, at + step);
      if (typeof value === 'number' && (worst === null || isWorse(reach, value, worst.value))) worst = { at, value };
    }
    if (worst !== null) days.push(worst);
  }
  return days;
}

/** What the forecast was made from, for charts. */
export function forecastPoints(rule: Rule, condition: ForecastCondition, series: Series, window: Window) {
  const measure = forecastMeasure(rule, condition);
  return condition.sum === null ? daysOf(measure, condition, series, window) : sumsOf(measure, series, window);
}

/** A number: the level of a series whose trend does not lead to the limit. */
function reachOfTrend(measure: Measure, condition: ForecastCondition, series: Series, window: Window): Reach | number | null {
  const days = daysOf(measure, condition, series, window);
  const newest = days.at(-1);
  if (newest === undefined || !isEnough(days.length, condition)) return null;
  const samples: readonly Sample[] = days.map(({ at, value }) => ({
    x: (at + condition.step / 2 - window.end) / DAY,
    y: value,
  }));
  const trend = theilSen(samples, condition.confidence);
  if (trend === null) return null;
  const level = trend.at(0);
  const { reach } = condition;
  if (holds(reach, level) && holds(reach, newest.value)) return { level, days: 0, earliest: 0, latest: 0 };
  const rising = reach.operator.startsWith('>');
  const left = rising ? Math.max(0, reach.threshold - level) : Math.max(0, level - reach.threshold);
  const [slow, likely, fast] = rising ? [trend.low, trend.slope, trend.high] : [-trend.high, -trend.slope, -trend.low];
  return slow > 0 ? { level, days: left / likely, earliest: left / fast, latest: left / slow } : level;
}

/** What has come together since the first of the month, at the mean daily rate of the last days. */
function reachOfSum(measure: Measure, condition: ForecastCondition, series: Series, window: Window): Reach | number | null {
  const sums = sumsOf(measure, series, window);
  const level = sums.at(-1)?.value ?? 0;
  const { threshold } = condition.reach;
  if (holds(condition.reach, level)) return { level, days: 0, earliest: 0, latest: 0 };
  const rates: number[] = [];
  for (let at = window.end - condition.over; at < window.end; at += DAY) {
    const value = measure.of(series, at, at + DAY);
    if (typeof value === 'number') rates.push(value);
  }
  if (!isEnough(rates.length, condition)) return null;
  const rate = meanOf(rates, condition.confidence);
  if (rate === null || rate.low <= 0) return level;
  const left = threshold - level;
  return { level, days: left / rate.mean, earliest: left / rate.high, latest: left / rate.low };
}

/** The sum since the first of the month at the end of each of its days, and at the end of the window. */
function sumsOf(measure: Measure, series: Series, { end }: Window): readonly { readonly at: number; readonly value: number }[] {
  const start = monthStart(end - 1);
  const sums: { at: number; value: number }[] = [];
  let sum = 0;
  for (let at = start; at < end; at += DAY) {
    const value = measure.of(series, at, Math.min(end, at + DAY));
    if (typeof value === 'number') sum += value;
    sums.push({ at, value: sum });
  }
  return sums;
}

function isEnough(days: number, { over }: ForecastCondition): boolean {
  return days >= Math.max(LEAST_DAYS, Math.ceil(over / DAY / 2));
}

function text(rule: Rule, value: number): string {
  const { signal, condition } = rule;
  const ratio =
    (condition.kind === 'forecast' && condition.reach.of !== undefined) || (signal.kind === 'metric' && signal.over !== null);
  return ratio ? formatPercent(value) : formatNumber(value);
}

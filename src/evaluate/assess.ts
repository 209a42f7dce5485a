import type { Labels } from '../model/labels.ts';
import type { Comparison, Rule, Signal, ThresholdCondition } from '../model/rule.ts';
import type { Series } from '../model/series.ts';
import type { Window } from '../model/window.ts';
import { aggregateOf, shareMeasure } from './capacity.ts';
import { holds } from './compare.ts';
import { emptyFold, foldPoints, worstPoint } from './fold.ts';

/** What one window says of one series, before its past is looked at. `none`: it has no data there. */
export type Outcome = 'none' | 'below floor' | 'ok' | 'breach';

export interface Assessor {
  assess(series: Series, window: Window): Outcome;
  /** Value of the series assessed last; `null` where it has none. */
  value(): number | null;
  /** Whether hysteresis lets the series, assessed last, be ok: always without `clear`. */
  isClear(series: Series, window: Window): boolean;
  /** What is known of the series assessed last beyond its value. */
  details?(): Labels | null;
}

/**
 * How a threshold rule looks at a series. Metrics are folded over the window by their aggregation, a ratio on both sides; a
 * numerator without points beside a denominator with some is 0, because Azure sends no row for a count of nothing. Counted log
 * rows are added up; of log rows with a value the worst one decides. With `failing: n of m` the window is cut into m bins that end at its end, and each is judged like a
 * window, `floor` included; an empty bin does not violate.
 */
export function assessorOf(rule: Rule, { when, clear }: ThresholdCondition): Assessor {
  const measure = shareMeasure(measureOf(rule.signal, rule.floor, when), rule.signal, when.of);
  let last: number | null = null;

  function violations(series: Series, window: Window, violates: (value: number) => boolean, bins: number): Outcome {
    let found: Outcome = 'none';
    let count = 0;
    const width = (window.end - window.start) / bins;
    for (let bin = 0; bin < bins; bin++) {
      const end = window.end - Math.round(bin * width);
      const start = window.end - Math.round((bin + 1) * width);
      const value = measure(series, start, end);
      if (value === 'none') continue;
      if (value === 'below floor') {
        if (found === 'none') found = 'below floor';
        continue;
      }
      if (violates(value)) {
        count += 1;
        if (count === 1) last = value;
      } else if (last === null) last = value;
      found = 'ok';
    }
    return count >= (rule.failing?.n ?? 1) ? 'breach' : found;
  }

  return {
    assess(series, window) {
      last = null;
      if (rule.failing !== null) return violations(series, window, (value) => holds(when, value), rule.failing.m);
      const value = measure(series, window.start, window.end);
      if (typeof value === 'string') return value;
      last = value;
      return holds(when, value) ? 'breach' : 'ok';
    },
    value: () => last,
    isClear(series, window) {
      if (clear === null) return true;
      if (rule.failing === null) return last === null || holds(clear, last);
      const shown = last;
      const outcome = violations(series, window, (value) => !holds(clear, value), rule.failing.m);
      last = shown;
      return outcome !== 'breach';
    },
  };
}

/** One value for `[start, end)`; `none`: no data there; `below floor`: too few samples, or a denominator of 0. */
export type Measure = (series: Series, start: number, end: number) => number | 'none' | 'below floor';

export function measureOf(signal: Signal, floor: number, when: Comparison): Measure {
  const above = emptyFold();
  const below = emptyFold();
  if (signal.kind !== 'metric' || signal.over === null) {
    const aggregate = aggregateOf(signal);
    return ({ points }, start, end) => {
      if (aggregate === null) worstPoint(points, when, start, end, above);
      else foldPoints(points, aggregate, start, end, above);
      if (Number.isNaN(above.value)) return 'none';
      return above.weight < floor ? 'below floor' : above.value;
    };
  }
  const { metric, over } = signal;
  return (series, start, end) => {
    foldPoints(series.over ?? [], over.aggregate, start, end, below);
    if (Number.isNaN(below.value)) return 'none';
    if (below.value < floor || below.value === 0) return 'below floor';
    foldPoints(series.points, metric.aggregate, start, end, above);
    return (Number.isNaN(above.value) ? 0 : above.value) / below.value;
  };
}

import { type Aggregation, type Comparison, isRatio, RELATIVE_WINDOWS, type Signal } from '../model/rule.ts';
import type { Series } from '../model/series.ts';
import { aggregateOf } from './aggregate.ts';
import { emptyFold, foldPoints, worstPoint } from './fold.ts';

/** What is measured: the points of one signal of a series, and what they may be a share of. */
export type Measured = Pick<Series, 'points' | 'over' | 'facts'>;

/** One value for `[start, end)`; `none`: no data there; `below floor`: too few samples, or a denominator of 0. */
export type Measure = (series: Measured, start: number, end: number) => number | 'none' | 'below floor';

/**
 * How a signal's points become one value. Metrics are folded by their aggregation, a ratio on both sides; a numerator without points
 * beside a denominator with some is 0, because Azure sends no row for a count of nothing. Log rows are counted or, with `over`, added
 * up; of log rows with a value the one decides that is worst with respect to `when`.
 */
export function measureOf(signal: Signal, floor: number, when: Comparison): Measure {
  const above = emptyFold();
  const below = emptyFold();
  const over = denominatorOf(signal);
  if (over === null) {
    const aggregate = aggregateOf(signal);
    return ({ points }, start, end) => {
      if (aggregate === null) worstPoint(points, when, start, end, above);
      else foldPoints(points, aggregate, start, end, above);
      if (Number.isNaN(above.value)) return 'none';
      return above.weight < floor ? 'below floor' : above.value;
    };
  }
  const aggregate = signal.kind === 'metric' ? signal.metric.aggregate : 'total';
  return (series, start, end) => {
    foldPoints(series.over ?? [], over, start, end, below);
    if (Number.isNaN(below.value)) return 'none';
    if (below.value < floor || below.value === 0) return 'below floor';
    foldPoints(series.points, aggregate, start, end, above);
    return (Number.isNaN(above.value) ? 0 : above.value) / below.value;
  };
}

/** How the points of a ratio's denominator become one value; `null` for a signal that is no ratio. */
function denominatorOf(signal: Signal): Aggregation | null {
  if (signal.kind === 'metric') return signal.over?.aggregate ?? null;
  return isRatio(signal) ? 'total' : null;
}

/**
 * The last third of a window as a multiple of the third before, which must not be below `floor`, nor 0. The first third tells that the
 * series is older than that: one that has just begun would else spike by growing into its second window. Of a ratio `floor` is that of
 * the denominator in either third: where nothing happened at all, no share has fallen.
 */
export function relativeMeasureOf(signal: Signal, floor: number, when: Comparison): Measure {
  const isShare = isRatio(signal);
  const measure = measureOf(signal, isShare ? floor : 0, when);
  const how = aggregateOf(signal);
  const isCounter = !isShare && (how === 'total' || how === 'count');
  return (series, start, end) => {
    const length = (end - start) / RELATIVE_WINDOWS;
    const before = measure(series, start + length, end - length);
    const now = measure(series, end - length, end);
    if (now === 'none' && before === 'none') return 'none';
    if (typeof before === 'string' || (!isShare && before < floor) || before <= 0) return 'below floor';
    if (measure(series, start, start + length) === 'none') return 'below floor';
    if (typeof now === 'string') return isCounter ? 0 : now;
    return now / before;
  };
}

import { type Aggregation, type Comparison, isRatio, RELATIVE_WINDOWS, type Signal } from '../model/rule.ts';
import type { Series } from '../model/series.ts';
import { aggregateOf } from './aggregate.ts';
import { emptyFold, foldPoints, worstPoint } from './fold.ts';

/** What is measured: the points of one signal of a series, and what they may be a share of. */
export type Measured = Pick<Series, 'points' | 'over' | 'facts'>;

/** One value for a span; `none`: no data there; `below floor`: too few samples, or a denominator of 0. */
export type Value = number | 'none' | 'below floor';

export interface Measure {
  /** The value of `[start, end)`. */
  of(series: Measured, start: number, end: number): Value;
}

/**
 * How a signal's points become one value. Metrics are folded by their aggregation, a ratio on both sides; a numerator without points
 * beside a denominator with some is 0, because Azure sends no row for a count of nothing. Log rows are counted or, with `over`, added
 * up; of log rows with a value the one decides that is worst with respect to `when`.
 */
export function measureOf(signal: Signal, floor: number, when: Comparison): Measure {
  const over = denominatorOf(signal);
  if (over === null) return new FoldMeasure(aggregateOf(signal), floor, when);
  return new RatioMeasure(signal.kind === 'metric' ? signal.metric.aggregate : 'total', over, floor);
}

class FoldMeasure implements Measure {
  private readonly aggregate: Aggregation | null;
  private readonly floor: number;
  private readonly when: Comparison;
  private readonly fold = emptyFold();

  constructor(aggregate: Aggregation | null, floor: number, when: Comparison) {
    this.aggregate = aggregate;
    this.floor = floor;
    this.when = when;
  }

  of({ points }: Measured, start: number, end: number): Value {
    const { aggregate, fold } = this;
    if (aggregate === null) worstPoint(points, this.when, start, end, fold);
    else foldPoints(points, aggregate, start, end, fold);
    if (Number.isNaN(fold.value)) return 'none';
    return fold.weight < this.floor ? 'below floor' : fold.value;
  }
}

class RatioMeasure implements Measure {
  private readonly aggregate: Aggregation;
  private readonly over: Aggregation;
  private readonly floor: number;
  private readonly above = emptyFold();
  private readonly below = emptyFold();

  constructor(aggregate: Aggregation, over: Aggregation, floor: number) {
    this.aggregate = aggregate;
    this.over = over;
    this.floor = floor;
  }

  of(series: Measured, start: number, end: number): Value {
    const { above, below } = this;
    foldPoints(series.over ?? [], this.over, start, end, below);
    if (Number.isNaN(below.value)) return 'none';
    if (below.value < this.floor || below.value === 0) return 'below floor';
    foldPoints(series.points, this.aggregate, start, end, above);
    return (Number.isNaN(above.value) ? 0 : above.value) / below.value;
  }
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
  return new RelativeMeasure(signal, floor, when);
}

class RelativeMeasure implements Measure {
  private readonly isShare: boolean;
  private readonly isCounter: boolean;
  private readonly floor: number;
  private readonly third: Measure;

  constructor(signal: Signal, floor: number, when: Comparison) {
    const how = aggregateOf(signal);
    this.isShare = isRatio(signal);
    this.isCounter = !this.isShare && (how === 'total' || how === 'count');
    this.floor = floor;
    this.third = measureOf(signal, this.isShare ? floor : 0, when);
  }

  of(series: Measured, start: number, end: number): Value {
    const { third, isShare } = this;
    const length = (end - start) / RELATIVE_WINDOWS;
    const before = third.of(series, start + length, end - length);
    const now = third.of(series, end - length, end);
    if (now === 'none' && before === 'none') return 'none';
    if (typeof before === 'string' || (!isShare && before < this.floor) || before <= 0) return 'below floor';
    if (third.of(series, start, start + length) === 'none') return 'below floor';
    if (typeof now === 'string') return this.isCounter ? 0 : now;
    return now / before;
  }
}

import { type Aggregation, isRatio, type Signal } from '../model/rule.ts';
import type { Point } from '../model/series.ts';
import { aggregateOf } from './aggregate.ts';
import { firstAtOrAfter } from './fold.ts';
import type { Measured, Value } from './measure.ts';

/** Values of a series over spans of different length that end at the same time; the spans are named by their place in the list. */
export interface SpanMeasure {
  take(series: Measured, end: number): void;
  /** As `measureOf` would give it for the span. */
  value(span: number, floor: number): Value;
}

/**
 * Measures nested spans in one pass from their common end backwards, instead of adding up the points of the shorter ones again in every
 * longer one. `null` where the signal's values cannot be added up.
 *
 * @param lengths in milliseconds, ascending.
 */
export function spanMeasureOf(signal: Signal, lengths: readonly number[]): SpanMeasure | null {
  const isShare = isRatio(signal);
  const how = isShare && signal.kind !== 'metric' ? 'total' : aggregateOf(signal);
  const overHow = signal.kind === 'metric' && signal.over !== null ? signal.over.aggregate : 'total';
  if (!isSummable(how) || !isSummable(overHow)) return null;
  return new NestedSpans(lengths, how, isShare ? overHow : null);
}

class NestedSpans implements SpanMeasure {
  private readonly lengths: readonly number[];
  private readonly how: Summable;
  private readonly overHow: Summable | null;
  private readonly above: Sums;
  private readonly below: Sums;

  constructor(lengths: readonly number[], how: Summable, overHow: Summable | null) {
    this.lengths = lengths;
    this.how = how;
    this.overHow = overHow;
    this.above = openSums(lengths.length);
    this.below = openSums(lengths.length);
  }

  take(series: Measured, end: number): void {
    addBack(series.points, this.lengths, end, this.above);
    if (this.overHow !== null) addBack(series.over ?? [], this.lengths, end, this.below);
  }

  value(span: number, floor: number): Value {
    const { above, below, how, overHow } = this;
    const value = spanValue(above, span, how);
    if (overHow === null) {
      if (Number.isNaN(value)) return 'none';
      return (above.weight[span] as number) < floor ? 'below floor' : value;
    }
    const over = spanValue(below, span, overHow);
    if (Number.isNaN(over)) return 'none';
    if (over < floor || over === 0) return 'below floor';
    return (Number.isNaN(value) ? 0 : value) / over;
  }
}

type Summable = Extract<Aggregation, 'total' | 'count' | 'average'>;

function isSummable(how: Aggregation | null): how is Summable {
  return how === 'total' || how === 'count' || how === 'average';
}

/** By span: the sum of the values, of the weights, of their products, and how many points there were. */
interface Sums {
  readonly value: Float64Array;
  readonly weight: Float64Array;
  readonly weighted: Float64Array;
  readonly count: Float64Array;
}

function openSums(spans: number): Sums {
  return {
    value: new Float64Array(spans),
    weight: new Float64Array(spans),
    weighted: new Float64Array(spans),
    count: new Float64Array(spans),
  };
}

function spanValue({ value, weight, weighted, count }: Sums, span: number, how: Summable): number {
  if (count[span] === 0) return Number.NaN;
  return how === 'average' ? (weighted[span] as number) / (weight[span] as number) : (value[span] as number);
}

function addBack(points: readonly Point[], lengths: readonly number[], end: number, into: Sums): void {
  let value = 0;
  let weight = 0;
  let weighted = 0;
  let count = 0;
  let index = firstAtOrAfter(points, end) - 1;
  for (let span = 0; span < lengths.length; span++) {
    const from = firstAtOrAfter(points, end - (lengths[span] as number));
    for (; index >= from; index--) {
      const point = points[index] as Point;
      if (Number.isNaN(point.value)) continue;
      value += point.value;
      weight += point.weight;
      weighted += point.value * point.weight;
      count += 1;
    }
    into.value[span] = value;
    into.weight[span] = weight;
    into.weighted[span] = weighted;
    into.count[span] = count;
  }
}

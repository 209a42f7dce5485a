import type { Aggregation, Comparison } from '../model/rule.ts';
import type { Point } from '../model/series.ts';
import { isWorse } from './compare.ts';

/** Where a fold leaves its result: reused for every series, because folding is the inner loop of an evaluation. */
interface Fold {
  /** NaN where no point was folded. */
  value: number;
  /** Sum of the weights, i.e. the sample count. */
  weight: number;
}

export function emptyFold(): Fold {
  return { value: Number.NaN, weight: 0 };
}

/** Index of the first point at or after `time`. Points are in ascending time. */
export function firstAtOrAfter(points: readonly Point[], time: number): number {
  const count = points.length;
  if (count === 0 || (points[0] as Point).at >= time) return 0;
  if ((points[count - 1] as Point).at < time) return count;
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((points[middle] as Point).at < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Folds the points inside `[start, end)` into one number: sums, the weighted mean, or an extreme. */
export function foldPoints(points: readonly Point[], how: Aggregation, start: number, end: number, into: Fold): void {
  into.value = Number.NaN;
  into.weight = 0;
  const from = firstAtOrAfter(points, start);
  const to = firstAtOrAfter(points, end);
  switch (how) {
    case 'total':
    case 'count':
    case 'average':
      addUp(points, from, to, how === 'average', into);
      return;
    case 'minimum':
    case 'maximum':
      furthest(points, from, to, how === 'minimum', into);
  }
}

/** The sum of the values, or their mean by weight. */
function addUp(points: readonly Point[], from: number, to: number, isMean: boolean, into: Fold): void {
  let sum = 0;
  let weight = 0;
  let found = false;
  for (let index = from; index < to; index++) {
    const point = points[index] as Point;
    const value = point.value;
    if (Number.isNaN(value)) continue;
    found = true;
    sum += isMean ? value * point.weight : value;
    weight += point.weight;
  }
  if (!found) return;
  into.value = isMean ? sum / weight : sum;
  into.weight = weight;
}

function furthest(points: readonly Point[], from: number, to: number, lowest: boolean, into: Fold): void {
  let extreme = Number.NaN;
  let weight = 0;
  for (let index = from; index < to; index++) {
    const point = points[index] as Point;
    const value = point.value;
    if (Number.isNaN(value)) continue;
    weight += point.weight;
    if (Number.isNaN(extreme) || (lowest ? value < extreme : value > extreme)) extreme = value;
  }
  into.value = extreme;
  into.weight = weight;
}

/** The point of `[start, end)` that is worst with respect to the comparison: one violating row is a violation. */
export function worstPoint(points: readonly Point[], comparison: Comparison, start: number, end: number, into: Fold): void {
  into.value = Number.NaN;
  into.weight = 0;
  for (let index = firstAtOrAfter(points, start); index < points.length; index++) {
    const point = points[index] as Point;
    if (point.at >= end) break;
    if (Number.isNaN(point.value)) continue;
    into.weight += point.weight;
    if (Number.isNaN(into.value) || isWorse(comparison, point.value, into.value)) into.value = point.value;
  }
}

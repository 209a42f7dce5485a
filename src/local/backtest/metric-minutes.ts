import { MINUTE } from '../../model/duration.ts';
import type { MetricPoint } from '../../model/query.ts';
import type { Aggregation } from '../../model/rule.ts';
import type { Window } from '../../model/window.ts';
import type { MetricRecord } from '../archive/append.ts';

/** The minutes of one metric under one combination of dimension values, in the order of time. */
interface Combination {
  /** By the dimension's name in lower case. */
  readonly values: ReadonlyMap<string, string>;
  times: number[];
  totals: number[];
  counts: number[];
  minimums: number[];
  maximums: number[];
}

/** Combinations that are one series when a metric is split by some of its dimensions. */
interface Group {
  readonly labels: Readonly<Record<string, string>>;
  readonly combinations: Combination[];
}

export interface MinuteSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly MetricPoint[];
}

/** The minutes of one metric of one resource. */
export class MetricMinutes {
  readonly #combinations = new Map<string, Combination>();
  #groups = new Map<string, readonly Group[]>();

  add({ time, dimensions, total, count, minimum, maximum }: MetricRecord): void {
    const key = JSON.stringify(dimensions);
    let known = this.#combinations.get(key);
    if (known === undefined) {
      const values = new Map(Object.entries(dimensions).map(([name, value]) => [name.toLowerCase(), value]));
      known = { values, times: [], totals: [], counts: [], minimums: [], maximums: [] };
      this.#combinations.set(key, known);
      this.#groups = new Map();
    }
    const at = placeFor(known.times, time);
    known.times.splice(at, 0, time);
    known.totals.splice(at, 0, total);
    known.counts.splice(at, 0, count);
    known.minimums.splice(at, 0, minimum);
    known.maximums.splice(at, 0, maximum);
  }

  forget(before: number): void {
    for (const one of this.#combinations.values()) {
      const from = firstAt(one.times, before);
      if (from === 0) continue;
      one.times = one.times.slice(from);
      one.totals = one.totals.slice(from);
      one.counts = one.counts.slice(from);
      one.minimums = one.minimums.slice(from);
      one.maximums = one.maximums.slice(from);
    }
  }

  /** Bins of `grain` ms that hold anything, a series for every combination of values of `splitBy` that has a minute in the span. */
  read(splitBy: readonly string[], span: Window, grain: number, aggregations: readonly Aggregation[]): readonly MinuteSeries[] {
    return this.#groupsOf(splitBy).flatMap(({ labels, combinations }) => {
      const [only] = combinations;
      const points =
        combinations.length === 1 && only !== undefined && grain === MINUTE
          ? minutesOf(only, span, aggregations)
          : binsOf(combinations, span, grain, aggregations);
      return points.length === 0 ? [] : [{ labels, points }];
    });
  }

  #groupsOf(splitBy: readonly string[]): readonly Group[] {
    const key = splitBy.join('\n');
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    const groups = new Map<string, Group>();
    for (const combination of this.#combinations.values()) {
      const values = splitBy.map((name) => combination.values.get(name.toLowerCase()));
      if (values.includes(undefined)) continue;
      const name = JSON.stringify(values);
      const labels = Object.fromEntries(splitBy.map((dimension, index) => [dimension, values[index] ?? '']));
      const group = groups.get(name) ?? { labels, combinations: [] };
      group.combinations.push(combination);
      groups.set(name, group);
    }
    const made = [...groups.values()];
    this.#groups.set(key, made);
    return made;
  }
}

function minutesOf(one: Combination, { start, end }: Window, aggregations: readonly Aggregation[]): readonly MetricPoint[] {
  const points: MetricPoint[] = [];
  for (let index = firstAt(one.times, start); index < one.times.length; index += 1) {
    const at = one.times[index] as number;
    if (at >= end) break;
    const last = points.at(-1);
    if (last?.at === at) return binsOf([one], { start, end }, MINUTE, aggregations);
    const count = one.counts[index] as number;
    if (count > 0) {
      points.push(
        pointOf(at, aggregations, {
          total: one.totals[index] as number,
          count,
          minimum: one.minimums[index] as number,
          maximum: one.maximums[index] as number,
        }),
      );
    }
  }
  return points;
}

interface Sum {
  total: number;
  count: number;
  minimum: number;
  maximum: number;
}

function binsOf(
  combinations: readonly Combination[],
  { start, end }: Window,
  grain: number,
  aggregations: readonly Aggregation[],
): readonly MetricPoint[] {
  const sums = new Map<number, Sum>();
  for (const one of combinations) {
    for (let index = firstAt(one.times, start); index < one.times.length; index += 1) {
      const at = one.times[index] as number;
      if (at >= end) break;
      const bin = Math.floor(at / grain) * grain;
      const sum = sums.get(bin) ?? { total: 0, count: 0, minimum: Number.POSITIVE_INFINITY, maximum: Number.NEGATIVE_INFINITY };
      sums.set(bin, sum);
      sum.total += one.totals[index] as number;
      sum.count += one.counts[index] as number;
      sum.minimum = Math.min(sum.minimum, one.minimums[index] as number);
      sum.maximum = Math.max(sum.maximum, one.maximums[index] as number);
    }
  }
  return [...sums]
    .filter(([, sum]) => sum.count > 0)
    .sort(([left], [right]) => left - right)
    .map(([at, sum]) => pointOf(at, aggregations, sum));
}

function pointOf(at: number, aggregations: readonly Aggregation[], sum: Sum): MetricPoint {
  const point: { at: number; total?: number; average?: number; minimum?: number; maximum?: number; count?: number } = { at };
  for (const each of aggregations) point[each] = each === 'average' ? sum.total / sum.count : sum[each];
  return point;
}

/** Where a time belongs in an ascending list; mostly at its end. */
function placeFor(times: readonly number[], time: number): number {
  let at = times.length;
  while (at > 0 && (times[at - 1] as number) > time) at -= 1;
  return at;
}

function firstAt(times: readonly number[], time: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] as number) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

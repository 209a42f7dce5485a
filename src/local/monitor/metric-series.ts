import type { Aggregation } from '../../model/rule.ts';
import type { Window } from '../../model/window.ts';
import type { MetricRecord } from '../archive/append.ts';
import { admits, type DimensionFilter } from './metric-filter.ts';

export interface SeriesQuery {
  readonly span: Window;
  /** Milliseconds per bucket; `null`: one bucket over the whole span. */
  readonly interval: number | null;
  readonly aggregations: readonly Aggregation[];
  /** Every dimension named here splits the metric into a series per value, unless it is rolled up. */
  readonly filters: readonly DimensionFilter[];
  readonly rollUp: readonly string[];
  /** How many series are kept; applies only where there is a filter. */
  readonly top: number;
  readonly orderBy: { readonly aggregation: Aggregation; readonly descending: boolean } | null;
}

interface Bucket {
  readonly timeStamp: string;
  readonly total?: number;
  readonly average?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly count?: number;
}

export interface BuiltSeries {
  readonly labels: readonly { readonly name: string; readonly value: string }[];
  readonly data: readonly Bucket[];
}

interface Sum {
  total: number;
  count: number;
  minimum: number;
  maximum: number;
}

/** A series in numbers: its buckets that are not empty, by their start (epoch ms). */
export interface FoldedSeries {
  readonly labels: readonly { readonly name: string; readonly value: string }[];
  readonly buckets: ReadonlyMap<number, Readonly<Sum>>;
}

/**
 * Series of one metric of one resource from its minutes. Buckets begin at multiples of the interval; one without a minute in it has a
 * timestamp only. A metric without any minute that fits has no series.
 */
export function buildSeries(records: readonly MetricRecord[], query: SeriesQuery): readonly BuiltSeries[] {
  return foldSeries(records, query).map(({ labels, buckets }) => ({
    labels,
    data: bucketStarts(query).map((start) => bucketOf(start, buckets.get(start), query.aggregations)),
  }));
}

/** The same without empty buckets and texts. */
export function foldSeries(records: readonly MetricRecord[], query: SeriesQuery): readonly FoldedSeries[] {
  const groups = new Map<string, Group>();
  // The minutes of a series share their dimensions: whose group they are is found out once.
  const groupOf = new Map<MetricRecord['dimensions'], Group | null>();
  for (const record of records) {
    let group = groupOf.get(record.dimensions);
    if (group === undefined) {
      group = groupFor(record.dimensions, query, groups);
      groupOf.set(record.dimensions, group);
    }
    if (group === null) continue;
    const start = bucketStart(record.time, query);
    let bucket = group.buckets.get(start);
    if (bucket === undefined) {
      bucket = emptySum();
      group.buckets.set(start, bucket);
    }
    add(bucket, record);
    add(group.all, record);
  }
  const ranked = rank([...groups.values()], query);
  return query.filters.length === 0 ? ranked : ranked.slice(0, query.top);
}

interface Group {
  readonly labels: BuiltSeries['labels'];
  readonly buckets: Map<number, Sum>;
  readonly all: Sum;
}

/** The group of what has these dimensions, made where there is none yet; `null`: a filter leaves it out. */
function groupFor(dimensions: MetricRecord['dimensions'], query: SeriesQuery, groups: Map<string, Group>): Group | null {
  const values = valuesByLowerCase(dimensions);
  const fits = query.filters.every((filter) => {
    const value = values.get(filter.dimension.toLowerCase());
    return value !== undefined && admits(filter, value);
  });
  if (!fits) return null;
  const rolled = new Set(query.rollUp.map((name) => name.toLowerCase()));
  const labels = query.filters.flatMap(({ dimension }) => {
    const name = dimension.toLowerCase();
    return rolled.has(name) ? [] : [{ name, value: values.get(name) ?? '' }];
  });
  const key = JSON.stringify(labels.map((label) => label.value));
  const group = groups.get(key) ?? { labels, buckets: new Map<number, Sum>(), all: emptySum() };
  groups.set(key, group);
  return group;
}

const lowerCased = new WeakMap<MetricRecord['dimensions'], ReadonlyMap<string, string>>();

/** Values by dimension in lower case; the minutes of a series are looked at again and again. */
function valuesByLowerCase(dimensions: MetricRecord['dimensions']): ReadonlyMap<string, string> {
  const known = lowerCased.get(dimensions);
  if (known !== undefined) return known;
  const values = new Map(Object.entries(dimensions).map(([name, value]) => [name.toLowerCase(), value]));
  lowerCased.set(dimensions, values);
  return values;
}

function emptySum(): Sum {
  return { total: 0, count: 0, minimum: Number.POSITIVE_INFINITY, maximum: Number.NEGATIVE_INFINITY };
}

function add(sum: Sum, record: MetricRecord): void {
  sum.total += record.total;
  sum.count += record.count;
  sum.minimum = Math.min(sum.minimum, record.minimum);
  sum.maximum = Math.max(sum.maximum, record.maximum);
}

function bucketStart(time: number, { interval, span }: SeriesQuery): number {
  return interval === null ? span.start : Math.floor(time / interval) * interval;
}

function bucketStarts(query: SeriesQuery): readonly number[] {
  const { interval, span } = query;
  if (span.end <= span.start) return [];
  if (interval === null) return [span.start];
  const first = bucketStart(span.start, query);
  return Array.from({ length: Math.ceil((span.end - first) / interval) }, (_, index) => first + index * interval);
}

function bucketOf(start: number, sum: Sum | undefined, aggregations: readonly Aggregation[]): Bucket {
  const timeStamp = new Date(start).toISOString().replace('.000Z', 'Z');
  if (sum === undefined || sum.count === 0) return { timeStamp };
  return { timeStamp, ...Object.fromEntries(aggregations.map((aggregation) => [aggregation, valueOfSum(sum, aggregation)])) };
}

/** What an aggregation makes of a bucket. */
export function valueOfSum(sum: Readonly<Sum>, aggregation: Aggregation): number {
  return aggregation === 'average' ? sum.total / sum.count : sum[aggregation];
}

/** By the order asked for; else the largest total first, so that `top` keeps what matters. */
function rank<Group extends { readonly all: Sum; readonly labels: BuiltSeries['labels'] }>(
  groups: Group[],
  { orderBy }: SeriesQuery,
): Group[] {
  const { aggregation, descending } = orderBy ?? { aggregation: 'total' as const, descending: true };
  const sign = descending ? -1 : 1;
  return groups.sort((a, b) => {
    const difference = (valueOfSum(a.all, aggregation) - valueOfSum(b.all, aggregation)) * sign;
    return difference !== 0 ? difference : JSON.stringify(a.labels) < JSON.stringify(b.labels) ? -1 : 1;
  });
}

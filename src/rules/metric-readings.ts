import type { Labels } from '../model/labels.ts';
import { labelKey, pickLabels } from '../model/labels.ts';
import type { MetricAnswer, MetricPoint, MetricSeries } from '../model/query.ts';
import type { Aggregation, MetricSignal, MetricTerm, Rule } from '../model/rule.ts';
import type { BlindReason, Point, Reading, Series } from '../model/series.ts';
import type { Target } from '../model/target.ts';
import { contains, type Window } from '../model/window.ts';
import { splitsOf } from './metric-needs.ts';
import { metricSignalsOf } from './metric-signal.ts';
import { acceptsAll } from './where.ts';

/**
 * What the answers to `metricQueries` say of one rule, by target id: filtered by `where`, folded over the dimensions that are not in
 * `by`, with the denominator of a ratio beside it. A metric that could not be read makes the target unknown, and only that target.
 */
export function readingsFor(
  rule: Rule,
  targets: readonly Target[],
  answers: readonly MetricAnswer[],
  span: Window,
): Readonly<Record<string, Reading>> {
  const signals = metricSignalsOf(rule);
  const [main, ...others] = signals;
  if (main === undefined) return {};
  const names = new Set(signals.flatMap(({ metric, over }) => [metric.name, over?.name]));
  const seriesOf = new Map<string, MetricSeries[]>(targets.map((target) => [target.id.toLowerCase(), []]));
  const failures = new Map<string, MetricAnswer['failed'][number]>();
  for (const { series, failed } of answers) {
    for (const one of series) if (names.has(one.metric)) seriesOf.get(one.resourceId.toLowerCase())?.push(one);
    for (const one of failed) if (names.has(one.metric)) failures.set(one.resourceId.toLowerCase(), one);
  }
  return Object.fromEntries(
    targets.map((target) => {
      const id = target.id.toLowerCase();
      const failure = failures.get(id);
      if (failure !== undefined) return [target.id, unknown(failure)];
      const given = seriesOf.get(id) ?? [];
      const series = beside(
        readSignal(main, given, span),
        main.by,
        others.map((other) => ({ by: other.by, series: readSignal(other, given, span) })),
      );
      const spoken = rule.condition.kind === 'absent' || rule.condition.kind === 'changed' ? series.map(withoutZeros) : series;
      return [target.id, { status: 'ok', series: spoken, watermark: span.end }];
    }),
  );
}

/**
 * The series of a rule's first signal with what its others say of the same labels, or of those labels that they have. Where another
 * has all of them, it may know a series that the first does not.
 */
function beside(
  series: readonly Series[],
  by: readonly string[],
  others: readonly { readonly by: readonly string[]; readonly series: readonly Series[] }[],
): readonly Series[] {
  if (others.length === 0) return series;
  const mains = new Map(series.map((one) => [labelKey(one.labels), one]));
  for (const other of others) {
    if (other.by.length < by.length) continue;
    for (const { labels } of other.series) {
      const key = labelKey(labels);
      if (!mains.has(key)) mains.set(key, { labels, points: [], over: null });
    }
  }
  const found = others.map((other) => ({ by: other.by, of: new Map(other.series.map((one) => [labelKey(one.labels), one])) }));
  return [...mains.values()].map((one) => ({
    ...one,
    others: found.map(({ by: own, of }) => {
      const other = of.get(labelKey(pickLabels(one.labels, own)));
      return { points: other?.points ?? [], over: other?.over ?? null };
    }),
  }));
}

const REASONS: Readonly<Record<string, BlindReason>> = {
  'TCN-A001': 'throttled',
  'TCN-A006': 'partial data',
  'TCN-A007': 'no data',
};

function unknown({ metric, code, detail }: MetricAnswer['failed'][number]): Reading {
  return { status: 'unknown', reason: REASONS[code] ?? 'error', code, detail: `${metric}: ${detail}` };
}

/** A counter that says zero says that nothing happened, which a rule about events must not take for one. */
function withoutZeros(series: Series): Series {
  return { ...series, points: series.points.filter((point) => point.value !== 0) };
}

function readSignal(signal: MetricSignal, series: readonly MetricSeries[], span: Window): readonly Series[] {
  const splits = splitsOf(signal);
  const values = readTerm(signal.metric, signal.by, splits.metric, series, span);
  if (signal.over === null)
    return [...values.values()].map(({ labels, points }) => ({ labels, points: sorted(points), over: null }));
  const overs = readTerm(signal.over, signal.by, splits.over, series, span);
  const keys = [...new Set([...values.keys(), ...overs.keys()])].sort();
  return keys.flatMap((key) => {
    const value = values.get(key);
    const over = overs.get(key);
    const labels = (value ?? over)?.labels;
    if (labels === undefined) return [];
    const points = value?.points ?? new Map<number, Point>();
    const filled = isCounter(signal.metric.aggregate) ? withZerosOf(points, over?.points ?? new Map()) : points;
    return [{ labels, points: sorted(filled), over: sorted(over?.points ?? new Map()) }];
  });
}

/** The service sends no series for what did not happen: where the whole was counted, a missing part is zero. */
function withZerosOf(points: ReadonlyMap<number, Point>, over: ReadonlyMap<number, Point>): ReadonlyMap<number, Point> {
  const filled = new Map(points);
  for (const at of over.keys()) if (!filled.has(at)) filled.set(at, { at, value: 0, weight: 1 });
  return filled;
}

interface Folded {
  readonly labels: Labels;
  readonly points: ReadonlyMap<number, Point>;
}

/** The series of one term by label key, from the coarsest answered split that has the dimensions it needs. */
function readTerm(
  term: MetricTerm,
  by: readonly string[],
  split: readonly string[],
  series: readonly MetricSeries[],
  span: Window,
): ReadonlyMap<string, Folded> {
  const groups = new Map<string, { labels: Labels; bins: Map<number, MetricPoint[]> }>();
  for (const one of coarsest(term, split, series)) {
    const labels = renamed(one.labels, [...by, ...Object.keys(term.where)]);
    if (!acceptsAll(term.where, labels)) continue;
    const picked = pickLabels(labels, by);
    const key = labelKey(picked);
    const group = groups.get(key) ?? { labels: picked, bins: new Map<number, MetricPoint[]>() };
    groups.set(key, group);
    for (const point of one.points) {
      if (!contains(span, point.at) || point[term.aggregate] === undefined) continue;
      group.bins.set(point.at, [...(group.bins.get(point.at) ?? []), point]);
    }
  }
  return new Map(
    [...groups]
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, { labels, bins }]) => {
        const points = [...bins].map(([at, parts]) => fold(at, parts, term));
        return [key, { labels, points: new Map(points.map((point) => [point.at, point])) }];
      }),
  );
}

/**
 * Series of one split only, each once: the same metric may have been asked for with several splits, for several rules, and their
 * series overlap. Series without a label set of at least `split` are those of other rules, or the empty ones that the service
 * sends where it has no data.
 */
function coarsest(term: MetricTerm, split: readonly string[], series: readonly MetricSeries[]): readonly MetricSeries[] {
  const wanted = split.map((dimension) => dimension.toLowerCase());
  const bySplit = new Map<string, { readonly size: number; readonly series: Map<string, MetricSeries> }>();
  for (const one of series) {
    if (one.metric !== term.name || !one.points.some((point) => point[term.aggregate] !== undefined)) continue;
    const dimensions = Object.keys(one.labels)
      .map((name) => name.toLowerCase())
      .sort();
    if (!wanted.every((dimension) => dimensions.includes(dimension))) continue;
    const key = JSON.stringify(dimensions);
    const group = bySplit.get(key) ?? { size: dimensions.length, series: new Map<string, MetricSeries>() };
    bySplit.set(key, group);
    if (!group.series.has(labelKey(one.labels))) group.series.set(labelKey(one.labels), one);
  }
  const [best] = [...bySplit]
    .sort(([a, left], [b, right]) => left.size - right.size || (a < b ? -1 : 1))
    .map(([, group]) => group);
  return [...(best?.series.values() ?? [])];
}

/** Labels under the rule's spelling: the service answers with dimension names in lower case. */
function renamed(labels: Labels, names: readonly string[]): Labels {
  const byLowerCase = new Map(Object.entries(labels).map(([name, value]) => [name.toLowerCase(), value]));
  return Object.fromEntries(names.map((name) => [name, byLowerCase.get(name.toLowerCase()) ?? '']));
}

function fold(at: number, parts: readonly MetricPoint[], { aggregate, counted }: MetricTerm): Point {
  const values = parts.map((part) => part[aggregate] ?? 0);
  if (aggregate === 'minimum') return { at, value: Math.min(...values), weight: 1 };
  if (aggregate === 'maximum') return { at, value: Math.max(...values), weight: 1 };
  if (aggregate === 'average') return foldAverage(at, parts, counted === true);
  return { at, value: sum(values), weight: 1 };
}

function foldAverage(at: number, parts: readonly MetricPoint[], counted: boolean): Point {
  const weights = parts.map((part) => (counted ? (part.count ?? 0) : 1));
  const weight = sum(weights);
  const total = sum(parts.map((part, index) => (part.average ?? 0) * (weights[index] ?? 0)));
  const value = weight === 0 ? sum(parts.map((part) => part.average ?? 0)) / parts.length : total / weight;
  return { at, value, weight: counted ? weight : 1 };
}

function isCounter(aggregate: Aggregation): boolean {
  return aggregate === 'total' || aggregate === 'count';
}

function sorted(points: ReadonlyMap<number, Point>): readonly Point[] {
  return [...points.values()].sort((left, right) => left.at - right.at);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

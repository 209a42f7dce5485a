import type { Labels } from '../model/labels.ts';
import { labelKey, pickLabels } from '../model/labels.ts';
import type { MetricAnswer, MetricPoint, MetricSeries } from '../model/query.ts';
import type { Aggregation, MetricSignal, MetricTerm } from '../model/rule.ts';
import type { Point, Series } from '../model/series.ts';
import { acceptsAll } from '../model/where.ts';
import { contains, type Window } from '../model/window.ts';
import { splitsOf } from './metric-needs.ts';

type Failure = MetricAnswer['failed'][number];

/** Answers by resource and metric. */
interface AnswerIndex {
  /** The series of one metric of one resource (id in lower case); the same array each time. */
  seriesOf(id: string, metric: string): readonly MetricSeries[];
  /** The last failure of any of the metrics. */
  failureOf(id: string, metrics: readonly string[]): Failure | null;
}

const NONE: readonly MetricSeries[] = [];
const indexes = new WeakMap<readonly MetricAnswer[], AnswerIndex>();

/** Many rules are read from the same answers: they are looked through once. */
export function indexOf(answers: readonly MetricAnswer[]): AnswerIndex {
  const known = indexes.get(answers);
  if (known !== undefined) return known;
  const series = new Map<string, MetricSeries[]>();
  const failures = new Map<string, Failure>();
  for (const answer of answers) {
    for (const one of answer.series) {
      const key = `${one.resourceId.toLowerCase()}\n${one.metric}`;
      const list = series.get(key);
      if (list === undefined) series.set(key, [one]);
      else list.push(one);
    }
    for (const one of answer.failed) failures.set(`${one.resourceId.toLowerCase()}\n${one.metric}`, one);
  }
  const index: AnswerIndex = {
    seriesOf: (id, metric) => series.get(`${id}\n${metric}`) ?? NONE,
    failureOf: (id, metrics) => {
      if (failures.size === 0) return null;
      const found = metrics.flatMap((metric) => failures.get(`${id}\n${metric}`) ?? []);
      return found.at(-1) ?? null;
    },
  };
  indexes.set(answers, index);
  return index;
}

/** What a metric signal says of one target: its series, with the denominator of a ratio beside each. Points ascend in time. */
export function readSignal(
  signal: MetricSignal,
  seriesOf: (metric: string) => readonly MetricSeries[],
  span: Window,
): readonly Series[] {
  const splits = splitsOf(signal);
  const values = readTerm(signal.metric, signal.by, splits.metric, seriesOf(signal.metric.name), span);
  if (signal.over === null) return [...values.values()].map(({ labels, points }) => ({ labels, points, over: null }));
  const overs = readTerm(signal.over, signal.by, splits.over, seriesOf(signal.over.name), span);
  const keys = [...new Set([...values.keys(), ...overs.keys()])].sort();
  return keys.flatMap((key) => {
    const value = values.get(key);
    const over = overs.get(key);
    const labels = (value ?? over)?.labels;
    if (labels === undefined) return [];
    const points = value?.points ?? [];
    const filled = isCounter(signal.metric.aggregate) ? withZerosOf(points, over?.points ?? []) : points;
    return [{ labels, points: filled, over: over?.points ?? [] }];
  });
}

/** The service sends no series for what did not happen: where the whole was counted, a missing part is zero. */
function withZerosOf(points: readonly Point[], over: readonly Point[]): readonly Point[] {
  const filled: Point[] = [];
  let next = 0;
  for (const { at } of over) {
    for (; next < points.length && (points[next] as Point).at < at; next += 1) filled.push(points[next] as Point);
    if (next < points.length && (points[next] as Point).at === at) filled.push(points[next++] as Point);
    else filled.push({ at, value: 0, weight: 1 });
  }
  for (; next < points.length; next += 1) filled.push(points[next] as Point);
  return filled;
}

interface Folded {
  readonly labels: Labels;
  readonly points: readonly Point[];
}

const terms = new WeakMap<readonly MetricSeries[], Map<string, ReadonlyMap<string, Folded>>>();

/** The series of one term by label key. Rules that share a term, mostly the denominator of a ratio, share what is read of it. */
function readTerm(
  term: MetricTerm,
  by: readonly string[],
  split: readonly string[],
  series: readonly MetricSeries[],
  span: Window,
): ReadonlyMap<string, Folded> {
  if (series === NONE) return new Map();
  const known = terms.get(series) ?? new Map<string, ReadonlyMap<string, Folded>>();
  terms.set(series, known);
  const key = JSON.stringify([term, by, split, span.start, span.end]);
  const read = known.get(key) ?? foldTerm(term, by, split, series, span);
  known.set(key, read);
  return read;
}

/** From the coarsest answered split that has the dimensions it needs. */
function foldTerm(
  term: MetricTerm,
  by: readonly string[],
  split: readonly string[],
  series: readonly MetricSeries[],
  span: Window,
): ReadonlyMap<string, Folded> {
  const groups = new Map<string, { labels: Labels; parts: (readonly MetricPoint[])[] }>();
  const names = [...by, ...Object.keys(term.where)];
  for (const one of coarsest(term, split, series)) {
    const labels = renamed(one.labels, names);
    if (!acceptsAll(term.where, labels)) continue;
    const picked = pickLabels(labels, by);
    const key = labelKey(picked);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { labels: picked, parts: [one.points] });
    else group.parts.push(one.points);
  }
  return new Map(
    [...groups]
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, { labels, parts }]) => [key, { labels, points: folded(parts, term, span) }]),
  );
}

/**
 * Series of one split only, each once: the same metric may have been asked for with several splits, for several rules, and their
 * series overlap. Series without a label set of at least `split` are those of other rules, or the empty ones that the service
 * sends where it has no data.
 */
function coarsest(term: MetricTerm, split: readonly string[], series: readonly MetricSeries[]): readonly MetricSeries[] {
  const wanted = split.map((dimension) => dimension.toLowerCase());
  const splits = new Map<string, Split>();
  let best: Split | null = null;
  for (const one of series) {
    if (one.metric !== term.name || !one.points.some((point) => point[term.aggregate] !== undefined)) continue;
    const names = Object.keys(one.labels);
    const spelling = names.join('\n');
    let known = splits.get(spelling);
    if (known === undefined) {
      known = splitOf(names, splits);
      splits.set(spelling, known);
    }
    if (!wanted.every((dimension) => (known as Split).dimensions.includes(dimension))) continue;
    known.series.push(one);
    if (best === null || isCoarser(known, best)) best = known;
  }
  return best === null ? [] : distinct(best.series);
}

interface Split {
  /** In lower case, sorted. */
  readonly dimensions: readonly string[];
  readonly key: string;
  readonly series: MetricSeries[];
}

/** Answers may spell the dimensions of one split in several ways. */
function splitOf(names: readonly string[], splits: ReadonlyMap<string, Split>): Split {
  const dimensions = names.map((name) => name.toLowerCase()).sort();
  const key = JSON.stringify(dimensions);
  for (const known of splits.values()) if (known.key === key) return known;
  return { dimensions, key, series: [] };
}

function isCoarser(one: Split, other: Split): boolean {
  const sizes = one.dimensions.length - other.dimensions.length;
  return sizes < 0 || (sizes === 0 && one.key < other.key);
}

function distinct(series: readonly MetricSeries[]): readonly MetricSeries[] {
  if (series.length < 2) return series;
  const seen = new Set<string>();
  return series.filter(({ labels }) => {
    const key = labelKey(labels);
    return !seen.has(key) && seen.add(key);
  });
}

/** Labels under the rule's spelling: the service answers with dimension names in lower case. */
function renamed(labels: Labels, names: readonly string[]): Labels {
  if (names.every((name) => Object.hasOwn(labels, name))) return labels;
  const byLowerCase = new Map(Object.entries(labels).map(([name, value]) => [name.toLowerCase(), value]));
  return Object.fromEntries(names.map((name) => [name, byLowerCase.get(name.toLowerCase()) ?? '']));
}

/** The bins of several series of one group added up, within the span. */
function folded(parts: readonly (readonly MetricPoint[])[], term: MetricTerm, span: Window): readonly Point[] {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) {
    const alone = pointsOf(only, term, span);
    if (alone !== null) return alone;
  }
  const bins = new Map<number, MetricPoint[]>();
  for (const part of parts) {
    for (const point of part) {
      if (!contains(span, point.at) || point[term.aggregate] === undefined) continue;
      const bin = bins.get(point.at);
      if (bin === undefined) bins.set(point.at, [point]);
      else bin.push(point);
    }
  }
  return [...bins].map(([at, points]) => fold(at, points, term)).sort((left, right) => left.at - right.at);
}

/** One series by itself; `null` where its bins do not ascend. */
function pointsOf(points: readonly MetricPoint[], term: MetricTerm, span: Window): readonly Point[] | null {
  const found: Point[] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const point of points) {
    const { at } = point;
    const value = point[term.aggregate];
    if (!contains(span, at) || value === undefined) continue;
    if (at <= last) return null;
    last = at;
    const weight = term.aggregate === 'average' && term.counted === true ? (point.count ?? 0) : 1;
    found.push({ at, value, weight });
  }
  return found;
}

function fold(at: number, parts: readonly MetricPoint[], { aggregate, counted }: MetricTerm): Point {
  if (aggregate === 'average') return foldAverage(at, parts, counted === true);
  let value = parts[0]?.[aggregate] ?? 0;
  for (let index = 1; index < parts.length; index += 1) {
    const next = parts[index]?.[aggregate] ?? 0;
    if (aggregate === 'minimum') value = Math.min(value, next);
    else if (aggregate === 'maximum') value = Math.max(value, next);
    else value += next;
  }
  return { at, value, weight: 1 };
}

function foldAverage(at: number, parts: readonly MetricPoint[], counted: boolean): Point {
  let [weight, total, plain] = [0, 0, 0];
  for (const { average = 0, count = 0 } of parts) {
    const share = counted ? count : 1;
    weight += share;
    total += average * share;
    plain += average;
  }
  return { at, value: weight === 0 ? plain / parts.length : total / weight, weight: counted ? weight : 1 };
}

function isCounter(aggregate: Aggregation): boolean {
  return aggregate === 'total' || aggregate === 'count';
}

import { jsonOfRequest } from '../../forward/otlp/json.ts';
import { encodeOwnMetrics, type OwnMetric, type OwnPoint } from '../../forward/otlp/own-metrics.ts';
import type { HubView } from '../../model/hub.ts';
import type { Labels } from '../../model/labels.ts';
import type { OtlpSink, Sink } from '../../model/sink.ts';
import { sinkIsOn } from '../../model/sink.ts';
import type {
  CategoryTotals,
  Clock,
  DrainTotals,
  DrainTotalsStore,
  ForwardMark,
  ForwardMarks,
  HttpSender,
  Log,
  SinkClients,
  SinkTotals,
} from '../../ports.ts';
import { compress } from './outgoing.ts';
import { tryOnce } from './transport.ts';

export interface OwnMetricsDeps {
  readonly sinks: readonly Sink[];
  readonly http: HttpSender;
  readonly clients?: SinkClients;
  readonly marks: ForwardMarks;
  /** What became of what was parked; absent: it is not added up. */
  readonly drained?: Pick<DrainTotalsStore, 'read'>;
  /** What the hub was seen to hold; absent: nobody looks. */
  readonly hubView?: () => Promise<HubView | null>;
  readonly clock: Clock;
  readonly log: Log;
}

const TIMEOUT = 10_000;
const PATH = '/v1/metrics';

/**
 * Sends what forwarding tells of itself to every OTLP sink that wants it, as sums since the beginning: one that does not arrive is in the
 * next. @returns to how many sinks.
 */
export async function sendOwnMetrics(deps: OwnMetricsDeps): Promise<number> {
  const sinks = deps.sinks.filter((sink): sink is OtlpSink => sink.kind === 'otlp' && sink.telemetry === true && sinkIsOn(sink));
  if (sinks.length === 0) return 0;
  const metrics = ownMetricsOf(
    await deps.marks.all(),
    (await deps.hubView?.()) ?? null,
    (await deps.drained?.read())?.value ?? null,
  );
  if (metrics.every(({ points }) => points.length === 0)) return 0;
  const body = encodeOwnMetrics(metrics, deps.clock.now());
  const sent = await Promise.all(
    sinks.map(async (sink) => {
      const packed = compress(sink.encoding === 'json' ? jsonOfRequest(PATH, body) : body);
      const { verdict } = await tryOnce(sink, PATH, packed, TIMEOUT, deps);
      if (verdict.kind === 'taken') return 1;
      deps.log.warn({ sink: sink.name, verdict }, 'metrics of forwarding were not taken');
      return 0;
    }),
  );
  return sent.reduce<number>((sum, one) => sum + one, 0);
}

/** The metrics of docs/forwarding.md, of every partition. */
function ownMetricsOf(marks: readonly ForwardMark[], view: HubView | null, drained: DrainTotals | null): readonly OwnMetric[] {
  const sum = (name: string, unit: string, points: (mark: Known, at: At) => readonly OwnPoint[], more: Sums = []): OwnMetric => ({
    name: `tocsin.forward.${name}`,
    unit,
    kind: 'sum',
    points: [...marks.flatMap((mark) => (isKnown(mark) ? points(mark, atOf(mark)) : [])), ...more],
  });
  const gauge = (name: string, unit: string, points: readonly OwnPoint[]): OwnMetric => ({
    name: `tocsin.forward.${name}`,
    unit,
    kind: 'gauge',
    points,
  });
  const sinksOf = ({ totals }: Known): readonly (readonly [string, SinkTotals])[] => Object.entries(totals.sinks);
  const later = Object.entries(drained?.sinks ?? {});
  const laterAt: At = (value, attributes = {}) => ({ value, since: drained?.since ?? 0, attributes });
  const { partitions: sights, at } = view ?? { partitions: [], at: 0 };
  return [
    sum('records', '{record}', ({ totals }, at) => byCategory(totals.records, at)),
    sum('repairs', '{repair}', ({ totals }, at) =>
      Object.entries(totals.repaired).flatMap(([category, repairs]) =>
        Object.entries(repairs).map(([repair, value]) => at(value, { category, repair })),
      ),
    ),
    sum('quarantined', '{entry}', ({ counts, totals: { quarantinedOf = {} } }, at) =>
      withRest(counts.quarantined, quarantinedOf, at),
    ),
    sum('duplicates', '{event}', ({ counts }, at) => [at(counts.duplicates)]),
    sum('dropped', '{record}', ({ totals: { dropped, droppedOf = {} } }, at) => withRest(dropped, droppedOf, at)),
    sum(
      'sink.records',
      '{record}',
      (mark, at) => sinksOf(mark).flatMap(([sink, totals]) => outcomesOf(sink, totals, '', at)),
      later.flatMap(([sink, totals]) => outcomesOf(sink, totals, ' later', laterAt)),
    ),
    sum(
      'sink.requests',
      '{request}',
      (mark, at) => sinksOf(mark).map(([sink, { requests }]) => at(requests, { sink })),
      later.map(([sink, { requests }]) => laterAt(requests, { sink, of: 'parked' })),
    ),
    sum(
      'sink.failures',
      '{request}',
      (mark, at) => sinksOf(mark).map(([sink, { failures }]) => at(failures, { sink })),
      later.map(([sink, { failures }]) => laterAt(failures, { sink, of: 'parked' })),
    ),
    gauge(
      'lag',
      'ms',
      marks.flatMap(({ partition, lag }) => quantiles(lag ?? null, { partition })),
    ),
    gauge(
      'sink.latency',
      'ms',
      marks.flatMap(({ partition, totals }) =>
        Object.entries(totals?.sinks ?? {}).flatMap(([sink, { latency }]) => quantiles(latency, { partition, sink })),
      ),
    ),
    gauge(
      'unread',
      '{event}',
      sights.map(({ partition, unread }) => ({ value: unread, attributes: { partition } })),
    ),
    gauge(
      'unread.age',
      'ms',
      sights.map(({ partition, waiting }) => ({ value: waiting === null ? 0 : at - waiting.since, attributes: { partition } })),
    ),
  ];
}

type Sums = readonly OwnPoint[];

function byCategory(counts: Readonly<Record<string, number>>, at: At): Sums {
  return Object.entries(counts).map(([category, value]) => at(value, { category }));
}

/** What is not known by category, or was counted by an earlier version, has none; nothing at all is a 0 that can be watched. */
function withRest(total: number, counts: Readonly<Record<string, number>>, at: At, attributes: Labels = {}): Sums {
  const known = Object.entries(counts).filter(([, value]) => value > 0);
  const rest = Math.max(0, total - known.reduce((sum, [, value]) => sum + value, 0));
  const points = known.map(([category, value]) => at(value, { ...attributes, category }));
  return rest > 0 || points.length === 0 ? [at(rest, attributes), ...points] : points;
}

/** Once parked, of a record only its sink is known. */
function outcomesOf(sink: string, totals: SinkTotals, later: '' | ' later', at: At): Sums {
  const { categories = {} } = totals;
  const of = (outcome: keyof CategoryTotals): Readonly<Record<string, number>> =>
    Object.fromEntries(Object.entries(categories).map(([category, counts]) => [category, counts[outcome]]));
  const told = (outcome: 'delivered' | 'parked' | 'refused' | 'filtered'): Sums =>
    withRest(totals[outcome] ?? 0, of(outcome), at, { sink, outcome: `${outcome}${later}` });
  return [
    ...told('delivered'),
    ...told('refused'),
    ...(later === '' ? [...told('parked'), ...told('filtered')] : []),
    at(totals.repeated, { sink, outcome: `repeated${later}` }),
    at(totals.rejected, { sink, outcome: `rejected${later}` }),
  ];
}

type Known = ForwardMark & Required<Pick<ForwardMark, 'totals'>>;
type At = (value: number, attributes?: Labels) => OwnPoint;

function isKnown(mark: ForwardMark): mark is Known {
  return mark.totals !== undefined;
}

function atOf({ partition, totals }: Known): At {
  return (value, attributes = {}) => ({ value, since: totals.since, attributes: { partition, ...attributes } });
}

function quantiles(spread: ForwardMark['lag'] | null, attributes: Readonly<Record<string, string>>): readonly OwnPoint[] {
  if (spread === undefined || spread === null) return [];
  return [
    { value: spread.p50, attributes: { ...attributes, quantile: '0.5' } },
    { value: spread.p99, attributes: { ...attributes, quantile: '0.99' } },
  ];
}

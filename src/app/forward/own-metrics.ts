import { jsonOfRequest } from '../../forward/otlp/json.ts';
import { encodeOwnMetrics, type OwnMetric, type OwnPoint } from '../../forward/otlp/own-metrics.ts';
import type { HubView } from '../../model/hub.ts';
import type { OtlpSink, Sink } from '../../model/sink.ts';
import { sinkIsOn } from '../../model/sink.ts';
import type { Clock, ForwardMark, ForwardMarks, HttpSender, Log, SinkClients, SinkTotals } from '../../ports.ts';
import { compress } from './outgoing.ts';
import { tryOnce } from './transport.ts';

export interface OwnMetricsDeps {
  readonly sinks: readonly Sink[];
  readonly http: HttpSender;
  readonly clients?: SinkClients;
  readonly marks: ForwardMarks;
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
  const metrics = ownMetricsOf(await deps.marks.all(), (await deps.hubView?.()) ?? null);
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

const OUTCOMES = ['delivered', 'repeated', 'parked', 'rejected', 'refused'] as const satisfies readonly (keyof SinkTotals)[];

/** The metrics of docs/forwarding.md, of every partition. */
function ownMetricsOf(marks: readonly ForwardMark[], view: HubView | null): readonly OwnMetric[] {
  const sum = (name: string, unit: string, points: (mark: Known, at: At) => readonly OwnPoint[]): OwnMetric => ({
    name: `tocsin.forward.${name}`,
    unit,
    kind: 'sum',
    points: marks.flatMap((mark) => (isKnown(mark) ? points(mark, atOf(mark)) : [])),
  });
  const gauge = (name: string, unit: string, points: readonly OwnPoint[]): OwnMetric => ({
    name: `tocsin.forward.${name}`,
    unit,
    kind: 'gauge',
    points,
  });
  const { partitions: sights, at } = view ?? { partitions: [], at: 0 };
  return [
    sum('records', '{record}', ({ totals }, at) =>
      Object.entries(totals.records).map(([category, value]) => at(value, { category })),
    ),
    sum('repairs', '{repair}', ({ totals }, at) =>
      Object.entries(totals.repaired).flatMap(([category, repairs]) =>
        Object.entries(repairs).map(([repair, value]) => at(value, { category, repair })),
      ),
    ),
    sum('quarantined', '{entry}', ({ counts }, at) => [at(counts.quarantined)]),
    sum('duplicates', '{event}', ({ counts }, at) => [at(counts.duplicates)]),
    sum('dropped', '{record}', ({ totals }, at) => [at(totals.dropped)]),
    sum('sink.records', '{record}', ({ totals }, at) =>
      Object.entries(totals.sinks).flatMap(([sink, one]) => OUTCOMES.map((outcome) => at(one[outcome], { sink, outcome }))),
    ),
    sum('sink.requests', '{request}', ({ totals }, at) =>
      Object.entries(totals.sinks).map(([sink, { requests }]) => at(requests, { sink })),
    ),
    sum('sink.failures', '{request}', ({ totals }, at) =>
      Object.entries(totals.sinks).map(([sink, { failures }]) => at(failures, { sink })),
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

type Known = ForwardMark & Required<Pick<ForwardMark, 'totals'>>;
type At = (value: number, attributes?: Readonly<Record<string, string>>) => OwnPoint;

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

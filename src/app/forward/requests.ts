import { instantOf } from '../../forward/instant.ts';
import { jsonOfRequest } from '../../forward/otlp/json.ts';
import { alikeTogether, encodeLogs } from '../../forward/otlp/logs.ts';
import { encodeMetrics } from '../../forward/otlp/metrics.ts';
import type { ResourceDetails } from '../../forward/otlp/resource.ts';
import { encodeTokenUsage } from '../../forward/otlp/token-usage.ts';
import { ProtoWriter } from '../../forward/otlp/writer.ts';
import { REDACT_ALL } from '../../forward/redact.ts';
import { type FactsOf, NO_FACTS } from '../../forward/resource.ts';
import { filterOf } from '../../forward/sinks/filter.ts';
import { type BodyLimits, lineBodies } from '../../forward/sinks/lines.ts';
import { limitsOf, type Stream, type StreamItem, streamsOf } from '../../forward/sinks/streams.ts';
import type { OtlpSink, Sink } from '../../model/sink.ts';
import type { ForwardEvent } from './batch.ts';
import { enqueuedMs, type LogEntry, type MetricEntry, type Origin, placeOf } from './gather.ts';
import type { Entry, Outgoing } from './outgoing.ts';

export interface Unencodable {
  readonly entry: Entry;
  readonly reason: string;
}

interface Work {
  readonly hub: string;
  readonly limits: BodyLimits;
  readonly writer: ProtoWriter;
  readonly now: number;
  readonly factsOf: FactsOf;
  readonly failed: (unencodable: Unencodable) => void;
}

/**
 * The requests of a sink, one at a time so that only one is in memory: the body of one is gone when the next is asked for. A record
 * above the sink's limit is alone in its request.
 */
export function* requestsOf(
  hub: string,
  logs: readonly LogEntry[],
  metrics: readonly MetricEntry[],
  sink: Sink,
  now: number,
  failed: (unencodable: Unencodable) => void,
  factsOf: FactsOf = NO_FACTS,
  leftOut: (entry: Entry) => void = () => {},
): Generator<Outgoing> {
  const limits = limitsOf(sink);
  const writer = spare ?? new ProtoWriter(limits.maxBytes);
  spare = null;
  const work = { hub, limits, writer, now, factsOf, failed };
  const isWanted = filterOf(sink.only);
  const wanted = (entry: Entry): boolean => {
    const is = isWanted(entry);
    if (!is) leftOut(entry);
    return is;
  };
  const [ownLogs, ownMetrics] = sink.only === undefined ? [logs, metrics] : [logs.filter(wanted), metrics.filter(wanted)];
  try {
    if (sink.kind === 'otlp') {
      for (const chunk of chunksOf(ownLogs, limits)) yield* logRequests(chunk, sink, work);
      for (const chunk of chunksOf(ownMetrics, limits)) yield* metricRequests(chunk, sink, work);
      if (sink.tokenUsage === true) yield* tokenRequests(logs, sink, work);
    } else {
      for (const [index, stream] of streamsOf(sink, factsOf).entries())
        yield* lineRequests(ownLogs, ownMetrics, stream, index, work);
    }
  } finally {
    if (writer.capacity <= MOST_KEPT) spare = writer;
  }
}

/** A buffer of megabytes for every invocation would be work for the garbage collector; one is kept. */
let spare: ProtoWriter | null = null;
const MOST_KEPT = 6_000_000;

function* logRequests(entries: readonly LogEntry[], sink: OtlpSink, work: Work): Generator<Outgoing> {
  const encoded = encodeLogs(entries, instantOf(work.now), sink.redact, work.writer, detailsOf(sink, work));
  if (encoded.body.length > work.limits.maxBytes && entries.length > 1) {
    for (const half of halvesOf(entries)) yield* logRequests(half, sink, work);
    return;
  }
  for (const { item, reason } of encoded.failed) work.failed({ entry: item, reason });
  if (encoded.order.length === 0) return;
  yield {
    id: idOf(work.hub, entries, 'logs'),
    path: '/v1/logs',
    ...bodyOf(sink, '/v1/logs', encoded.body),
    items: encoded.order.length,
    records: encoded.order.length,
    enqueuedAt: earliest(entries, work.now),
    entriesOf: (item) => encoded.order.slice(item, item + 1),
  };
}

function* metricRequests(entries: readonly MetricEntry[], sink: OtlpSink, work: Work): Generator<Outgoing> {
  const { body, order } = encodeMetrics(entries, sink.redact, detailsOf(sink, work));
  if (body.length > work.limits.maxBytes && entries.length > 1) {
    for (const half of halvesOf(entries)) yield* metricRequests(half, sink, work);
    return;
  }
  yield {
    id: idOf(work.hub, entries, 'metrics'),
    path: '/v1/metrics',
    ...bodyOf(sink, '/v1/metrics', body),
    items: order.length,
    records: entries.length,
    enqueuedAt: earliest(entries, work.now),
    entriesOf: (item) => order[item] ?? [],
  };
}

/** Of the records that the filter names, also where only metrics or a sample are wanted. It holds no records: they leave on their own. */
function* tokenRequests(logs: readonly LogEntry[], sink: OtlpSink, work: Work): Generator<Outgoing> {
  const { hub, now } = work;
  const { signals, sample: _, ...only } = sink.only ?? {};
  if (signals?.includes('metrics') === false) return;
  const wanted = logs.filter(filterOf(only));
  const encoded = encodeTokenUsage(wanted, sink.redact, detailsOf(sink, work));
  if (encoded === null) return;
  yield {
    id: idOf(hub, wanted, 'tokens'),
    path: '/v1/metrics',
    ...bodyOf(sink, '/v1/metrics', encoded.body),
    items: encoded.metrics,
    records: 0,
    enqueuedAt: earliest(wanted, now),
    entriesOf: () => [],
  };
}

function detailsOf({ resourceTags = [], redact = REDACT_ALL }: OtlpSink, { factsOf }: Work): ResourceDetails {
  return { factsOf, tags: resourceTags, redaction: redact };
}

function bodyOf({ encoding }: OtlpSink, path: '/v1/logs' | '/v1/metrics', body: Buffer): Pick<Outgoing, 'format' | 'body'> {
  return encoding === 'json' ? { format: 'otlp-json', body: jsonOfRequest(path, body) } : { format: 'otlp', body };
}

function* lineRequests(
  logs: readonly LogEntry[],
  metrics: readonly MetricEntry[],
  stream: Stream,
  index: number,
  { hub, limits, writer, now, failed }: Work,
): Generator<Outgoing> {
  const { path: place, takes } = stream;
  const all: readonly Entry[] = metrics.length === 0 ? logs : [...logs, ...metrics];
  const taken = takes === undefined ? all : all.filter(takes);
  const byPath = typeof place === 'string' ? [[place, taken] as const] : grouped(taken, place, now);
  const write = (to: ProtoWriter, entry: Entry): void => stream.write(to, entry);
  for (const [path, entries] of byPath) {
    const ordered = stream.ordered === true ? entries : alikeTogether(entries);
    const bodies = lineBodies(ordered, write, stream.format, limits, (entry, reason) => failed({ entry, reason }), writer);
    for (const { body, order } of bodies) {
      yield {
        id: `${idOf(hub, order, path === '' ? 'records' : `records-${path}`)}/${index}`,
        path,
        format: stream.format,
        body,
        items: order.length,
        records: order.length,
        enqueuedAt: earliest(order, now),
        entriesOf: (item) => order.slice(item, item + 1),
      };
    }
  }
}

function grouped(entries: readonly Entry[], pathOf: (item: StreamItem) => string, now: number): ReadonlyMap<string, Entry[]> {
  const byPath = new Map<string, Entry[]>();
  for (const entry of entries) {
    const { event } = entry;
    const path = pathOf({ ...entry, enqueuedAt: enqueuedMs(event) ?? now, partitionKey: event.partitionKey ?? '' });
    const group = byPath.get(path);
    if (group === undefined) byPath.set(path, [entry]);
    else group.push(entry);
  }
  return byPath;
}

/** Times of a hub are written alike, so that their texts stand in the order of time. */
function earliest(entries: readonly Origin[], now: number): number {
  let first: ForwardEvent | undefined;
  for (const { event } of entries) if (first === undefined || event.enqueuedAt < first.enqueuedAt) first = event;
  return (first === undefined ? null : enqueuedMs(first)) ?? now;
}

function halvesOf<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  const middle = items.length >> 1;
  return [items.slice(0, middle), items.slice(middle)];
}

function* chunksOf<Item extends Origin>(
  entries: readonly Item[],
  { maxRecords, maxBytes }: BodyLimits,
): Generator<readonly Item[]> {
  let chunk: Item[] = [];
  let bytes = 0;
  for (const entry of entries) {
    if (chunk.length > 0 && (chunk.length >= maxRecords || bytes + entry.bytes > maxBytes)) {
      yield chunk;
      chunk = [];
      bytes = 0;
    }
    chunk.push(entry);
    bytes += entry.bytes;
  }
  if (chunk.length > 0) yield chunk;
}

function idOf(hub: string, entries: readonly Origin[], kind: string): string {
  const [first, last] = [entries[0], entries.at(-1)];
  if (first === undefined || last === undefined) return `${hub}/${kind}`;
  return `${placeOf(hub, first.event)}.${first.position}-${last.event.sequenceNumber}.${last.position}/${kind}`;
}

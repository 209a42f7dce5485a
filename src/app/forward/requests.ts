import { instantOf } from '../../forward/instant.ts';
import { encodeLogs } from '../../forward/otlp/logs.ts';
import { encodeMetrics } from '../../forward/otlp/metrics.ts';
import { sliceRequest } from '../../forward/otlp/split.ts';
import { ProtoWriter } from '../../forward/otlp/writer.ts';
import type { Redaction } from '../../model/config.ts';
import { type LogEntry, type MetricEntry, type Origin, placeOf } from './gather.ts';

export type OtlpPath = '/v1/logs' | '/v1/metrics';

/** An entry of a request, as the quarantine needs it. */
export type Entry = LogEntry | MetricEntry;

/** An export request before compression. Items are what it can be split into: log records or metrics. */
export interface Outgoing {
  /** The same at every redelivery of the same events. */
  readonly id: string;
  readonly path: OtlpPath;
  readonly body: Uint8Array;
  readonly items: number;
  readonly records: number;
  /** The records of an item; none for a request that was parked, whose records are known only to itself. */
  entriesOf(item: number): readonly Entry[];
}

export interface Limits {
  readonly maxRecords: number;
  /** Of a request before compression. */
  readonly maxBytes: number;
  /** Absent: everything that can be. */
  readonly redact?: Redaction;
}

export interface Unencodable {
  readonly entry: Entry;
  readonly reason: string;
}

/**
 * Requests of at most `limits`, one at a time so that only one is in memory: the body of one is gone when the next is asked for. A
 * record above the limit is alone in its request.
 */
export function* requestsOf(
  hub: string,
  logs: readonly LogEntry[],
  metrics: readonly MetricEntry[],
  limits: Limits,
  now: number,
  failed: (unencodable: Unencodable) => void,
): Generator<Outgoing> {
  const writer = spare ?? new ProtoWriter(limits.maxBytes);
  spare = null;
  try {
    for (const chunk of chunksOf(logs, limits)) yield* logRequests(hub, chunk, limits, now, failed, writer);
    for (const chunk of chunksOf(metrics, limits)) yield* metricRequests(hub, chunk, limits);
  } finally {
    if (writer.capacity <= MOST_KEPT) spare = writer;
  }
}

/** A buffer of megabytes for every invocation would be work for the garbage collector; one is kept. */
let spare: ProtoWriter | null = null;
const MOST_KEPT = 4_000_000;

function* logRequests(
  hub: string,
  entries: readonly LogEntry[],
  limits: Limits,
  now: number,
  failed: (unencodable: Unencodable) => void,
  writer: ProtoWriter,
): Generator<Outgoing> {
  const encoded = encodeLogs(entries, instantOf(now), limits.redact, writer);
  if (encoded.body.length > limits.maxBytes && entries.length > 1) {
    for (const half of halvesOf(entries)) yield* logRequests(hub, half, limits, now, failed, writer);
    return;
  }
  for (const { item, reason } of encoded.failed) failed({ entry: item, reason });
  if (encoded.order.length === 0) return;
  yield {
    id: idOf(hub, entries, 'logs'),
    path: '/v1/logs',
    body: encoded.body,
    items: encoded.order.length,
    records: encoded.order.length,
    entriesOf: (item) => encoded.order.slice(item, item + 1),
  };
}

function* metricRequests(hub: string, entries: readonly MetricEntry[], limits: Limits): Generator<Outgoing> {
  const { body, order } = encodeMetrics(entries, limits.redact);
  if (body.length > limits.maxBytes && entries.length > 1) {
    for (const half of halvesOf(entries)) yield* metricRequests(hub, half, limits);
    return;
  }
  yield {
    id: idOf(hub, entries, 'metrics'),
    path: '/v1/metrics',
    body,
    items: order.length,
    records: entries.length,
    entriesOf: (item) => order[item] ?? [],
  };
}

/** The two halves of a request that was too large or refused; `null` where it cannot be split. */
export function splitOutgoing(whole: Outgoing): readonly [Outgoing, Outgoing] | null {
  if (whole.items < 2) return null;
  const middle = whole.items >> 1;
  const first = sliceRequest(whole.body, 0, middle);
  const second = sliceRequest(whole.body, middle, whole.items);
  if (first === null || second === null) return null;
  return [part(whole, first, 0, middle), part(whole, second, middle, whole.items)];
}

function part(whole: Outgoing, body: Uint8Array, from: number, to: number): Outgoing {
  const items = to - from;
  return {
    id: `${whole.id}/${from === 0 ? 'a' : 'b'}`,
    path: whole.path,
    body,
    items,
    // Of metrics, records are spread over items; their share is all that is known.
    records: Math.round((whole.records * to) / whole.items) - Math.round((whole.records * from) / whole.items),
    entriesOf: (item) => whole.entriesOf(item + from),
  };
}

function halvesOf<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  const middle = items.length >> 1;
  return [items.slice(0, middle), items.slice(middle)];
}

function* chunksOf<Item extends Origin>(entries: readonly Item[], { maxRecords, maxBytes }: Limits): Generator<readonly Item[]> {
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

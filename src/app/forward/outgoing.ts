import { promisify } from 'node:util';
import { gunzip, gzipSync } from 'node:zlib';
import { countJsonItems, pickJsonItems } from '../../forward/otlp/json.ts';
import { countItems, sliceRequest } from '../../forward/otlp/split.ts';
import { itemsOf, type LineFormat, pickItems } from '../../forward/sinks/framing.ts';
import type { LogEntry, MetricEntry } from './gather.ts';

/** How a body is taken apart. */
export type BodyFormat = 'otlp' | 'otlp-json' | LineFormat;

/** An entry of a request, as the quarantine needs it. */
export type Entry = LogEntry | MetricEntry;

/** A request before compression. Items are what it can be split into: records, or metrics that hold points of several records. */
export interface Outgoing {
  /** The same at every redelivery of the same events. */
  readonly id: string;
  /** Where in the sink it goes. */
  readonly path: string;
  readonly format: BodyFormat;
  /** Until the next request is asked for; later it must be unpacked. */
  readonly body: Uint8Array;
  readonly items: number;
  readonly records: number;
  /** When the first of its events came into the hub, epoch ms. */
  readonly enqueuedAt: number;
  /** The records of an item; none for a request that was parked, whose records are known only to itself. */
  entriesOf(item: number): readonly Entry[];
}

const gunzipAsync = promisify(gunzip);
/** Requests compress to a tenth. Room for all of it at once: every further piece costs as much as four kilobytes. */
const EXPECTED_SHARE = 6;
const LEAST_CHUNK = 4 * 1024;

/**
 * Level 1: higher levels cost more CPU than the bytes they save are worth. In this thread, 3 ms a megabyte: another one would take a
 * tenth more, and functions have one core. The larger hash table saves as much.
 */
export function compress(body: Uint8Array): Buffer {
  const chunkSize = Math.max(LEAST_CHUNK, Math.ceil(body.length / EXPECTED_SHARE));
  return gzipSync(body, { level: 1, memLevel: 9, chunkSize });
}

export async function uncompress(packed: Uint8Array): Promise<Buffer> {
  return gunzipAsync(packed);
}

/** How many items a body has, as far as it is what its format says. */
export function countBody(body: Buffer, format: BodyFormat): number {
  if (format === 'otlp') return countItems(body) ?? 1;
  return format === 'otlp-json' ? countJsonItems(body) : itemsOf(body, format).length;
}

/** The two halves of a request that was too large or refused; `null` where it cannot be split. */
export function splitOutgoing(whole: Outgoing): readonly [Outgoing, Outgoing] | null {
  if (whole.items < 2) return null;
  const middle = whole.items >> 1;
  const first = partOf(whole, 0, middle, 'a');
  const second = partOf(whole, middle, whole.items, 'b');
  return first === null || second === null ? null : [first, second];
}

/** The items [from, to) as a request of their own; `null` where the body cannot be taken apart or there are none. */
export function partOf(whole: Outgoing, from: number, to: number, name: string): Outgoing | null {
  if (whole.format !== 'otlp')
    return pickOutgoing(
      whole,
      Array.from({ length: to - from }, (_, index) => from + index),
      name,
    );
  const body = to > from ? sliceRequest(whole.body, from, to) : null;
  if (body === null) return null;
  const items = to - from;
  return {
    ...whole,
    id: `${whole.id}/${name}`,
    body,
    items,
    // Of metrics, records are spread over items; their share is all that is known.
    records: Math.round((whole.records * to) / whole.items) - Math.round((whole.records * from) / whole.items),
    entriesOf: (item) => whole.entriesOf(item + from),
  };
}

/** Some items as a request of their own. */
export function pickOutgoing(whole: Outgoing, chosen: readonly number[], name: string): Outgoing | null {
  if (whole.format === 'otlp' || chosen.length === 0) return null;
  const bytes = Buffer.from(whole.body.buffer, whole.body.byteOffset, whole.body.byteLength);
  const body = whole.format === 'otlp-json' ? pickJsonItems(bytes, chosen) : pickItems(bytes, whole.format, chosen);
  return {
    ...whole,
    id: `${whole.id}/${name}`,
    body,
    items: chosen.length,
    records: whole.format === 'otlp-json' ? Math.round((whole.records * chosen.length) / whole.items) : chosen.length,
    entriesOf: (item) => whole.entriesOf(chosen[item] ?? -1),
  };
}

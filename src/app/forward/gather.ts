import { decodeBody } from '../../forward/decode.ts';
import { murmur128 } from '../../forward/hash.ts';
import { type Instant, instantOf, parseInstant } from '../../forward/instant.ts';
import type { JsonObject } from '../../forward/json.ts';
import type { LogItem } from '../../forward/otlp/logs.ts';
import { type DiagnosticRecord, type PlatformMetric, readRecord } from '../../forward/record.ts';
import { addRepairs, countRepair, type RepairCounts } from '../../forward/repairs.ts';
import { beginRecords, releaseRecords, scanBody } from '../../forward/scan.ts';
import { parseRecord } from '../../forward/scanned.ts';
import type { RawRecord } from '../../forward/sinks/item.ts';
import type { ErrorCode } from '../../model/errors.ts';
import type { QuarantineEntry } from '../../ports.ts';
import type { ForwardEvent } from './batch.ts';

/** Where a record came from: enough to name it in the quarantine, the same at every redelivery. */
export interface Origin {
  readonly event: ForwardEvent;
  /** Its place in the body: records first, then texts. */
  readonly position: number;
  /** Its share of the body, which is about what it will take in a request. */
  readonly bytes: number;
  /** Where it stands in the body, if it was well-formed. */
  readonly raw?: RawRecord;
}

export type LogEntry = LogItem & Origin;
export type MetricEntry = { readonly record: PlatformMetric } & Origin;

/** What the events hold, and what of them cannot be decoded. */
export interface Gathered {
  readonly logs: readonly LogEntry[];
  readonly metrics: readonly MetricEntry[];
  readonly undecodable: readonly QuarantineEntry[];
  readonly repairs: Readonly<RepairCounts>;
  /** Of records: by category (`none`, `metrics`) what was repaired in them. Repairs of whole bodies are of no category. */
  readonly repaired: ReadonlyMap<string, Readonly<RepairCounts>>;
}

export function gather(hub: string, events: readonly ForwardEvent[], now: number): Gathered {
  const logs: LogEntry[] = [];
  const metrics: MetricEntry[] = [];
  const undecodable: QuarantineEntry[] = [];
  const repairs: RepairCounts = {};
  const repaired = new Map<string, RepairCounts>();
  const repairedOf = (category: string): RepairCounts => {
    const known = repaired.get(category) ?? {};
    repaired.set(category, known);
    return known;
  };
  const read = (source: JsonObject, enqueued: Instant): DiagnosticRecord => {
    const own: RepairCounts = {};
    const record = readRecord(source, enqueued, own);
    if (Object.keys(own).length > 0) {
      addRepairs(repairs, own);
      addRepairs(repairedOf(record.kind === 'platform metric' ? 'metrics' : record.category || 'none'), own);
    }
    return record;
  };
  beginRecords();
  for (const event of events) {
    const scanned = scanBody(event.body);
    if (scanned !== null) {
      const bytes = Math.ceil(event.body.length / scanned.length);
      for (const [position, item] of scanned.entries()) {
        if (item.kind === 'scanned') {
          if (item.inner !== null) {
            countRepair(repairs, 'properties as text');
            countRepair(repairedOf(item.category || 'none'), 'properties as text');
          }
          logs.push({ record: item, event, position, bytes });
          continue;
        }
        if (item.kind === 'platform metric') {
          metrics.push({ record: item, event, position, bytes, raw: item });
          continue;
        }
        const record = read(parseRecord(item), enqueuedInstant(event, now));
        if (record.kind === 'platform metric') metrics.push({ record, event, position, bytes, raw: item });
        else logs.push({ record, event, position, bytes, raw: item });
      }
      continue;
    }
    const { records, texts, remainders, repairs: done } = decodeBody(event.body);
    addRepairs(repairs, done);
    const bytes = Math.ceil(event.body.length / Math.max(records.length + texts.length, 1));
    const enqueued = enqueuedInstant(event, now);
    let position = 0;
    for (const source of records) {
      const record = read(source, enqueued);
      if (record.kind === 'platform metric') metrics.push({ record, event, position, bytes });
      else logs.push({ record, event, position, bytes });
      position++;
    }
    for (const { text, reason } of texts) {
      const record = { kind: 'text', text, reason, time: enqueued, resourceId: '', tenantId: '', location: '' } as const;
      logs.push({ record, event, position, bytes: text.length });
      position++;
    }
    for (const [index, { bytes: body, reason }] of remainders.entries()) {
      undecodable.push(quarantined(hub, event, `piece-${index}`, 'TCN-F001', reason, body, now));
    }
  }
  return { logs, metrics, undecodable, repairs, repaired };
}

/** Gives back what the records were read into: nothing of them may be looked at any more. */
export function release({ logs }: Gathered): void {
  releaseRecords(logs.flatMap(({ record }) => (record.kind === 'scanned' ? [record] : [])));
}

/** When the event came into the hub, in epoch ms; `null` where unknown. */
export function enqueuedMs({ enqueuedAt }: ForwardEvent): number | null {
  const ms = Date.parse(enqueuedAt);
  return Number.isNaN(ms) ? null : ms;
}

function enqueuedInstant(event: ForwardEvent, now: number): Instant {
  return parseInstant(event.enqueuedAt) ?? instantOf(now);
}

/** An entry whose id depends on nothing but where the piece came from. */
export function quarantined(
  hub: string,
  event: ForwardEvent,
  piece: string,
  code: ErrorCode,
  reason: string,
  body: Uint8Array,
  now: number,
): QuarantineEntry {
  const { partition, offset, sequenceNumber, enqueuedAt } = event;
  return {
    id: `${placeOf(hub, event)}/${piece}`,
    at: now,
    code,
    reason,
    partition,
    offset,
    sequenceNumber,
    enqueuedAt,
    body,
  };
}

/** Names an event for good; by its content where the hub's own number is unknown. */
export function placeOf(hub: string, { partition, sequenceNumber, body }: ForwardEvent): string {
  return `${hub}/${partition}/${sequenceNumber === '' ? `content-${murmur128(body, 0)}` : sequenceNumber}`;
}

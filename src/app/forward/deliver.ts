import { parseRecord } from '../../forward/scan.ts';
import type { ErrorCode } from '../../model/errors.ts';
import type { Clock, ParkedBatch, ParkingStore, QuarantineEntry, QuarantineStore } from '../../ports.ts';
import type { ForwardEvent } from './batch.ts';
import { quarantined } from './gather.ts';
import { type Entry, type Outgoing, splitOutgoing } from './requests.ts';
import { compress, PROTOBUF, type SinkSession, type Verdict } from './sink.ts';

/** Requests that one outgoing request may be split into in search of the records that a sink refuses. */
const MOST_REQUESTS_PER_SEARCH = 200;

type Later = Verdict & { readonly kind: 'later' };

/** What becomes of a request, or of a part of it, that the sink does not take now. */
export type Postpone = (part: Outgoing, compressed: Uint8Array, session: SinkSession, why: Later) => Promise<void>;

/** What was done so far, over all sinks. Throws only where the storage of what must not be lost fails. */
export class Tally {
  delivered = 0;
  parked = 0;
  rejected = 0;
  readonly waiting = new Map<string, { readonly code: ErrorCode; readonly detail: string; readonly records: number }>();
  private readonly hub: string;
  private readonly quarantine: QuarantineStore;
  private readonly clock: Clock;
  private readonly kept = new Map<string, QuarantineEntry>();

  constructor(hub: string, quarantine: QuarantineStore, clock: Clock) {
    this.hub = hub;
    this.quarantine = quarantine;
    this.clock = clock;
  }

  /** What went to the quarantine, each entry once. */
  get quarantined(): readonly QuarantineEntry[] {
    return [...this.kept.values()];
  }

  async keep(entry: QuarantineEntry): Promise<void> {
    if (this.kept.has(entry.id)) return;
    await this.quarantine.put(entry);
    this.kept.set(entry.id, entry);
  }

  /** A record that cannot be delivered, as it was decoded. */
  async keepRecord(entry: Entry, code: ErrorCode, reason: string): Promise<void> {
    const { record, event, position } = entry;
    const text = record.kind === 'text' ? record.text : textOfRecord(entry);
    const body = text === null ? event.body : Buffer.from(text, 'utf8');
    await this.keep(quarantined(this.hub, event, `record-${position}`, code, reason, body, this.clock.now()));
  }

  /** A request of which the sink did not say which records it refused, as OTLP protobuf. */
  async keepRequest(request: Outgoing, name: string, code: ErrorCode, reason: string): Promise<void> {
    const event = request.entriesOf(0)[0]?.event ?? NOWHERE;
    const entry = quarantined(this.hub, event, name, code, reason, Buffer.from(request.body), this.clock.now());
    await this.keep({ ...entry, id: `${request.id}/${name}` });
  }

  wait(sink: string, { code, detail }: Later, records: number): void {
    this.parked += records;
    this.waiting.set(sink, { code, detail, records: (this.waiting.get(sink)?.records ?? 0) + records });
  }
}

const NOWHERE: ForwardEvent = { body: new Uint8Array(), partition: '', sequenceNumber: '', offset: '', enqueuedAt: '' };

/** Integers that were too long for a number are strings here. `null`: nested too deeply to be written. */
function textOfRecord({ record }: Entry): string | null {
  try {
    if (record.kind === 'text') return record.text;
    return JSON.stringify(record.kind === 'scanned' ? parseRecord(record) : record.source);
  } catch {
    return null;
  }
}

/**
 * Brings one request to one sink, whatever it takes: halves where it is too large, halves again until a refused record is alone (it
 * goes to the quarantine, its neighbours arrive), and `postpone` for what the sink does not take now.
 */
export async function deliver(
  request: Outgoing,
  compressed: Uint8Array,
  session: SinkSession,
  tally: Tally,
  postpone: Postpone,
): Promise<void> {
  const search = { left: MOST_REQUESTS_PER_SEARCH };
  const attempt = async (part: Outgoing, packed: Uint8Array): Promise<void> => {
    search.left--;
    const verdict = await session.send(part.path, packed);
    if (verdict.kind === 'later') await postpone(part, packed, session, verdict);
    else if (verdict.kind === 'taken') await account(part, verdict, session, tally);
    else {
      const detail = verdict.kind === 'refused' ? verdict.detail : 'HTTP 413';
      const halves = search.left > 0 ? splitOutgoing(part) : null;
      if (halves === null) await refuse(part, detail, session, tally);
      else for (const half of halves) await attempt(half, compress(half.body));
    }
  };
  await attempt(request, compressed);
}

async function account(
  part: Outgoing,
  { rejected, message }: Verdict & { readonly kind: 'taken' },
  session: SinkSession,
  tally: Tally,
): Promise<void> {
  const refused = rejected === null ? part.records : Math.min(rejected, part.records);
  tally.delivered += part.records - refused;
  if (refused === 0) return;
  tally.rejected += refused;
  const count = rejected === null ? 'an unknown number of' : String(rejected);
  const reason = `${session.sink.name} rejected ${count} of ${part.records} records: ${message}`;
  await tally.keepRequest(part, `rejected-${session.sink.name}`, 'TCN-F003', reason);
}

async function refuse(part: Outgoing, detail: string, session: SinkSession, tally: Tally): Promise<void> {
  const reason = `${session.sink.name} answered ${detail}`;
  const entries = part.items === 1 ? part.entriesOf(0) : [];
  for (const entry of entries) await tally.keepRecord(entry, 'TCN-F003', reason);
  if (entries.length === 0) await tally.keepRequest(part, `refused-${session.sink.name}`, 'TCN-F003', reason);
}

/** Keeps what a sink does not take now, compressed as it will be sent. */
export function parkIn(parking: ParkingStore, tally: Tally, clock: Clock): Postpone {
  return async (part, compressed, { sink }, why) => {
    const batch: ParkedBatch = {
      id: `${part.id}/${sink.name}`,
      sink: sink.name,
      path: part.path,
      contentType: PROTOBUF,
      records: part.records,
      parkedAt: clock.now(),
      attempts: 0,
    };
    await parking.park(batch, compressed);
    tally.wait(sink.name, why, part.records);
  };
}

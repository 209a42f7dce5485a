import type { DiagnosticRecord } from '../../forward/record.ts';
import type { RawRecord } from '../../forward/sinks/item.ts';
import type { Later } from '../../forward/sinks/verdict.ts';
import type { ErrorCode } from '../../model/errors.ts';
import type { Clock, QuarantineEntry, QuarantineStore } from '../../ports.ts';
import type { ForwardEvent } from './batch.ts';
import { type ByCategory, categoryName } from './categories.ts';
import { quarantined } from './gather.ts';
import type { Entry, Outgoing } from './outgoing.ts';
import type { SinkSession } from './sink.ts';

/** What became of records at one sink. */
export interface SinkTally {
  delivered: number;
  /** Records that the sink had from before: an answer was lost. */
  repeated: number;
  parked: number;
  /** Taken part in, but refused without saying which. */
  rejected: number;
  /** Refused for good, and in quarantine. */
  refused: number;
  /** Left out by its filter. */
  filtered: number;
  readonly categories: Map<string, { delivered: number; parked: number; refused: number; filtered: number }>;
  waits: { readonly code: ErrorCode; readonly detail: string } | null;
}

/** What was done so far, over all sinks. Throws only where the storage of what must not be lost fails. */
export class Tally {
  readonly sinks = new Map<string, SinkTally>();
  /** What went to the quarantine by category, `unknown` of what is no record. */
  readonly quarantinedOf = new Map<string, number>();
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

  total(count: 'delivered' | 'repeated' | 'parked' | 'rejected' | 'refused'): number {
    let total = 0;
    for (const sink of this.sinks.values()) total += sink[count];
    return total;
  }

  delivered(session: SinkSession, records: number, categories?: ByCategory): void {
    this.of(session).delivered += records;
    this.addTo(session, 'delivered', categories);
  }

  repeated(session: SinkSession, records: number): void {
    this.of(session).repeated += records;
  }

  rejected(session: SinkSession, records: number): void {
    this.of(session).rejected += records;
  }

  refused(session: SinkSession, records: number, categories?: ByCategory): void {
    this.of(session).refused += records;
    this.addTo(session, 'refused', categories);
  }

  filtered(session: SinkSession, categories: ByCategory): void {
    for (const records of categories.values()) this.of(session).filtered += records;
    this.addTo(session, 'filtered', categories);
  }

  wait(session: SinkSession, { code, detail }: Later, records: number, categories?: ByCategory): void {
    const sink = this.of(session);
    sink.parked += records;
    sink.waits = { code, detail };
    this.addTo(session, 'parked', categories);
  }

  private addTo(
    session: SinkSession,
    outcome: 'delivered' | 'parked' | 'refused' | 'filtered',
    categories: ByCategory = new Map(),
  ): void {
    const all = this.of(session).categories;
    for (const [category, records] of categories) {
      const known = all.get(category) ?? { delivered: 0, parked: 0, refused: 0, filtered: 0 };
      known[outcome] += records;
      all.set(category, known);
    }
  }

  /** `category`: of the record that is kept, where it is one. */
  async keep(entry: QuarantineEntry, category = 'unknown'): Promise<void> {
    if (this.kept.has(entry.id)) return;
    await this.quarantine.put(entry);
    this.kept.set(entry.id, entry);
    this.quarantinedOf.set(category, (this.quarantinedOf.get(category) ?? 0) + 1);
  }

  /** A record that cannot be delivered, as it was decoded; to one sink only where it is named. */
  async keepRecord(entry: Entry, code: ErrorCode, reason: string, sink?: string): Promise<void> {
    const { record, event, position } = entry;
    const text = record.kind === 'text' ? record.text : textOfRecord(entry);
    const body = text === null ? event.body : Buffer.from(text, 'utf8');
    const kept = quarantined(this.hub, event, `record-${position}`, code, reason, body, this.clock.now());
    await this.keep(sink === undefined ? kept : { ...kept, id: `${kept.id}/${sink}`, sink }, categoryName(entry));
  }

  /** A request of which the sink did not say which records it refused, as it was sent. */
  async keepRequest(request: Outgoing, { sink }: SinkSession, how: 'rejected' | 'refused', reason: string): Promise<void> {
    const event = request.entriesOf(0)[0]?.event ?? NOWHERE;
    const name = `${how}-${sink.name}`;
    const entry = quarantined(this.hub, event, name, 'TCN-F003', reason, Buffer.from(request.body), this.clock.now());
    await this.keep({ ...entry, id: `${request.id}/${name}`, sink: sink.name });
  }

  /** What was parked for a sink and is no request any more. */
  async keepBytes(id: string, body: Uint8Array, sink: string, reason: string): Promise<void> {
    await this.keep({ ...quarantined(this.hub, NOWHERE, id, 'TCN-F004', reason, body, this.clock.now()), sink });
  }

  private of({ sink: { name } }: SinkSession): SinkTally {
    let sink = this.sinks.get(name);
    if (sink === undefined) {
      sink = { delivered: 0, repeated: 0, parked: 0, rejected: 0, refused: 0, filtered: 0, categories: new Map(), waits: null };
      this.sinks.set(name, sink);
    }
    return sink;
  }
}

const NOWHERE: ForwardEvent = { body: new Uint8Array(), partition: '', sequenceNumber: '', offset: '', enqueuedAt: '' };

function textAt({ bytes, start, end }: RawRecord): string {
  return bytes.toString('utf8', start, end);
}

/** The bytes of the sender where there are any. `null`: nested too deeply to be written. */
function textOfRecord({ record, raw }: Entry): string | null {
  try {
    if (record.kind === 'text') return record.text;
    const place = record.kind === 'scanned' ? record : raw;
    return place === undefined ? JSON.stringify((record as DiagnosticRecord).source) : textAt(place);
  } catch {
    return null;
  }
}

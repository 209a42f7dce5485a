import type { RepairCounts } from '../forward/repairs.ts';
import type { OtlpSink, Redaction } from '../model/config.ts';
import type { Clock, FindingStore, ForwardMarks, HttpSender, Log, ParkingStore, QuarantineStore } from '../ports.ts';
import type { ForwardBatch } from './forward/batch.ts';
import { deliver, parkIn, Tally } from './forward/deliver.ts';
import { findingsOf, report } from './forward/findings.ts';
import { type Gathered, gather, release } from './forward/gather.ts';
import { advance, newWork, type PartitionWork } from './forward/marks.ts';
import { type Limits, requestsOf, type Unencodable } from './forward/requests.ts';
import { compress, SinkSession, sinkIsOn } from './forward/sink.ts';

export type { ForwardBatch, ForwardEvent } from './forward/batch.ts';
export { type DrainDeps, type DrainOutcome, drainParked } from './forward/drain.ts';

export interface ForwardDeps {
  /** With resolved URLs; one with an empty URL is off. */
  readonly sinks: readonly OtlpSink[];
  readonly http: HttpSender;
  readonly quarantine: QuarantineStore;
  readonly parking: ParkingStore;
  readonly marks: ForwardMarks;
  readonly findings: FindingStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Epoch ms by `clock.now()` by which this must be over: what is not delivered by then is parked. Default: a minute from now. */
  readonly deadline?: number;
  /** Waits between tries. Default: real time. */
  readonly sleep?: (ms: number) => Promise<void>;
}

export interface ForwardOutcome {
  /** Events forwarded, without those known from before. */
  readonly events: number;
  readonly duplicates: number;
  /** Records found in them, texts of unparsable ones included. */
  readonly records: number;
  /** Deliveries of a record to a sink; with two sinks a record counts twice. */
  readonly delivered: number;
  /** Records that wait for a sink, again per sink. */
  readonly parked: number;
  /** Records that sinks took part in but refused, without saying which. */
  readonly rejected: number;
  /** Entries in the quarantine. */
  readonly quarantined: number;
  /** Records that went nowhere because no sink is configured. */
  readonly dropped: number;
  readonly sinkRequests: number;
  readonly repairs: Readonly<RepairCounts>;
}

/** A batch of 1,000 records of 1 KB is one request; a sink that wants less says so (413). */
const LIMITS: Limits = { maxRecords: 1_000, maxBytes: 2_000_000 };
const DEFAULT_TIME = 60_000;

/**
 * Forwards one batch of events: decode, map, send to every sink. When it resolves, every record was delivered, parked or put into the
 * quarantine; only then do the marks move. Nothing in the data makes it throw; it throws when the storage for what cannot be delivered
 * fails, and then the host must give the batch again. Safe to run twice: events behind the mark are counted as duplicates, and the
 * records of others carry the same `log.record.uid`.
 */
export async function forward(batch: ForwardBatch, deps: ForwardDeps): Promise<ForwardOutcome> {
  const { marks, quarantine, findings, clock, log } = deps;
  const work = await newWork(batch, marks, log);
  const events = work.flatMap((part) => part.events);
  const sessions = openSessions(deps);
  const gathered = gather(batch.hub, events, clock.now());
  const tally = new Tally(batch.hub, quarantine, clock);
  for (const entry of gathered.undecodable) await tally.keep(entry);

  try {
    if (sessions.length > 0) await sendAll(batch.hub, gathered, sessions, tally, deps);
  } finally {
    release(gathered);
  }

  const outcome = outcomeOf(work, gathered, tally, sessions);
  await report(findingsOf(batch.hub, tally, clock.now()), findings, log);
  await advanceAll(work, gathered, tally, outcome, deps);
  log.info(outcome, 'forwarded');
  return outcome;
}

function openSessions({ sinks, http, clock, deadline, sleep }: ForwardDeps): readonly SinkSession[] {
  const deps = {
    http,
    clock,
    deadline: deadline ?? clock.now() + DEFAULT_TIME,
    sleep: sleep ?? ((ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))),
  };
  return sinks.filter(sinkIsOn).map((sink) => new SinkSession(sink, deps));
}

/**
 * One request at a time, to every sink that gets the same at once: memory is bounded by one request, and no sink waits for another
 * longer than that.
 */
async function sendAll(
  hub: string,
  { logs, metrics }: Gathered,
  sessions: readonly SinkSession[],
  tally: Tally,
  { parking, clock }: ForwardDeps,
): Promise<void> {
  const postpone = parkIn(parking, tally, clock);
  const unencodable: Unencodable[] = [];
  for (const [redact, alike] of byRedaction(sessions)) {
    const limits = { ...LIMITS, redact };
    for (const request of requestsOf(hub, logs, metrics, limits, clock.now(), (entry) => unencodable.push(entry))) {
      const compressed = compress(request.body);
      const results = await Promise.allSettled(alike.map((session) => deliver(request, compressed, session, tally, postpone)));
      for (const result of results) if (result.status === 'rejected') throw result.reason;
    }
  }
  for (const { entry, reason } of unencodable) await tally.keepRecord(entry, 'TCN-F004', reason);
}

function byRedaction(sessions: readonly SinkSession[]): Iterable<readonly [Redaction, readonly SinkSession[]]> {
  const groups = new Map<string, readonly [Redaction, SinkSession[]]>();
  for (const session of sessions) {
    const { content, secrets, emails } = session.redact;
    const key = `${content} ${secrets} ${emails}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [session.redact, [session]]);
    else group[1].push(session);
  }
  return groups.values();
}

function outcomeOf(
  work: readonly PartitionWork[],
  { logs, metrics, repairs }: Gathered,
  tally: Tally,
  sessions: readonly SinkSession[],
): ForwardOutcome {
  const records = logs.length + metrics.length;
  return {
    events: work.reduce((total, { events }) => total + events.length, 0),
    duplicates: work.reduce((total, { duplicates }) => total + duplicates, 0),
    records,
    delivered: tally.delivered,
    parked: tally.parked,
    rejected: tally.rejected,
    quarantined: tally.quarantined.length,
    dropped: sessions.length === 0 ? records : 0,
    sinkRequests: sessions.reduce((total, { requests }) => total + requests, 0),
    repairs,
  };
}

/** What cannot be told by partition counts for the first one: a batch is of one partition, save in tests. */
async function advanceAll(
  work: readonly PartitionWork[],
  { logs, metrics }: Gathered,
  tally: Tally,
  { sinkRequests, parked }: ForwardOutcome,
  { marks, clock, log }: ForwardDeps,
): Promise<void> {
  for (const [index, part] of work.entries()) {
    const ofPart = ({ event }: { readonly event: { readonly partition: string } }): boolean => event.partition === part.partition;
    const counts = {
      events: part.events.length,
      records: logs.filter(ofPart).length + metrics.filter(ofPart).length,
      quarantined: tally.quarantined.filter(({ partition }) => partition === part.partition).length,
      duplicates: part.duplicates,
      sinkRequests: index === 0 ? sinkRequests : 0,
      parked: index === 0 ? parked : 0,
    };
    await advance(part, counts, { marks, log, now: clock.now() });
  }
}

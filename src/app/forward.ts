import type { RepairCounts } from '../forward/repairs.ts';
import { type FactsOf, NO_FACTS } from '../forward/resource.ts';
import { type Sink, sinkIsOn } from '../model/sink.ts';
import type {
  Clock,
  FindingStore,
  ForwardMarks,
  HttpSender,
  Log,
  ParkingStore,
  QuarantineStore,
  SinkClients,
  StreamStore,
} from '../ports.ts';
import type { ForwardBatch } from './forward/batch.ts';
import { countCategories } from './forward/categories.ts';
import type { Circuits } from './forward/circuits.ts';
import { deliver, type Postpone, parkIn } from './forward/deliver.ts';
import { findingsOf, lateFindings, lossFindings, report } from './forward/findings.ts';
import { type Gathered, gather, release } from './forward/gather.ts';
import type { KnownResources } from './forward/known-resources.ts';
import { advance, newWork, type PartitionWork } from './forward/marks.ts';
import { compress, type Entry, type Outgoing } from './forward/outgoing.ts';
import { requestsOf, type Unencodable } from './forward/requests.ts';
import { SinkSession } from './forward/sink.ts';
import type { StreamCounting } from './forward/streams.ts';
import { Tally } from './forward/tally.ts';
import { type ForwardTelemetry, telemetryOf } from './forward/telemetry.ts';

export type { ForwardBatch, ForwardEvent } from './forward/batch.ts';
export { type DrainDeps, type DrainOutcome, drainParked } from './forward/drain.ts';
export { sendOwnMetrics } from './forward/own-metrics.ts';
export { type WatchHubDeps, watchHub } from './forward/watch-hub.ts';

export interface ForwardDeps {
  /** With resolved addresses; one without is off. */
  readonly sinks: readonly Sink[];
  readonly http: HttpSender;
  /** For sinks that take a token, another hub or a storage account; absent where there are none. */
  readonly clients?: SinkClients;
  /** Of this worker; absent: a sink that failed is asked again in every invocation. */
  readonly circuits?: Circuits;
  readonly quarantine: QuarantineStore;
  readonly parking: ParkingStore;
  readonly marks: ForwardMarks;
  readonly findings: FindingStore;
  /** What is known of the resources that records come from; absent: nothing is. */
  readonly resources?: Pick<KnownResources, 'of' | 'refresh'>;
  /** Absent where no rule counts what is forwarded. */
  readonly streams?: { readonly counting: StreamCounting; readonly store: StreamStore };
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
  /** Records that a sink said it had already: the answer to an earlier try was lost. Counted as delivered, too. */
  readonly repeated: number;
  /** Records that sinks took part in but refused, without saying which. */
  readonly rejected: number;
  /** Entries in the quarantine. */
  readonly quarantined: number;
  /** Records that went nowhere because no sink is configured. */
  readonly dropped: number;
  readonly sinkRequests: number;
  readonly repairs: Readonly<RepairCounts>;
  readonly telemetry: ForwardTelemetry;
}

const DEFAULT_TIME = 60_000;

/**
 * Forwards one batch of events: decode, map, send to every sink. When it resolves, every record was delivered, parked or put into the
 * quarantine; only then do the marks move. Nothing in the data makes it throw; it throws when the storage for what cannot be delivered
 * or for stream rules fails, and then the host must give the batch again. Safe to run twice: events behind the mark are counted as duplicates, and the
 * records of others carry the same `log.record.uid`.
 */
export async function forward(batch: ForwardBatch, deps: ForwardDeps): Promise<ForwardOutcome> {
  const { marks, quarantine, findings, streams, clock, log } = deps;
  const work = await newWork(batch, marks, log);
  const events = work.flatMap((part) => part.events);
  const sessions = openSessions(deps);
  const gathered = gather(batch.hub, events, clock.now());
  const tally = new Tally(batch.hub, quarantine, clock);
  for (const entry of gathered.undecodable) await tally.keep(entry);

  try {
    // Before anything is sent: alerts do not wait for sinks, and a batch that must come again has not been delivered yet.
    if (streams !== undefined) await streams.counting.add(batch.hub, events, gathered.logs, { store: streams.store, clock });
    if (sessions.length > 0) await sendAll(batch.hub, gathered, sessions, tally, deps);
  } finally {
    release(gathered);
  }

  const telemetry = telemetryOf(events, gathered, sessions, tally, clock.now());
  const outcome = { ...countsOf(work, gathered, tally, sessions), telemetry };
  const troubles = [...findingsOf(batch.hub, tally, clock.now()), ...lateFindings(batch.hub, telemetry.lag, clock.now())];
  await report(troubles, findings, log);
  await advanceAll(work, gathered, tally, outcome, deps);
  log.info(outcome, 'forwarded');
  void deps.resources?.refresh();
  return outcome;
}

function openSessions(deps: ForwardDeps): readonly SinkSession[] {
  const deadline = deps.deadline ?? deps.clock.now() + DEFAULT_TIME;
  return deps.sinks.filter(sinkIsOn).map((sink) => new SinkSession(sink, { ...deps, deadline }));
}

/** Every kind of request is encoded once for all sinks that get the same; those groups do not wait for each other. */
async function sendAll(
  hub: string,
  gathered: Gathered,
  sessions: readonly SinkSession[],
  tally: Tally,
  { parking, clock, resources }: ForwardDeps,
): Promise<void> {
  const postpone = parkIn(parking, tally, clock);
  const unencodable: Unencodable[] = [];
  const failed = (one: Unencodable): void => void unencodable.push(one);
  const factsOf: FactsOf = resources === undefined ? NO_FACTS : (id) => resources.of(id);
  const groups = groupsOf(sessions).map(([first, ...rest]) => {
    const alike = [first, ...rest];
    const leftOut: Entry[] = [];
    const { logs, metrics } = gathered;
    const requests = requestsOf(
      hub,
      logs,
      metrics,
      first.sink,
      clock.now(),
      failed,
      factsOf,
      (entry) => void leftOut.push(entry),
    );
    return sendGroup(requests, alike, tally, postpone).then(() => {
      const categories = countCategories(leftOut);
      for (const session of alike) tally.filtered(session, categories);
    });
  });
  for (const result of await Promise.allSettled(groups)) if (result.status === 'rejected') throw result.reason;
  for (const { entry, reason } of unencodable) await tally.keepRecord(entry, 'TCN-F004', reason);
}

/**
 * The next request is encoded while those before it are under way, as many at a time as the sinks allow: that bounds memory. Sinks of a
 * group wait for the slowest of them; one that has failed takes no time.
 */
async function sendGroup(
  requests: Iterable<Outgoing>,
  alike: readonly SinkSession[],
  tally: Tally,
  postpone: Postpone,
): Promise<void> {
  const failures: unknown[] = [];
  const under: Promise<void>[] = [];
  for (const request of requests) {
    const packed = compress(request.body);
    for (const session of alike) {
      await session.acquire();
      const passage = deliver(request, packed, session, tally, postpone)
        .catch((thrown: unknown) => void failures.push(thrown))
        .finally(() => session.release());
      under.push(passage);
    }
    if (failures.length > 0) break;
  }
  await Promise.all(under);
  if (failures.length > 0) throw failures[0];
}

type Alike = [SinkSession, ...SinkSession[]];

/** Sinks whose requests are the same byte for byte. */
function groupsOf(sessions: readonly SinkSession[]): readonly Alike[] {
  const groups = new Map<string, Alike>();
  for (const session of sessions) {
    const { name: _, concurrency: __, tries: ___, drain: ____, ...rest } = session.sink;
    const key = 'url' in rest ? JSON.stringify({ ...rest, url: null, headers: null, telemetry: null }) : JSON.stringify(rest);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [session]);
    else group.push(session);
  }
  return [...groups.values()];
}

function countsOf(
  work: readonly PartitionWork[],
  { logs, metrics, repairs }: Gathered,
  tally: Tally,
  sessions: readonly SinkSession[],
): Omit<ForwardOutcome, 'telemetry'> {
  const records = logs.length + metrics.length;
  return {
    events: work.reduce((total, { events }) => total + events.length, 0),
    duplicates: work.reduce((total, { duplicates }) => total + duplicates, 0),
    records,
    delivered: tally.total('delivered'),
    repeated: tally.total('repeated'),
    parked: tally.total('parked'),
    rejected: tally.total('rejected'),
    quarantined: tally.quarantined.length,
    dropped: sessions.length === 0 ? records : 0,
    sinkRequests: sessions.reduce((total, { requests }) => total + requests, 0),
    repairs,
  };
}

/** What cannot be told by partition counts for the first one: a batch is of one partition, save in tests. */
async function advanceAll(
  work: readonly PartitionWork[],
  { logs, metrics, repaired }: Gathered,
  tally: Tally,
  { sinkRequests, parked, dropped, quarantined, telemetry }: ForwardOutcome,
  { marks, findings, clock, log }: ForwardDeps,
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
    const { categories, sinks, lag } = telemetry;
    const batch = { categories, sinks, repaired, dropped, quarantined, quarantinedOf: tally.quarantinedOf };
    const now = clock.now();
    const mark = await advance(part, counts, { marks, log, now, lag, ...(index === 0 && { batch }) });
    if (mark !== null) await report(lossFindings(mark, now), findings, log);
  }
}

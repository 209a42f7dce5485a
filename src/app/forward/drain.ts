import { asTocsinError } from '../../model/errors.ts';
import { type Sink, sinkIsOn } from '../../model/sink.ts';
import type {
  Clock,
  DrainTotalsStore,
  FindingStore,
  HttpSender,
  Log,
  ParkedBatch,
  ParkingStore,
  QuarantineStore,
  SinkClients,
} from '../../ports.ts';
import type { Circuits } from './circuits.ts';
import { deliver, parkIn } from './deliver.ts';
import { findingsOf, report } from './findings.ts';
import { type BodyFormat, countBody, type Outgoing, uncompress } from './outgoing.ts';
import { SinkSession } from './sink.ts';
import { Tally } from './tally.ts';
import { sinkTelemetry } from './telemetry.ts';
import { addSink } from './totals.ts';

const MOST_CONFLICTS = 8;
/** Batches that one look at the store brings. */
const PAGE = 200;
const DEFAULT_TIME = 45_000;
/** Time that one request may need. */
const LAST_START = 10_000;

export interface DrainDeps {
  readonly sinks: readonly Sink[];
  readonly http: HttpSender;
  readonly clients?: SinkClients;
  readonly circuits?: Circuits;
  readonly quarantine: QuarantineStore;
  readonly parking: ParkingStore;
  readonly findings: FindingStore;
  /** Absent: what becomes of what was parked is not added up. */
  readonly drained?: DrainTotalsStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Epoch ms by `clock.now()`. Default: 45 s from now. */
  readonly deadline?: number;
  /** Batches that one run sends to one sink at most. Default: as many as there is time for. */
  readonly limit?: number;
  readonly sleep?: (ms: number) => Promise<void>;
}

export interface DrainOutcome {
  /** Batches that need not wait any longer, and the records that were in them. */
  readonly batches: number;
  readonly records: number;
  readonly quarantined: number;
  /** Sinks for which batches still wait. */
  readonly waiting: number;
  readonly sinkRequests: number;
}

/**
 * Sends what was parked, for every sink at once: its oldest or newest batches first, as it is set, as many as there is time for. The
 * first failure of a sink ends its turn. Safe to run at any time.
 */
export async function drainParked(deps: DrainDeps): Promise<DrainOutcome> {
  const { parking, clock, log } = deps;
  const parked = await parking.sinks();
  if (parked.length === 0) return { batches: 0, records: 0, quarantined: 0, waiting: 0, sinkRequests: 0 };

  const tally = new Tally('parked', deps.quarantine, clock);
  const known = new Map(deps.sinks.filter(sinkIsOn).map((sink) => [sink.name, sink]));
  const turns = await Promise.allSettled(
    parked.flatMap((name) => {
      const sink = known.get(name);
      return sink === undefined ? [] : [drainSink(sink, tally, deps)];
    }),
  );
  const orphans = parked.filter((name) => !known.has(name));
  if (orphans.length > 0) log.warn({ sinks: orphans }, 'parked batches wait for sinks that are not configured');
  await report(findingsOf('parked', tally, clock.now()), deps.findings, log);

  await addUp(
    turns.flatMap((turn) => (turn.status === 'fulfilled' ? [turn.value] : [])),
    tally,
    deps,
  );
  const done = { batches: 0, records: 0, waiting: orphans.length, sinkRequests: 0 };
  for (const turn of turns) {
    if (turn.status === 'rejected') throw turn.reason;
    done.batches += turn.value.batches;
    done.records += turn.value.records;
    done.waiting += turn.value.waiting ? 1 : 0;
    done.sinkRequests += turn.value.sinkRequests;
  }
  const outcome = { ...done, quarantined: tally.quarantined.length };
  log.info(outcome, 'parked batches drained');
  return outcome;
}

/** A count that cannot be written is logged: what it counts has been done. */
async function addUp(turns: readonly Turn[], tally: Tally, { drained, clock, log }: DrainDeps): Promise<void> {
  if (drained === undefined || turns.every(({ session }) => session.requests === 0)) return;
  try {
    for (let conflict = 0; conflict < MOST_CONFLICTS; conflict++) {
      const { value, version } = await drained.read();
      const sinks = { ...value?.sinks };
      for (const { session } of turns) {
        const { name } = session.sink;
        sinks[name] = addSink(sinks[name], sinkTelemetry(session, tally), (category) => category);
      }
      if (await drained.replace({ since: value?.since ?? clock.now(), sinks }, version)) return;
    }
  } catch (thrown) {
    log.warn({ code: asTocsinError(thrown).code }, 'counts of what was parked cannot be written');
  }
}

interface Turn {
  readonly session: SinkSession;
  batches: number;
  records: number;
  waiting: boolean;
  sinkRequests: number;
}

async function drainSink(sink: Sink, tally: Tally, deps: DrainDeps): Promise<Turn> {
  const { parking, clock, limit = Number.POSITIVE_INFINITY } = deps;
  const deadline = deps.deadline ?? clock.now() + DEFAULT_TIME;
  const session = new SinkSession(sink, { ...deps, deadline });
  const turn: Turn = { session, batches: 0, records: 0, waiting: true, sinkRequests: 0 };
  const goesOn = (): boolean =>
    session.failure === null && turn.batches < limit && (turn.batches === 0 || clock.now() + LAST_START < deadline);
  while (goesOn()) {
    const page = await parking.list(sink.name, sink.drain ?? 'oldest', Math.min(PAGE, limit - turn.batches));
    if (page.length === 0) {
      turn.waiting = false;
      break;
    }
    const before = turn.batches;
    const queue = page.values();
    const lane = async (): Promise<void> => {
      for (const batch of queue) {
        if (!goesOn()) return;
        if (!(await drainOne(batch, session, tally, parking, clock))) continue;
        turn.batches++;
        turn.records += batch.records;
      }
    };
    await Promise.all(Array.from({ length: sink.concurrency ?? 1 }, lane));
    if (turn.batches === before) break;
  }
  if (turn.waiting && session.failure === null) turn.waiting = (await parking.list(sink.name, 'oldest', 1)).length > 0;
  turn.sinkRequests = session.requests;
  return turn;
}

/** Whether the batch waits no longer. */
async function drainOne(
  batch: ParkedBatch,
  session: SinkSession,
  tally: Tally,
  parking: ParkingStore,
  clock: Clock,
): Promise<boolean> {
  const { sink } = session;
  const packed = await parking.body(batch);
  if (packed === null) {
    // Another run has sent and removed it meanwhile.
    await parking.remove(batch);
    return true;
  }
  const request = await outgoingOf(batch, packed);
  if (request === null) {
    await tally.keepBytes(batch.id, packed, sink.name, 'parked body cannot be read');
    await parking.remove(batch);
    return true;
  }
  const parkPart = parkIn(parking, tally, clock);
  let whole = false;
  await deliver(request, packed, session, tally, async (part, body, of, why) => {
    if (part !== request) return parkPart(part, body, of, why);
    whole = true;
    tally.wait(session, why, batch.records);
    await parking.update({ ...batch, attempts: batch.attempts + 1 });
  });
  if (!whole) await parking.remove(batch);
  return !whole;
}

/** `null` where the stored bytes are not what was parked. */
async function outgoingOf(batch: ParkedBatch, packed: Uint8Array): Promise<Outgoing | null> {
  const body = await uncompress(packed).catch(() => null);
  if (body === null) return null;
  const format = batch.format as BodyFormat;
  return {
    // Its parts are parked beside it, under names of their own.
    id: batch.id,
    path: batch.path,
    format,
    body,
    items: countBody(body, format),
    records: batch.records,
    enqueuedAt: batch.enqueuedAt,
    entriesOf: () => [],
  };
}

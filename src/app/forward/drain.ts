import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { countItems } from '../../forward/otlp/split.ts';
import type { OtlpSink } from '../../model/config.ts';
import type { Clock, FindingStore, HttpSender, Log, ParkedBatch, ParkingStore, QuarantineStore } from '../../ports.ts';
import { deliver, parkIn, Tally } from './deliver.ts';
import { findingsOf, report } from './findings.ts';
import type { OtlpPath, Outgoing } from './requests.ts';
import { SinkSession, sinkIsOn } from './sink.ts';

/** Batches looked at in one run; a sink that is down takes one request of it. */
const LOOK_AHEAD = 1_000;
const DEFAULT_BATCHES = 100;
const DEFAULT_TIME = 45_000;
const gunzipAsync = promisify(gunzip);

export interface DrainDeps {
  readonly sinks: readonly OtlpSink[];
  readonly http: HttpSender;
  readonly quarantine: QuarantineStore;
  readonly parking: ParkingStore;
  readonly findings: FindingStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Epoch ms by `clock.now()`. Default: 45 s from now. */
  readonly deadline?: number;
  /** Batches that one run sends to one sink at most. Default: 100. */
  readonly limit?: number;
  readonly sleep?: (ms: number) => Promise<void>;
}

export interface DrainOutcome {
  /** Batches that need not wait any longer, and the records that were in them. */
  readonly batches: number;
  readonly records: number;
  readonly quarantined: number;
  /** Batches that still wait, as far as this run looked. */
  readonly waiting: number;
  readonly sinkRequests: number;
}

/** Sends what was parked, oldest first. The first failure of a sink ends its turn; the others go on. Safe to run at any time. */
export async function drainParked(deps: DrainDeps): Promise<DrainOutcome> {
  const { parking, clock, log, limit = DEFAULT_BATCHES } = deps;
  const waiting = await parking.list(LOOK_AHEAD);
  const outcome = { batches: 0, records: 0, quarantined: 0, waiting: waiting.length, sinkRequests: 0 };
  if (waiting.length === 0) return outcome;

  const sleep = deps.sleep ?? ((ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)));
  const deadline = deps.deadline ?? clock.now() + DEFAULT_TIME;
  const tally = new Tally('parked', deps.quarantine, clock);
  for (const sink of deps.sinks.filter(sinkIsOn)) {
    const session = new SinkSession(sink, { http: deps.http, clock, deadline, sleep });
    for (const batch of waiting.filter((one) => one.sink === sink.name).slice(0, limit)) {
      if (!(await drainOne(batch, session, tally, parking, clock))) break;
      outcome.batches++;
      outcome.records += batch.records;
    }
    outcome.sinkRequests += session.requests;
  }
  const known = new Set(deps.sinks.filter(sinkIsOn).map(({ name }) => name));
  const orphans = waiting.filter(({ sink }) => !known.has(sink)).length;
  if (orphans > 0) log.warn({ batches: orphans }, 'parked batches wait for sinks that are not configured');
  await report(findingsOf('parked', tally, clock.now()), deps.findings, log);

  const done = { ...outcome, quarantined: tally.quarantined.length, waiting: waiting.length - outcome.batches };
  log.info(done, 'parked batches drained');
  return done;
}

/** Whether the batch waits no longer. */
async function drainOne(
  batch: ParkedBatch,
  session: SinkSession,
  tally: Tally,
  parking: ParkingStore,
  clock: Clock,
): Promise<boolean> {
  const compressed = await parking.body(batch.id);
  if (compressed === null) {
    // Another run has sent and removed it meanwhile.
    await parking.remove(batch.id);
    return true;
  }
  const request = await outgoingOf(batch, compressed);
  const parkPart = parkIn(parking, tally, clock);
  let whole = false;
  await deliver(request, compressed, session, tally, async (part, packed, of, why) => {
    if (part !== request) return parkPart(part, packed, of, why);
    whole = true;
    tally.wait(batch.sink, why, batch.records);
    await parking.update({ ...batch, attempts: batch.attempts + 1 });
  });
  if (!whole) await parking.remove(batch.id);
  return !whole && session.failure === null;
}

async function outgoingOf(batch: ParkedBatch, compressed: Uint8Array): Promise<Outgoing> {
  const body = await gunzipAsync(compressed);
  return {
    id: batch.id,
    path: batch.path as OtlpPath,
    body,
    items: countItems(body) ?? 1,
    records: batch.records,
    entriesOf: () => [],
  };
}

import { parseInstant } from '../../forward/instant.ts';
import { asTocsinError } from '../../model/errors.ts';
import type { ForwardCounts, ForwardLag, ForwardMark, ForwardMarks, Log, Versioned } from '../../ports.ts';
import type { ForwardBatch, ForwardEvent } from './batch.ts';
import { addTotals, type BatchTotals } from './totals.ts';

const MOST_CONFLICTS = 8;

/** The events of one partition: those to forward, and how many were forwarded before. */
export interface PartitionWork {
  readonly key: string;
  readonly partition: string;
  readonly events: readonly ForwardEvent[];
  readonly duplicates: number;
  /** The hub was created anew: its numbers began again, and the mark must go back. */
  readonly restarted: boolean;
  /** As it was when the batch came; `null` where it could not be read. */
  readonly mark: Versioned<ForwardMark | null> | null;
}

/** Sorts out what was forwarded before, told by the mark of each partition, or comes twice in the batch. */
export async function newWork(batch: ForwardBatch, marks: ForwardMarks, log: Log): Promise<readonly PartitionWork[]> {
  const work: PartitionWork[] = [];
  for (const partition of new Set(batch.events.map((event) => event.partition))) {
    const all = batch.events.filter((event) => event.partition === partition);
    const key = `${batch.hub}/${partition}`;
    const read = await readMark(key, marks, log);
    const mark = read?.value ?? null;
    const seen = new Set<string>();
    let restarted = false;
    const events = all.filter((event) => {
      if (!/^\d+$/.test(event.sequenceNumber)) return true;
      if (seen.has(event.sequenceNumber)) return false;
      seen.add(event.sequenceNumber);
      if (mark === null || Number(event.sequenceNumber) > mark.sequenceNumber) return true;
      const again = isLater(event.enqueuedAt, mark.enqueuedAt);
      restarted ||= again;
      return again;
    });
    work.push({ key, partition, events, duplicates: all.length - events.length, restarted, mark: read });
  }
  return work;
}

/** Without its mark a batch is forwarded again rather than lost. */
async function readMark(key: string, marks: ForwardMarks, log: Log): Promise<PartitionWork['mark']> {
  try {
    return await marks.read(key);
  } catch (thrown) {
    log.warn({ partition: key, code: asTocsinError(thrown).code }, 'mark cannot be read; events may be forwarded twice');
    return null;
  }
}

function isLater(enqueuedAt: string, than: string | undefined): boolean {
  const [a, b] = [parseInstant(enqueuedAt), than === undefined ? null : parseInstant(than)];
  if (a === null || b === null) return false;
  return a.seconds > b.seconds || (a.seconds === b.seconds && a.nanos > b.nanos);
}

/** Moves the mark behind the newest event and adds the counts; resolves to what was written. A mark that cannot be written costs duplicates, not records. */
export async function advance(
  work: PartitionWork,
  counts: ForwardCounts,
  {
    marks,
    log,
    now,
    lag,
    batch,
  }: {
    readonly marks: ForwardMarks;
    readonly log: Log;
    readonly now: number;
    readonly lag?: ForwardLag | null;
    readonly batch?: BatchTotals;
  },
): Promise<ForwardMark | null> {
  try {
    let before = work.mark;
    for (let conflict = 0; conflict < MOST_CONFLICTS; conflict++) {
      const { value, version } = before ?? (await marks.read(work.key));
      before = null;
      const moved = nextMark(work, value, counts, now, lag ?? null);
      const totals = batch === undefined ? value?.totals : addTotals(value?.totals, batch, now);
      const next = totals === undefined ? moved : { ...moved, totals };
      if (await marks.replace(next, version)) return next;
    }
    log.warn({ partition: work.key }, 'mark was not written: others wrote it all the time');
  } catch (thrown) {
    log.warn({ partition: work.key, code: asTocsinError(thrown).code }, 'mark cannot be written; events may be forwarded twice');
  }
  return null;
}

function nextMark(
  work: PartitionWork,
  before: ForwardMark | null,
  counts: ForwardCounts,
  now: number,
  lag: ForwardLag | null,
): ForwardMark {
  const newest = newestOf(work.events);
  const keeps = before !== null && (newest === null || (!work.restarted && before.sequenceNumber >= newest.number));
  const place = keeps
    ? { sequenceNumber: before.sequenceNumber, ...(before.enqueuedAt === undefined ? {} : { enqueuedAt: before.enqueuedAt }) }
    : { sequenceNumber: newest?.number ?? -1, ...(newest === null ? {} : { enqueuedAt: newest.enqueuedAt }) };
  return { partition: work.key, ...place, counts: sum(before?.counts, counts), ...(lag !== null && { lag }), updatedAt: now };
}

function newestOf(events: readonly ForwardEvent[]): { readonly number: number; readonly enqueuedAt: string } | null {
  let newest: { number: number; enqueuedAt: string } | null = null;
  for (const { sequenceNumber, enqueuedAt } of events) {
    if (!/^\d+$/.test(sequenceNumber)) continue;
    const number = Number(sequenceNumber);
    if (newest === null || number > newest.number) newest = { number, enqueuedAt };
  }
  return newest;
}

function sum(a: ForwardCounts | undefined, b: ForwardCounts): ForwardCounts {
  return {
    events: (a?.events ?? 0) + b.events,
    records: (a?.records ?? 0) + b.records,
    quarantined: (a?.quarantined ?? 0) + b.quarantined,
    duplicates: (a?.duplicates ?? 0) + b.duplicates,
    sinkRequests: (a?.sinkRequests ?? 0) + b.sinkRequests,
    parked: (a?.parked ?? 0) + b.parked,
  };
}

import type { ContainerClient } from '@azure/storage-blob';
import type { Schedule } from './ncrontab.ts';
import { offsetTime } from './typed-data.ts';

/** What .NET writes for a time that was never set. */
const NEVER = '0001-01-01T00:00:00+00:00';

/** When a timer last ran and when it is due; times in epoch ms, `null`: never. */
export interface ScheduleStatus {
  readonly last: number | null;
  readonly next: number;
  readonly lastUpdated: number | null;
}

/** As it is stored and as it travels to the function. */
export interface WireStatus {
  readonly Last: string;
  readonly Next: string;
  readonly LastUpdated: string;
}

export interface PastDue {
  readonly status: ScheduleStatus;
  /** Whether an occurrence was missed while nothing ran. */
  readonly missed: boolean;
}

/**
 * What to do with the status that an earlier host left: note when a new timer is due, begin anew where the schedule has changed
 * meanwhile, and say whether an occurrence was missed. After ScheduleMonitor.CheckPastDueAsync of azure-webjobs-sdk-extensions.
 */
export function checkPastDue(stored: ScheduleStatus | null, schedule: Schedule, now: number): PastDue {
  if (stored === null) return { status: { last: null, next: schedule.next(now), lastUpdated: now }, missed: false };
  const basis = stored.last ?? stored.lastUpdated ?? now;
  const expected = schedule.next(basis);
  if (stored.next === expected) return { status: stored, missed: now > stored.next };
  // A changed schedule is not past due: its occurrences before now were never promised.
  const status =
    now > expected
      ? { last: null, next: schedule.next(now), lastUpdated: now }
      : { last: null, next: expected, lastUpdated: basis };
  return { status, missed: false };
}

/** The status after a run that began at `startedAt`. */
export function afterRun(startedAt: number, schedule: Schedule): ScheduleStatus {
  return { last: startedAt, next: schedule.next(startedAt), lastUpdated: startedAt };
}

export function toWire({ last, next, lastUpdated }: ScheduleStatus): WireStatus {
  return {
    Last: last === null ? NEVER : offsetTime(last),
    Next: offsetTime(next),
    LastUpdated: lastUpdated === null ? NEVER : offsetTime(lastUpdated),
  };
}

function fromWire({ Last, Next, LastUpdated }: WireStatus): ScheduleStatus {
  const time = (text: string) => (text === NEVER ? null : Date.parse(text));
  return { last: time(Last), next: Date.parse(Next), lastUpdated: time(LastUpdated) };
}

/** Where a timer's status is kept: the blob that Azure's host would use. */
export function statusStore(container: ContainerClient, hostId: string, functionName: string) {
  const blob = container.getBlockBlobClient(`timers/${hostId}/Host.Functions.${functionName}/status`);
  return {
    async read(): Promise<ScheduleStatus | null> {
      await container.createIfNotExists();
      if (!(await blob.exists())) return null;
      return fromWire(JSON.parse((await blob.downloadToBuffer()).toString('utf8')) as WireStatus);
    },
    async write(status: ScheduleStatus): Promise<void> {
      const text = JSON.stringify(toWire(status));
      await blob.upload(text, Buffer.byteLength(text), { blobHTTPHeaders: { blobContentType: 'application/json' } });
    },
  };
}

export type StatusStore = ReturnType<typeof statusStore>;

import { Cron } from 'croner';
import type { DigestSchedule } from '../model/config.ts';
import type { Window } from '../model/window.ts';

export interface DueDigest {
  readonly schedule: DigestSchedule;
  /** From the previous occurrence to this one: 23 or 25 hours on a day on which the clock is moved. */
  readonly window: Window;
  /** The window before, for what is new and what is gone. */
  readonly previous: Window;
  /** No digest of this schedule was ever published. */
  readonly first: boolean;
}

/**
 * Schedules whose newest occurrence at or before `now` has no digest yet. `lastRuns` holds the end of the newest published window by
 * schedule name. After a sleep only the newest occurrence is made up: older windows are in the alert history, and a pile of old
 * digests helps nobody.
 */
export function dueDigests(
  schedules: readonly DigestSchedule[],
  lastRuns: Readonly<Record<string, number>>,
  now: number,
): readonly DueDigest[] {
  return schedules.flatMap((schedule) => {
    const [end, start, before] = occurrences(schedule, now, 3);
    if (end === undefined || start === undefined || before === undefined) return [];
    const lastRun = lastRuns[schedule.name];
    if (lastRun !== undefined && lastRun >= end) return [];
    return [{ schedule, window: { start, end }, previous: { start: before, end: start }, first: lastRun === undefined }];
  });
}

/** The last `wanted` occurrences at or before `now` (epoch ms), newest first. A clock time that the zone skips counts as the moment after. */
function occurrences({ period, at, zone }: DigestSchedule, now: number, wanted: number): readonly number[] {
  const [hour, minute] = at.split(':').map(Number);
  const cron = new Cron(`${minute} ${hour} * * ${period === 'weekly' ? '1' : '*'}`, { timezone: zone, paused: true });
  // `previousRuns` excludes its reference, and an occurrence that is exactly now is due.
  return cron.previousRuns(wanted, new Date(now + 1)).map((date) => date.getTime());
}

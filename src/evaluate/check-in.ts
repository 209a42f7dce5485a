import { Cron } from 'croner';
import type { CheckIns } from '../model/heartbeat.ts';
import { instantText } from '../model/instant.ts';
import type { CheckInCondition, CheckInSchedule } from '../model/rule.ts';

export type CheckInStatus = 'new' | 'up' | 'started' | 'grace' | 'down';

/** How a job stands: its status, why it is down, and when its next check-in is due (epoch ms; `null`: it cannot be said). */
export interface CheckInVerdict {
  readonly status: CheckInStatus;
  readonly why: 'overdue' | 'failed' | 'running too long' | null;
  readonly due: number | null;
}

/**
 * The status of a job at a time. A job is down when its check-in is `grace` late, when its last word is that it failed, and when a
 * run that it began has not ended after `maxRun`. One that began late has `maxRun` more, once, however often it begins again. A job
 * that never checked in is new; with `since`, the time from which it is expected, it can be overdue, too. Bounds are inclusive.
 */
export function checkInStatus(
  { schedule, grace, maxRun }: Pick<CheckInCondition, 'schedule' | 'grace' | 'maxRun'>,
  { start, finish, fail }: CheckIns,
  now: number,
  since: number | null = null,
): CheckInVerdict {
  const last = latest(finish, fail);
  const due = dueAfter(schedule, last ?? since);
  const running = start !== null && start > (last ?? Number.NEGATIVE_INFINITY);
  if (running && now >= start + maxRun) return { status: 'down', why: 'running too long', due };
  if (!running && fail !== null && fail === last && fail > (finish ?? Number.NEGATIVE_INFINITY))
    return { status: 'down', why: 'failed', due };
  const deadline = due === null ? Number.POSITIVE_INFINITY : due + grace + (running ? maxRun : 0);
  if (now >= deadline) return { status: 'down', why: 'overdue', due };
  if (running) return { status: 'started', why: null, due };
  if (last === null) return { status: 'new', why: null, due };
  return { status: due !== null && now >= due ? 'grace' : 'up', why: null, due };
}

/** When the check-in after the one at `time` is due; `null` without a time, and where a cron expression never comes again. */
export function dueAfter(schedule: CheckInSchedule, time: number | null): number | null {
  if (time === null) return null;
  if (schedule.kind === 'period') return time + schedule.period;
  return cronOf(schedule).nextRun(instantText(time))?.getTime() ?? null;
}

const crons = new Map<string, Cron>();

/** Parsing an expression costs more than asking it. */
function cronOf({ cron, zone }: Extract<CheckInSchedule, { kind: 'cron' }>): Cron {
  const key = `${zone} ${cron}`;
  const known = crons.get(key) ?? new Cron(cron, { timezone: zone, mode: '5-part' });
  crons.set(key, known);
  return known;
}

function latest(a: number | null, b: number | null): number | null {
  if (a === null) return b;
  return b === null ? a : Math.max(a, b);
}

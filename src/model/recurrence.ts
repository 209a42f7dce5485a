import { Cron } from 'croner';
import type { Recurrence } from './silence.ts';
import { isZone } from './time-interval.ts';

/** What is wrong with a recurrence, `null` when nothing is. */
export function recurrenceProblem({ cron, zone, duration }: Recurrence): string | null {
  if (!isZone(zone)) return `there is no time zone ${JSON.stringify(zone)}`;
  if (duration <= 0) return 'it must last longer than nothing';
  try {
    new Cron(cron, { timezone: zone, mode: '5-part', paused: true });
    return null;
  } catch {
    return `${JSON.stringify(cron)} is no cron expression of five fields: minute, hour, day of month, month, day of week`;
  }
}

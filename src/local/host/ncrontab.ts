import { Cron } from 'croner';
import { TocsinError } from '../../model/errors.ts';

/** Numbers, lists, ranges, steps and the English names of months and days; nothing of Quartz (`L`, `W`, `#`, `?`). */
const FIELD = /^(?:[\d*,/-]|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|sun|mon|tue|wed|thu|fri|sat)+$/i;
const MINUTE = 60_000;
const LOOK_AHEAD = 5;

/** A schedule in NCRONTAB, in UTC. */
export interface Schedule {
  /** The first occurrence after `time`, epoch ms. */
  next(time: number): number;
  /** Whether it ever fires more than once a minute, as far as its next occurrences tell. */
  finerThanAMinute(from: number): boolean;
}

/** Six fields, seconds first, or five beginning with minutes. Throws TCN-L005 for anything that NCRONTAB does not know. */
export function ncrontab(expression: string): Schedule {
  const fields = expression.trim().split(/\s+/);
  const pattern = fields.length === 5 ? ['0', ...fields] : fields;
  if (pattern.length !== 6 || !pattern.every((field) => FIELD.test(field))) throw invalid(expression);
  let cron: Cron;
  try {
    // NCRONTAB wants both the day of the month and the day of the week to fit; cron wants either.
    cron = new Cron(pattern.join(' '), { timezone: 'UTC', mode: '6-part', domAndDow: true, paused: true });
  } catch (cause) {
    throw invalid(expression, cause);
  }
  const next = (time: number) => {
    const found = cron.nextRun(new Date(time));
    if (found === null) throw invalid(expression, 'it never fires');
    return found.getTime();
  };
  return {
    next,
    finerThanAMinute(from) {
      let last = next(from);
      for (let i = 0; i < LOOK_AHEAD; i += 1) {
        const following = next(last);
        if (following - last < MINUTE) return true;
        last = following;
      }
      return false;
    },
  };
}

function invalid(expression: string, cause?: unknown): TocsinError {
  return new TocsinError('TCN-L005', `not an NCRONTAB expression: ${expression}`, { cause });
}

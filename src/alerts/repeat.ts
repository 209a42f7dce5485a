import type { RepeatTiming } from '../model/route.ts';

/**
 * Milliseconds between what a receiver was told and the next reminder, after `repeats` reminders in a row: `repeatInterval`, times
 * `repeatFactor` for each of them, at most `repeatLimit`.
 */
export function repeatWait(repeats: number, { repeatInterval, repeatFactor = 1, repeatLimit }: RepeatTiming): number {
  const wait = repeatInterval * repeatFactor ** repeats;
  return Math.min(wait, repeatLimit ?? Number.POSITIVE_INFINITY);
}

/**
 * How many reminders in a row count once one goes out `late` ms after it was due. It grows while they come on time, up to the limit;
 * time in which nothing had to be said (a silence, a mute interval) takes back one for each wait of its length.
 */
export function nextRepeats(repeats: number, late: number, timing: RepeatTiming): number {
  const step = (count: number): number => timing.repeatInterval * (timing.repeatFactor ?? 1) ** count;
  let next = repeats;
  if (late < step(repeats)) next += 1;
  else {
    for (let left = late; next > 0 && left > step(next); next -= 1) left -= step(next);
  }
  const limit = timing.repeatLimit;
  return limit !== undefined && step(next) >= limit ? Math.max(0, next - 1) : next;
}

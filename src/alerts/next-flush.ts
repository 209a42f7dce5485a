import type { GroupTiming } from '../model/config.ts';

/**
 * When a group that has no flush scheduled is flushed: `groupWait` from now, so that alerts of one cause travel together; at once
 * where the alert started more than `groupWait` ago, because whoever would join it had the time to.
 */
export function firstFlush(startsAt: number, now: number, { groupWait }: Pick<GroupTiming, 'groupWait'>): number {
  return startsAt + groupWait < now ? now : now + groupWait;
}

/**
 * When a group is flushed again: `groupInterval` after this flush while anything fires or anybody is still to be told (reminders come at
 * flushes only), `null` once it is quiet and told.
 */
export function nextFlush(
  group: { readonly firing: number; readonly untold: number },
  now: number,
  { groupInterval }: Pick<GroupTiming, 'groupInterval'>,
): number | null {
  return group.firing > 0 || group.untold > 0 ? now + groupInterval : null;
}

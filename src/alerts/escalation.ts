import { isAcknowledged } from '../model/acknowledgement.ts';
import type { Alert } from '../model/alert.ts';
import type { SentEntry } from '../model/notification.ts';
import type { Route } from '../model/route.ts';
import { episodeOf } from './episode.ts';

type Waiting = Readonly<Record<string, number>>;

/**
 * Since when each episode has waited for somebody to take care of it: from the first flush at which people could be told of it. What is
 * held back, taken care of or over does not wait; when it does again, it begins anew.
 */
export function waitingOf(shown: readonly Alert[], before: Waiting = {}, now: number): Waiting {
  const waiting = shown.filter((alert) => alert.status === 'firing' && !isAcknowledged(alert, now)).map(episodeOf);
  return Object.fromEntries(waiting.sort().map((episode) => [episode, before[episode] ?? now]));
}

/** Who is told besides the route's own receivers, and after how long at the earliest. */
export function escalationsOf({ escalate = [], receivers }: Pick<Route, 'escalate' | 'receivers'>): ReadonlyMap<string, number> {
  const steps = new Map<string, number>();
  for (const step of escalate) {
    for (const name of step.receivers) {
      if (!receivers.includes(name)) steps.set(name, Math.min(step.after, steps.get(name) ?? step.after));
    }
  }
  return steps;
}

/** What somebody is told who comes in `after` so many ms: what has waited so long, and what becomes of all that he was told before. */
export function escalated(
  alerts: readonly Alert[],
  waiting: Waiting,
  after: number,
  sent: Pick<SentEntry, 'firing' | 'resolved'> | null,
  now: number,
): readonly Alert[] {
  const told = new Set([...(sent?.firing ?? []), ...(sent?.resolved ?? [])]);
  return alerts.filter((alert) => {
    const episode = episodeOf(alert);
    const since = waiting[episode];
    return told.has(episode) || (alert.status === 'firing' && since !== undefined && now - since >= after);
  });
}

/** When the next step is due (epoch ms), `null` when none will be. */
export function nextEscalation(waiting: Waiting, steps: Iterable<number>, now: number): number | null {
  const since = Object.values(waiting);
  const due = [...steps].flatMap((after) => since.map((begun) => begun + after)).filter((time) => time > now);
  return due.length === 0 ? null : due.reduce((first, time) => Math.min(first, time));
}

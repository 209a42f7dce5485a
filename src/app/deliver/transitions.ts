import { type GroupIdentity, groupsOf } from '../../alerts/group.ts';
import type { Transition } from '../../model/alert.ts';
import type { Route } from '../../model/route.ts';
import { inParallel } from '../in-parallel.ts';
import { type DeliverDeps, PARALLEL } from './deps.ts';
import { scheduleFlush } from './schedule-flush.ts';

export interface TransitionsOutcome {
  readonly kind: 'transitions';
  readonly applied: number;
  readonly groups: number;
  readonly scheduled: number;
}

interface TouchedGroup {
  readonly identity: GroupIdentity;
  /** Of the oldest alert that fires; now when none does. */
  readonly startsAt: number;
}

/**
 * Applies transitions to their alerts and has their groups flushed. Also those that were applied before: the message may be back
 * because its first run died before the group was scheduled.
 */
export async function applyTransitions(transitions: readonly Transition[], deps: DeliverDeps): Promise<TransitionsOutcome> {
  const applied = await inParallel(bySeries(transitions), PARALLEL, async (series) => {
    let count = 0;
    for (const transition of series)
      if (
        await deps.alerts.apply(
          transition,
          groupsOf(transition.alert, deps.config.route).map(({ key }) => key),
        )
      )
        count++;
    return count;
  });
  const touched = touchedGroups(transitions, deps.config.route, deps.clock.now());
  const scheduled = await inParallel(touched, PARALLEL, ({ identity, startsAt }) => scheduleFlush(identity, startsAt, deps));
  const outcome: TransitionsOutcome = {
    kind: 'transitions',
    applied: applied.reduce((sum, count) => sum + count, 0),
    groups: touched.length,
    scheduled: scheduled.filter(Boolean).length,
  };
  deps.logger.info({ ...outcome, received: transitions.length }, 'transitions applied');
  return outcome;
}

/** Transitions of one alert keep their order; those of different alerts need none. */
function bySeries(transitions: readonly Transition[]): readonly (readonly Transition[])[] {
  const series = new Map<string, Transition[]>();
  for (const transition of transitions) {
    const list = series.get(transition.alert.fingerprint);
    if (list === undefined) series.set(transition.alert.fingerprint, [transition]);
    else list.push(transition);
  }
  return [...series.values()];
}

function touchedGroups(transitions: readonly Transition[], root: Route, now: number): readonly TouchedGroup[] {
  const groups = new Map<string, TouchedGroup>();
  for (const { alert } of transitions) {
    const startsAt = alert.status === 'firing' ? alert.startsAt : now;
    for (const identity of groupsOf(alert, root)) {
      const known = groups.get(identity.key)?.startsAt ?? now;
      groups.set(identity.key, { identity, startsAt: Math.min(startsAt, known) });
    }
  }
  return [...groups.values()];
}

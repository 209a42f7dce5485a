import { type GroupIdentity, groupsOf } from '../../alerts/group.ts';
import type { Transition } from '../../model/alert.ts';
import { homeOf } from '../../model/alert-home.ts';
import type { Route } from '../../model/route.ts';
import { inParallel } from '../in-parallel.ts';
import { type DeliverDeps, GROUPS_AT_ONCE } from './deps.ts';
import { type Joined, type Scheduled, scheduleFlush, sendFlushes } from './schedule-flush.ts';

export interface TransitionsOutcome {
  readonly kind: 'transitions';
  readonly applied: number;
  readonly groups: number;
  readonly scheduled: number;
}

interface TouchedGroup extends Joined {
  readonly identity: GroupIdentity;
  /** Of the oldest alert that fires; now when none does. */
  readonly startsAt: number;
}

/** From so many groups of one message on, whose alerts are all new, it is likely that the groups are new, too. */
const MANY = 16;

/**
 * Applies transitions to their alerts and has their groups flushed. Also those that were applied before: the message may be back
 * because its first run died before the group was scheduled.
 */
export async function applyTransitions(transitions: readonly Transition[], deps: DeliverDeps): Promise<TransitionsOutcome> {
  const changes = transitions.map((transition) => ({
    transition,
    groups: groupsOf(transition.alert, deps.config.route).map(({ key }) => key),
  }));
  const applied = await deps.alerts.applyAll(changes);
  const touched = touchedGroups(transitions, deps.config.route, deps.clock.now());
  const perhapsNew = touched.length >= MANY && applied === changes.length && transitions.every(({ kind }) => kind === 'fired');
  const scheduled: Scheduled[] = [];
  try {
    await inParallel(touched, GROUPS_AT_ONCE, async (group) => {
      const flush = await scheduleFlush(group, deps, perhapsNew);
      if (flush !== null) scheduled.push(flush);
    });
  } finally {
    await sendFlushes(scheduled, deps);
  }
  const outcome: TransitionsOutcome = {
    kind: 'transitions',
    applied,
    groups: touched.length,
    scheduled: scheduled.length,
  };
  deps.logger.info({ ...outcome, received: transitions.length }, 'transitions applied');
  return outcome;
}

function touchedGroups(transitions: readonly Transition[], root: Route, now: number): readonly TouchedGroup[] {
  const groups = new Map<string, TouchedGroup>();
  for (const { alert } of transitions) {
    const home = homeOf(alert);
    const startsAt = alert.status === 'firing' ? alert.startsAt : now;
    for (const identity of groupsOf(alert, root)) {
      const known = groups.get(identity.key);
      const homes = [...new Set([...(known?.homes ?? []), home])];
      groups.set(identity.key, { identity, startsAt: Math.min(startsAt, known?.startsAt ?? now), homes });
    }
  }
  return [...groups.values()];
}

import { groupsOf } from '../../alerts/group.ts';
import type { Alert } from '../../model/alert.ts';
import { homeOf } from '../../model/alert-home.ts';
import type { Group } from '../../model/notification.ts';
import { inParallel } from '../in-parallel.ts';
import { type DeliverDeps, PARALLEL } from './deps.ts';
import { scheduleFlush, sendFlushes } from './schedule-flush.ts';

/**
 * The alerts of a group as the routes are now. Those that a new configuration sends elsewhere are handed to their new groups, so that a
 * deployment of tocsin.yaml reaches also what fires already.
 */
export async function moveToRoutes(group: Group, now: number, deps: DeliverDeps): Promise<readonly Alert[]> {
  const { alerts, config } = deps;
  const { key, homes } = group;
  const members = await alerts.ofGroup(key, now, homes === undefined ? {} : { homes });
  const strays = members.filter((alert) => !groupsOf(alert, config.route).some(({ key }) => key === group.key));
  await inParallel(strays, PARALLEL, async (alert) => {
    const groups = groupsOf(alert, config.route);
    await alerts.regroup(
      alert,
      groups.map(({ key }) => key),
    );
    for (const identity of groups) {
      const joined = { identity, startsAt: alert.startsAt, homes: [homeOf(alert)] };
      const flush = await scheduleFlush(joined, deps);
      if (flush !== null) await sendFlushes([flush], deps);
    }
  });
  return members.filter((alert) => !strays.includes(alert));
}

import { firstFlush } from '../../alerts/next-flush.ts';
import { routeById } from '../../alerts/route.ts';
import { TocsinError } from '../../model/errors.ts';
import type { Group } from '../../model/notification.ts';
import { type DeliverDeps, RACES } from './deps.ts';

/**
 * Sees to it that a flush of the group will happen after this call, and resolves to whether this call scheduled it. A group that has
 * one scheduled is written all the same: a flush that read the alerts before they changed must lose its conditional write.
 */
export async function scheduleFlush(
  { key, labels, route }: Pick<Group, 'key' | 'labels' | 'route'>,
  startsAt: number,
  { groups, queue, clock, config }: Pick<DeliverDeps, 'groups' | 'queue' | 'clock' | 'config'>,
): Promise<boolean> {
  const now = clock.now();
  for (let race = 0; race < RACES; race++) {
    const { value, version } = await groups.read(key);
    const group = value ?? { key, labels, route, held: [], createdAt: now, nextFlushAt: null };
    const at = group.nextFlushAt ?? firstFlush(startsAt, now, routeById(config.route, route) ?? config.route);
    if (!(await groups.replace({ ...group, nextFlushAt: at }, version))) continue;
    if (group.nextFlushAt !== null) return false;
    await queue.send({ kind: 'flush', group: key }, at - now);
    return true;
  }
  throw new TocsinError('TCN-S001', `group ${key} is written by too many at once`);
}

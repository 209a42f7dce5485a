import { firstFlush } from '../../alerts/next-flush.ts';
import { routeById } from '../../alerts/route.ts';
import { TocsinError } from '../../model/errors.ts';
import type { Group } from '../../model/notification.ts';
import type { Versioned } from '../../ports.ts';
import { type DeliverDeps, GROUPS_PER_MESSAGE, HOMES_NAMED, RACES } from './deps.ts';

type ScheduleDeps = Pick<DeliverDeps, 'groups' | 'queue' | 'clock' | 'config'>;

/** A group that alerts have joined or changed in, and their homes. */
export interface Joined {
  readonly identity: Pick<Group, 'key' | 'labels' | 'route'>;
  readonly startsAt: number;
  readonly homes: readonly string[];
}

/** A flush whose message is still to be sent. */
export interface Scheduled {
  readonly group: string;
  readonly at: number;
}

/**
 * Notes with the group that it is flushed, and resolves to that flush where this call scheduled it: its message must be sent. A group that
 * has one scheduled is written all the same: a flush that read the alerts before they changed must lose its conditional write.
 * `perhapsNew`: it is created without being read first; one that exists costs a call more.
 */
export async function scheduleFlush(
  { identity: { key, labels, route }, startsAt, homes }: Joined,
  { groups, clock, config }: ScheduleDeps,
  perhapsNew = false,
): Promise<Scheduled | null> {
  const now = clock.now();
  for (let race = 0; race < RACES; race++) {
    const unread: Versioned<Group | null> = { value: null, version: null };
    const { value, version } = perhapsNew && race === 0 ? unread : await groups.read(key);
    const { homes: known, ...group } = value ?? {
      key,
      labels,
      route,
      held: [],
      homes: [],
      createdAt: now,
      nextFlushAt: null,
    };
    const all = known === undefined ? undefined : [...new Set([...known, ...homes])];
    const named = all !== undefined && all.length <= HOMES_NAMED ? { homes: all } : {};
    const at = group.nextFlushAt ?? firstFlush(startsAt, now, routeById(config.route, route) ?? config.route);
    if (!(await groups.replace({ ...group, ...named, nextFlushAt: at }, version))) continue;
    return group.nextFlushAt === null ? { group: key, at } : null;
  }
  throw new TocsinError('TCN-S001', `group ${key} is written by too many at once`);
}

/** Sends the messages of flushes, one for all groups that are flushed at one time. */
export async function sendFlushes(scheduled: readonly Scheduled[], { queue, clock }: ScheduleDeps): Promise<void> {
  for (const at of new Set(scheduled.map((flush) => flush.at))) {
    const keys = scheduled.flatMap((flush) => (flush.at === at ? [flush.group] : []));
    for (let start = 0; start < keys.length; start += GROUPS_PER_MESSAGE) {
      const [group = '', ...others] = keys.slice(start, start + GROUPS_PER_MESSAGE);
      const wait = at - clock.now();
      if (others.length === 0) await queue.send({ kind: 'flush', group }, wait);
      else await queue.send({ kind: 'flushes', groups: [group, ...others] }, wait);
    }
  }
}

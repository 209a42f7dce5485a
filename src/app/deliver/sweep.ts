import { MINUTE } from '../../model/duration.ts';
import type { Group, NotificationRecord } from '../../model/notification.ts';
import { inParallel } from '../in-parallel.ts';
import { deliveryKey } from './delivery-key.ts';
import { type DeliverDeps, PARALLEL } from './deps.ts';

export interface SweepOutcome {
  readonly flushes: number;
  readonly sends: number;
}

export type SweepDeps = Pick<DeliverDeps, 'groups' | 'notificationLog' | 'queue' | 'clock' | 'logger'>;

/** A message is lost, not late, when what it should do is overdue by this. */
const GRACE = 2 * MINUTE;

/**
 * Queues again what is overdue: its message was lost between a write and the queue, or ended in the poison queue. What is queued again
 * counts as due now, so that a full queue is not filled with the same work every minute.
 */
export async function sweepNotifications(deps: SweepDeps): Promise<SweepOutcome> {
  const now = deps.clock.now();
  const before = now - GRACE;
  const [groups, records] = await Promise.all([deps.groups.overdue(before), deps.notificationLog.overdue(before)]);
  const flushes = await inParallel(groups, PARALLEL, (group) => repeatFlush(group, before, now, deps));
  const sends = await inParallel(records, PARALLEL, (record) => repeatSend(record, before, now, deps));
  const outcome = { flushes: flushes.filter(Boolean).length, sends: sends.filter(Boolean).length };
  if (outcome.flushes + outcome.sends > 0) deps.logger.warn(outcome, 'lost notification messages queued again');
  return outcome;
}

/** Queues the flush of a group at once where it is scheduled before `before`. */
export async function repeatFlush({ key }: Group, before: number, now: number, { groups, queue }: SweepDeps): Promise<boolean> {
  const { value: group, version } = await groups.read(key);
  if (group === null || group.nextFlushAt === null || group.nextFlushAt >= before) return false;
  if (!(await groups.replace({ ...group, nextFlushAt: now }, version))) return false;
  await queue.send({ kind: 'flush', group: key });
  return true;
}

async function repeatSend(
  { group, receiver }: NotificationRecord,
  before: number,
  now: number,
  { notificationLog, queue }: SweepDeps,
): Promise<boolean> {
  const { value: record, version } = await notificationLog.read(group, receiver);
  const pending = record?.pending ?? null;
  if (record === null || pending === null || pending.nextTryAt >= before) return false;
  if (pending.claimedUntil !== null && pending.claimedUntil > now) return false;
  if (!(await notificationLog.replace({ ...record, pending: { ...pending, nextTryAt: now } }, version))) return false;
  await queue.send({ kind: 'send', delivery: deliveryKey(group, receiver) });
  return true;
}

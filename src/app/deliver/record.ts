import type { NotificationRecord, NotifyReason, PendingDelivery } from '../../model/notification.ts';

/** The record of a group and receiver of which nothing is known yet. */
export function emptyRecord(group: string, receiver: string): NotificationRecord {
  return { group, receiver, sent: null, pending: null, counts: { sent: 0, failed: 0, retried: 0 } };
}

/** A delivery that was decided on at `now` and has not been tried. */
export function newDelivery(
  delivery: {
    readonly id: string;
    readonly reason: NotifyReason;
    readonly firing: readonly string[];
    readonly resolved: readonly string[];
    readonly repeats?: number;
    readonly acknowledged?: readonly string[];
  },
  now: number,
): PendingDelivery {
  return { ...delivery, createdAt: now, attempts: 0, nextTryAt: now, claimedUntil: null, lastError: null };
}

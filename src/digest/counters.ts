import type { NotificationRecord } from '../model/notification.ts';
import { compareText } from './episodes.ts';
import type { Counters, DeliveryFigures, DeliveryTotals, ForwardTotals, StuckDelivery } from './model.ts';

const NO_FORWARDING: ForwardTotals = {
  events: 0,
  records: 0,
  quarantined: 0,
  duplicates: 0,
  sinkRequests: 0,
  parked: 0,
};

export function sumForward(all: readonly ForwardTotals[]): ForwardTotals {
  return all.reduce((sum, counts) => combine(sum, counts, (a, b) => a + b), NO_FORWARDING);
}

export function countersOf(notifications: readonly NotificationRecord[], forwarding: ForwardTotals): Counters {
  const deliveries: Record<string, DeliveryTotals> = {};
  for (const { receiver, counts } of [...notifications].sort((a, b) => compareText(a.receiver, b.receiver))) {
    const { sent, failed, retried } = deliveries[receiver] ?? { sent: 0, failed: 0, retried: 0 };
    deliveries[receiver] = { sent: sent + counts.sent, failed: failed + counts.failed, retried: retried + counts.retried };
  }
  return { forwarding: sumForward([forwarding]), deliveries };
}

/** What was added since. A counter that is smaller than before was begun anew, and counts as a whole. */
export function forwardedSince(now: Counters, before: Counters | null): ForwardTotals {
  return combine(now.forwarding, before?.forwarding ?? NO_FORWARDING, grown);
}

export function deliveredSince(now: Counters, before: Counters | null): readonly DeliveryFigures[] {
  return Object.entries(now.deliveries)
    .map(([receiver, { sent, failed, retried }]) => {
      const earlier = before?.deliveries[receiver];
      return {
        receiver,
        sent: grown(sent, earlier?.sent ?? 0),
        failed: grown(failed, earlier?.failed ?? 0),
        retried: grown(retried, earlier?.retried ?? 0),
      };
    })
    .sort((a, b) => compareText(a.receiver, b.receiver));
}

/** Notifications that were tried and are not yet confirmed. */
export function stuckDeliveries(notifications: readonly NotificationRecord[]): readonly StuckDelivery[] {
  return notifications
    .flatMap(({ receiver, pending }) =>
      pending === null || pending.lastError === null
        ? []
        : [{ receiver, attempts: pending.attempts, createdAt: pending.createdAt, lastError: pending.lastError }],
    )
    .sort((a, b) => a.createdAt - b.createdAt || compareText(a.receiver, b.receiver));
}

function grown(now: number, before: number): number {
  return now >= before ? now - before : now;
}

function combine(a: ForwardTotals, b: ForwardTotals, how: (a: number, b: number) => number): ForwardTotals {
  return {
    events: how(a.events, b.events),
    records: how(a.records, b.records),
    quarantined: how(a.quarantined, b.quarantined),
    duplicates: how(a.duplicates, b.duplicates),
    sinkRequests: how(a.sinkRequests, b.sinkRequests),
    parked: how(a.parked, b.parked),
  };
}

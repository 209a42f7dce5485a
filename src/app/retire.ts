import type { Alert, Transition } from '../model/alert.ts';
import { DAY } from '../model/duration.ts';
import type { NotificationJob } from '../model/messages.ts';
import type { Rule } from '../model/rule.ts';
import type { AlertStore, Clock, Inventory, JobQueue } from '../ports.ts';
import { publishTransitions } from './publish-transitions.ts';

export interface RetireDeps {
  readonly rules: readonly Rule[];
  readonly alerts: Pick<AlertStore, 'open'>;
  readonly inventory: Inventory;
  readonly notifications: JobQueue<NotificationJob>;
  readonly clock: Clock;
}

/** A deleted resource's alerts stay open so long: a listing may have gaps, and a deletion should not hide what led to it. */
const GONE_FOR = DAY;

/**
 * Resolves open alerts that nobody judges any more: their rule was removed or became a report, or their target left the inventory a day
 * ago. Resolves to how many.
 */
export async function retireAlerts({ rules, alerts, inventory, notifications, clock }: RetireDeps): Promise<number> {
  const open = (await alerts.open()).filter(({ pushed, own }) => pushed !== true && own !== true);
  if (open.length === 0) return 0;
  const judged = new Set(rules.filter((rule) => rule.disposition === 'alert').map((rule) => rule.id));
  const watched = new Set((await inventory.targets(rules.map((rule) => rule.on))).map((target) => target.id));
  const now = clock.now();
  const transitions = open.flatMap((alert): readonly Transition[] => {
    if (!judged.has(alert.rule)) return [resolved(alert, 'rule changed', now)];
    if (!watched.has(alert.target) && now - alert.updatedAt >= GONE_FOR) return [resolved(alert, 'retired', now)];
    return [];
  });
  await publishTransitions(transitions, notifications);
  return transitions.length;
}

function resolved(alert: Alert, reason: 'rule changed' | 'retired', now: number): Transition {
  const { fingerprint, startsAt } = alert;
  return {
    id: `${fingerprint}-${startsAt}-resolved-${reason.replace(' ', '-')}`,
    kind: 'resolved',
    at: now,
    alert: {
      ...alert,
      status: 'resolved',
      reason,
      endsAt: now,
      updatedAt: now,
      history: [{ at: now, what: 'resolved', reason, value: null }],
    },
  };
}

import type { ErrorCode } from '../../model/errors.ts';
import type { Finding } from '../../model/finding.ts';
import type { Group, PendingDelivery } from '../../model/notification.ts';

/** The finding that says what nobody was told. One per notification, however often it is written. */
export function failedDelivery(failure: {
  readonly group: string;
  readonly receiver: string;
  /** `null` for a digest's announcement. */
  readonly subject: Group | null;
  readonly pending: PendingDelivery;
  readonly code: ErrorCode;
  readonly detail: string;
  readonly at: number;
}): Finding {
  const { group, receiver, subject, pending, code, detail, at } = failure;
  const rule = subject?.labels.alertname ?? null;
  const target = subject?.labels.target ?? null;
  const what = subject === null ? `announcement ${group}` : `notification (${pending.reason}) of ${rule} on ${target}`;
  return {
    id: `delivery-failed:${pending.id}`,
    kind: 'delivery failed',
    rule,
    target,
    labels: { receiver, group },
    severity: 1,
    firstAt: pending.createdAt,
    lastAt: at,
    count: pending.attempts + 1,
    value: null,
    summary: `${receiver} was not told: the ${what} was given up (${detail})`,
    code,
    evidence: null,
  };
}

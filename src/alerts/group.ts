import { createHash } from 'node:crypto';
import type { Alert } from '../model/alert.ts';
import { type Labels, labelKey } from '../model/labels.ts';

export interface GroupIdentity {
  /** SHA-256 (hex) over the group's labels. */
  readonly key: string;
  readonly labels: Labels;
}

/** The group that an alert is notified with: one rule on one target. The key depends on the labels alone. */
export function groupOf(alert: Pick<Alert, 'rule' | 'target'>): GroupIdentity {
  const labels = { alertname: alert.rule, target: alert.target.toLowerCase() };
  return { key: createHash('sha256').update(labelKey(labels)).digest('hex'), labels };
}

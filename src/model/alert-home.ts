import { hash } from 'node:crypto';
import type { Alert } from './alert.ts';

/** What says where storage keeps an alert. */
export type Homed = Pick<Alert, 'fingerprint' | 'rule' | 'target'>;

/** Alerts come in runs of one rule on one target. */
let last = { rule: '', target: '', home: '' };

/** The name (32 hex digits) of the place where the alerts of one rule on one target are kept together, whatever groups they are in. */
export function homeOf({ rule, target }: Pick<Alert, 'rule' | 'target'>): string {
  if (last.home === '' || rule !== last.rule || target !== last.target) {
    const home = hash('sha256', JSON.stringify([rule, target.toLowerCase()]), 'hex').slice(0, 32);
    last = { rule, target, home };
  }
  return last.home;
}

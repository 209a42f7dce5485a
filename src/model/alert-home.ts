import { hash } from 'node:crypto';
import type { Alert } from './alert.ts';

/** What says where storage keeps an alert. */
export type Homed = Pick<Alert, 'fingerprint' | 'rule' | 'target'>;

/** The name (32 hex digits) of the place where the alerts of one rule on one target are kept together, whatever groups they are in. */
export function homeOf({ rule, target }: Pick<Alert, 'rule' | 'target'>): string {
  return hash('sha256', JSON.stringify([rule, target.toLowerCase()]), 'hex').slice(0, 32);
}

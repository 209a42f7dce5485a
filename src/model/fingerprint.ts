import { hash } from 'node:crypto';
import { type Labels, labelKey } from './labels.ts';

/**
 * The identity of one series of one rule: SHA-256 (hex) over canonical JSON of rule id, target id in lower case and sorted
 * split labels. Value, severity and texts are no part of it, so that an alert keeps its identity when they change.
 */
export function fingerprint(ruleId: string, targetId: string, labels: Labels): string {
  const canonical = `[${JSON.stringify(ruleId)},${JSON.stringify(targetId.toLowerCase())},${labelKey(labels)}]`;
  return hash('sha256', canonical, 'hex');
}

import type { Alert } from './alert.ts';
import type { Labels } from './labels.ts';
import type { Severity } from './rule.ts';
import { parseResourceId } from './target.ts';

/** The words for severities 0 … 4, as Azure Monitor has them. */
export const SEVERITY_WORDS = ['critical', 'error', 'warning', 'informational', 'verbose'] as const satisfies Record<
  Severity,
  string
>;

/** The labels of an alert as routes, silences and receivers see them: its own, and what it is, where and how bad. */
export function alertLabels(alert: Pick<Alert, 'rule' | 'target' | 'labels' | 'severity'>): Labels {
  return {
    severity: SEVERITY_WORDS[alert.severity],
    ...alert.labels,
    alertname: alert.rule,
    target: alert.target.toLowerCase(),
    resource: alert.labels.resource ?? parseResourceId(alert.target)?.name ?? alert.target,
  };
}

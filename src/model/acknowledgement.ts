import type { Alert } from './alert.ts';
import type { Severity } from './rule.ts';

/** Somebody takes care of an episode of an alert. */
export interface Acknowledgement {
  readonly by: string;
  readonly comment: string;
  readonly at: number;
  /** Epoch ms at which it lapses by itself; `null`: never. */
  readonly until: number | null;
  /** How bad the alert was then: what is worse than this ends it. */
  readonly severity: Severity;
  readonly level: number;
}

/** Whether somebody takes care of the alert now, so that nobody is reminded of it or called to help. */
export function isAcknowledged({ status, acknowledgement }: Pick<Alert, 'status' | 'acknowledgement'>, now: number): boolean {
  if (status !== 'firing' || acknowledgement === undefined) return false;
  return acknowledgement.until === null || now < acknowledgement.until;
}

/**
 * How far beyond its threshold a value is: 0 up to twice the threshold (with `<`: down to half of it), 1 up to four times, and so on. 0 also
 * where value, threshold or direction is not known.
 */
export function levelOf(value: number | null, threshold: number | null, direction: string): number {
  if (value === null || threshold === null || threshold <= 0 || value < 0) return 0;
  const times = direction.startsWith('<') ? threshold / value : direction.startsWith('>') ? value / threshold : 1;
  return Math.min(HIGHEST, Math.max(0, Math.floor(Math.log2(times))));
}

/** The same of an alert's value, by its condition in words. */
export function levelOfAlert({ value, evidence, condition }: Pick<Alert, 'value' | 'evidence' | 'condition'>): number {
  return levelOf(value, evidence.threshold, condition);
}

const HIGHEST = 32;

/** Whether the alert is worse than when somebody took care of it: more severe, or its value a level further out. */
export function isWorse(alert: Alert, { severity, level }: Pick<Acknowledgement, 'severity' | 'level'>): boolean {
  return alert.severity < severity || levelOfAlert(alert) > level;
}

import type { Evidence } from './alert.ts';
import type { Labels } from './labels.ts';
import type { Severity } from './rule.ts';

/** What a finding speaks of: a report rule's breach, or Tocsin's own trouble that somebody should read about. */
export type FindingKind =
  | 'report'
  | 'late breach'
  | 'blind'
  | 'catch-up'
  | 'delivery failed'
  | 'poison message'
  | 'quarantine'
  | 'forwarding failed'
  | 'coverage'
  | 'pipeline'
  | 'setup';

/** Something for the periodic report. `id` is deterministic: writing it again changes nothing or extends `lastAt` and `count`. */
export interface Finding {
  readonly id: string;
  readonly kind: FindingKind;
  readonly rule: string | null;
  readonly target: string | null;
  readonly labels: Labels;
  readonly severity: Severity;
  readonly firstAt: number;
  readonly lastAt: number;
  /** How many judged windows or events it covers. */
  readonly count: number;
  readonly value: number | null;
  readonly summary: string;
  /** The error code for Tocsin's own trouble. */
  readonly code: string | null;
  readonly evidence: Evidence | null;
}

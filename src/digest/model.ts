import type { Alert, Evidence, StateReason } from '../model/alert.ts';
import type { EvaluationEntry } from '../model/evaluation-log.ts';
import type { Finding } from '../model/finding.ts';
import type { Labels } from '../model/labels.ts';
import type { NotificationRecord } from '../model/notification.ts';
import type { Rule, Severity } from '../model/rule.ts';
import type { Window } from '../model/window.ts';
import type { StripCell } from '../render/strip.ts';
import type { RuleFatigue } from './fatigue.ts';

export type DigestPeriod = 'daily' | 'weekly' | 'on demand';

/** Forwarding counts, summed over partitions since forwarding began. */
export interface ForwardTotals {
  readonly events: number;
  readonly records: number;
  readonly quarantined: number;
  readonly duplicates: number;
  readonly sinkRequests: number;
  readonly parked: number;
}

export interface DeliveryTotals {
  readonly sent: number;
  readonly failed: number;
  readonly retried: number;
}

/** Counters that only ever grow. A digest keeps them so that the next one can say what was added. */
export interface Counters {
  readonly forwarding: ForwardTotals;
  /** By receiver. */
  readonly deliveries: Readonly<Record<string, DeliveryTotals>>;
}

/** Everything that one digest is made of. `alerts` and `findings` are those of `window`, `previous…` those of the window before. */
export interface DigestInput {
  readonly name: string;
  readonly period: DigestPeriod;
  readonly window: Window;
  /** When it is compiled: it decides what counts as late, and is written nowhere. */
  readonly now: number;
  readonly zone: string;
  readonly alerts: readonly Alert[];
  readonly findings: readonly Finding[];
  readonly previousAlerts: readonly Alert[];
  readonly previousFindings: readonly Finding[];
  readonly rules: readonly Rule[];
  readonly evaluations: readonly EvaluationEntry[];
  readonly notifications: readonly NotificationRecord[];
  readonly forward: ForwardTotals;
  /** Counters of the digest before this one; `null` where there is none. */
  readonly countersBefore: Counters | null;
}

/** One episode of an alert as the digest tells it. */
export interface Episode {
  readonly fingerprint: string;
  readonly rule: string;
  readonly target: string;
  readonly labels: Labels;
  readonly severity: Severity;
  readonly startsAt: number;
  readonly endsAt: number | null;
  /** Whether it was firing when the window ended. */
  readonly open: boolean;
  /** Milliseconds from its start to its end, or to the window's end while it is open. */
  readonly duration: number;
  /** Milliseconds of it that lie in the window. */
  readonly firingTime: number;
  readonly condition: string;
  readonly summary: string;
  readonly reason: StateReason;
  readonly owner: string;
  /** The value farthest into the breach, and the last one known. */
  readonly peak: number | null;
  readonly last: number | null;
  readonly deliveries: number;
  readonly failedDeliveries: number;
  readonly evidence: Evidence;
}

/** A rule that fired in the window. */
export interface RuleActivity {
  readonly rule: string;
  readonly severity: Severity;
  /** Oldest first. */
  readonly episodes: readonly Episode[];
  /** Milliseconds of the window in which at least one of its series fired. */
  readonly firingTime: number;
  readonly strip: readonly StripCell[];
  /** The episode to draw: the longest that has points; `null` where none has. */
  readonly charted: Episode | null;
}

export interface FindingGroup {
  /** The report rule, or the kind of trouble. */
  readonly title: string;
  readonly severity: Severity;
  /** Severest first, then oldest first. */
  readonly findings: readonly Finding[];
  readonly count: number;
}

/** Something that is in one of two windows only. */
export interface Change {
  readonly what: 'alert' | 'finding';
  readonly rule: string;
  readonly target: string | null;
  readonly labels: Labels;
  readonly summary: string;
}

export interface Offender {
  readonly name: string;
  /** Milliseconds in which at least one alert of it fired. */
  readonly firingTime: number;
  readonly episodes: number;
}

/** A rule that could not be judged when the digest was compiled, with the reason in words. */
export interface UnjudgedRule {
  readonly rule: string;
  readonly shards: number;
  readonly outcome: 'never evaluated' | 'waiting' | 'unknown' | 'failed';
  readonly reason: string;
  readonly code: string | null;
  readonly windowEnd: number | null;
}

export interface DeliveryFigures extends DeliveryTotals {
  readonly receiver: string;
}

export interface StuckDelivery {
  readonly receiver: string;
  readonly attempts: number;
  readonly createdAt: number;
  readonly lastError: string | null;
}

export interface DigestModel {
  /** Name and window start; the key of everything that is published of it. */
  readonly id: string;
  readonly name: string;
  readonly period: DigestPeriod;
  readonly window: Window;
  readonly zone: string;
  readonly subject: string;
  readonly headline: string;
  /** Nothing fired, nothing is to be read, nothing stood in the way of seeing it. */
  readonly quiet: boolean;
  readonly counts: {
    readonly rules: number;
    readonly rulesFired: number;
    readonly rulesQuiet: number;
    readonly rulesUnjudged: number;
    readonly episodes: number;
    readonly open: number;
    readonly reportFindings: number;
    readonly troubles: number;
  };
  /** Most firing time first. */
  readonly fired: readonly RuleActivity[];
  readonly open: readonly Episode[];
  readonly fresh: readonly Change[];
  readonly gone: readonly Change[];
  /** Findings of report rules, by rule. */
  readonly reports: readonly FindingGroup[];
  /** Tocsin's own troubles, by kind. */
  readonly troubles: readonly FindingGroup[];
  readonly unjudged: readonly UnjudgedRule[];
  readonly topTargets: readonly Offender[];
  readonly topRules: readonly Offender[];
  /** Most fired first. */
  readonly fatigue: readonly RuleFatigue[];
  /** Since the previous digest, or since Tocsin began where there is none (`sinceBefore` is false). */
  readonly deliveries: readonly DeliveryFigures[];
  readonly stuck: readonly StuckDelivery[];
  readonly forwarding: ForwardTotals;
  readonly sinceBefore: boolean;
  readonly quietRules: readonly string[];
  /** Rules that match no resource, so that nothing of them is ever judged. */
  readonly idleRules: readonly string[];
  readonly counters: Counters;
}

import type { Acknowledgement } from './acknowledgement.ts';
import type { Labels } from './labels.ts';
import type { ResponsePlan, Severity } from './rule.ts';

export type AlertStatus = 'firing' | 'resolved';

/** Why a series stands where it stands; shown beside its state everywhere. */
export type StateReason =
  | 'breach'
  | 'absent'
  | 'new value'
  | 'limit'
  | 'relapse'
  | 'recovered'
  | 'below floor'
  | 'missing'
  | 'no data'
  | 'error'
  | 'data late'
  | 'retired'
  | 'rule changed'
  | 'corrected'
  | 'capacity unknown'
  | 'price unknown'
  | 'overdue'
  | 'failed'
  | 'running too long';

/** A line in an alert's history. */
export interface HistoryEntry {
  readonly at: number;
  readonly what:
    | 'fired'
    | 'resolved'
    | 'corrected'
    | 'notified'
    | 'notify failed'
    | 'updated'
    | 'worsened'
    | 'acknowledged'
    | 'unacknowledged'
    | 'got worse';
  readonly reason: string;
  readonly value: number | null;
}

/** What is usual at a time; `null`: not bounded on that side, or not known. */
export interface BandPoint {
  readonly at: number;
  readonly lower: number | null;
  readonly upper: number | null;
  readonly usual: number | null;
}

/** The series around the window in which the alert fired, for charts and messages. */
export interface Evidence {
  readonly points: readonly { readonly at: number; readonly value: number }[];
  readonly threshold: number | null;
  readonly unit: 'ratio' | 'number';
  /** Where the alert's value is something else than a point: the days until a forecast limit, the tries to reach a receiver. */
  readonly valueIn?: 'days' | 'failed tries';
  /** Of an anomaly: between what values the series usually is, at the times of its points; the last at the window judged. */
  readonly band?: readonly BandPoint[];
}

/** One firing or recently resolved series of an alert rule. `fingerprint` + `startsAt` name one episode. */
export interface Alert {
  readonly fingerprint: string;
  readonly rule: string;
  readonly target: string;
  readonly labels: Labels;
  /** What is known of it beyond its labels; no part of its identity. */
  readonly details?: Labels;
  readonly severity: Severity;
  readonly status: AlertStatus;
  readonly reason: StateReason;
  /** Epoch ms: when the breach began, when it was first firing, when it resolved. */
  readonly activeAt: number;
  readonly startsAt: number;
  readonly endsAt: number | null;
  /** Value at the last change, and the threshold in words, e.g. `> 10%`. */
  readonly value: number | null;
  readonly condition: string;
  readonly summary: string;
  readonly response: ResponsePlan;
  readonly evidence: Evidence;
  readonly history: readonly HistoryEntry[];
  readonly updatedAt: number;
  /** The first rule file line that made it, for people who ask where it comes from. */
  readonly source: string;
  /** Of this episode; kept once the alert has resolved. */
  readonly acknowledgement?: Acknowledgement;
  /** Epoch ms at which it got worse although somebody took care of it, which ended that. */
  readonly worseAt?: number;
  /** Another system pushes it: no rule here judges it, and `source` is where that system speaks of it. */
  readonly pushed?: true;
  /** It speaks of Tocsin itself: no rule judges it. */
  readonly own?: true;
}

/**
 * A change of one alert, as evaluation hands it on. `id` is derived from fingerprint, episode and kind, so that a transition
 * sent twice is recognised.
 */
export interface Transition {
  readonly id: string;
  readonly kind: 'fired' | 'resolved' | 'corrected' | 'worsened';
  readonly at: number;
  readonly alert: Alert;
}

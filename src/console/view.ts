import type { Alert } from '../model/alert.ts';
import type { DigestSummary } from '../model/digest.ts';
import type { ErrorCode } from '../model/errors.ts';
import type { EvaluationEntry } from '../model/evaluation-log.ts';
import type { Finding } from '../model/finding.ts';
import type { NotificationRecord } from '../model/notification.ts';
import type { Rule } from '../model/rule.ts';
import type { SetupProblem } from '../model/setup-problem.ts';
import type { Desk } from './desk.ts';

/** Something that was read, or why it could not be: one store that is down must not take the whole page with it. */
export type Part<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly code: ErrorCode; readonly detail: string; readonly fix: string };

/** Whether evaluation is alive, told by the last tick on record. */
interface Vitals {
  readonly ok: boolean;
  readonly lastTickAgeSeconds: number | null;
  /** Of the newest try, where that failed. */
  readonly code: string | null;
  readonly reason: string;
}

/** What a sink has not taken and will be sent to it again, as far as was looked. */
export interface Waiting {
  readonly batches: number;
  readonly records: number;
}

/** What became of the records of one category. */
export interface ForwardedCategory {
  readonly category: string;
  readonly records: number;
  readonly repaired: number;
  readonly quarantined: number;
  /** Left out by the filters of sinks, once for each, or because there is no sink. */
  readonly dropped: number;
}

/** What became of records at one sink. */
export interface ForwardedSink {
  readonly sink: string;
  readonly delivered: number;
  /** Parked, and delivered since. */
  readonly later: number;
  readonly filtered: number;
  readonly refused: number;
  readonly requests: number;
  readonly failures: number;
  /** Of the newest batch, in ms. */
  readonly latency: { readonly p50: number; readonly p99: number } | null;
}

export interface Forwarded {
  /** The most first. */
  readonly categories: readonly ForwardedCategory[];
  readonly sinks: readonly ForwardedSink[];
  readonly partitions: number;
  /** Of the newest batch, from the hub until it was dealt with; `null` where unknown. */
  readonly lag: { readonly p50: number; readonly p99: number } | null;
  /** Epoch ms of the newest mark; `null` before the first event. */
  readonly updatedAt: number | null;
  /** Events that the hub was seen to hold and that were not forwarded, and for how long that is known of the oldest, in ms; `null`: nobody looked. */
  readonly unread: { readonly events: number; readonly age: number } | null;
  readonly events: number;
  readonly records: number;
  readonly quarantined: number;
  readonly duplicates: number;
  readonly sinkRequests: number;
  /** Records that were ever set aside. */
  readonly parked: number;
}

/** What could not be understood or delivered, without its body. */
interface Quarantined {
  readonly at: number;
  readonly code: string;
  readonly reason: string;
  readonly partition: string;
  readonly sequenceNumber: string;
}

/** What every page needs to speak of time. */
export interface Moment {
  readonly now: number;
  readonly zone: string;
}

/** The whole installation at a glance; lists as the ports give them. */
export interface Overview extends Moment {
  readonly vitals: Vitals;
  readonly setup: readonly SetupProblem[];
  readonly rules: readonly Rule[];
  readonly open: Part<readonly Alert[]>;
  /** Resolved in the last 24 hours, newest first. */
  readonly resolved: Part<readonly Alert[]>;
  readonly evaluations: Part<readonly EvaluationEntry[]>;
  /** Of the last 24 hours, of all kinds. */
  readonly findings: Part<readonly Finding[]>;
  readonly digests: Part<readonly DigestSummary[]>;
  readonly notifications: Part<readonly NotificationRecord[]>;
  readonly forward: Part<Forwarded>;
  readonly waiting: Part<Waiting>;
  /** The newest few, newest first. */
  readonly quarantined: Part<readonly Quarantined[]>;
}

export interface AlertView extends Moment {
  readonly alert: Alert;
  readonly rule: Rule | null;
  /** Other episodes of the same series in the last seven days, newest first. */
  readonly earlier: Part<readonly Alert[]>;
  readonly desk: Desk | null;
}

export interface RuleView extends Moment {
  readonly rule: Rule;
  readonly open: Part<readonly Alert[]>;
  /** Newest first. */
  readonly entries: Part<readonly EvaluationEntry[]>;
}

export interface ConsoleAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

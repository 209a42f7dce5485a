import type { ErrorCode } from './errors.ts';
import type { Labels } from './labels.ts';

/** Why a notification goes out. The same words stand in the log, on the page and in the webhook. */
export type NotifyReason =
  | 'first'
  | 'newly firing'
  | 'released'
  | 'escalated'
  | 'got worse'
  | 'newly resolved'
  | 'all resolved'
  | 'acknowledged'
  | 'acknowledgement over'
  | 'repeat due';

/** Why an alert is kept from a receiver for now: a time interval of its route, another alert, a silence. */
export type HoldReason = 'muted' | 'inhibited' | 'silenced';

/** Alerts that are notified together: by default those of one rule on one target. */
export interface Group {
  /** SHA-256 (hex) over the group's labels; names rows and messages. */
  readonly key: string;
  /** The group's labels in the receivers' sense, e.g. `{ alertname, target }`. */
  readonly labels: Labels;
  /** The route of the configuration that it belongs to; '' is the root. */
  readonly route: string;
  /** Episodes that fired and were held back from somebody at the last flush: whoever is told of one later learns why. */
  readonly held: readonly string[];
  /** Since when episodes that fire have waited for somebody to take care of them (epoch ms); absent: none. */
  readonly waiting?: Readonly<Record<string, number>>;
  /** Homes (alert-home.ts) of all its alerts where those are few; absent: they must be looked for. */
  readonly homes?: readonly string[];
  /** Epoch ms of the last flush that was completed; absent: none was, or not since this is noted. */
  readonly flushedAt?: number;
  readonly createdAt: number;
  /** Epoch ms of the flush that is scheduled, `null` when nothing is. A sweep re-sends the message of one that is overdue. */
  readonly nextFlushAt: number | null;
}

/** What a receiver is known to have been told: only what it confirmed counts. Sets hold fingerprint + episode. */
export interface SentEntry {
  readonly id: string;
  readonly at: number;
  readonly firing: readonly string[];
  readonly resolved: readonly string[];
  /** How many reminders in a row this was the last of, where they come at growing intervals. */
  readonly repeats?: number;
  /** Of what fires: the episodes that it was told somebody takes care of; absent: none. */
  readonly acknowledged?: readonly string[];
}

/** A notification that was decided on and not yet confirmed. Its body never changes: it is in `body`, or archived under `id`. */
export interface PendingDelivery {
  /** The `webhook-id` of every try. */
  readonly id: string;
  readonly reason: NotifyReason;
  /** When it was decided, or its first turn where the receiver has a rate limit: the day of its tries begins with that. */
  readonly createdAt: number;
  readonly attempts: number;
  readonly nextTryAt: number;
  /** Epoch ms until which one instance holds the right to send; after it another may, with the same id. */
  readonly claimedUntil: number | null;
  readonly firing: readonly string[];
  readonly resolved: readonly string[];
  readonly lastError: string | null;
  /** Epoch ms of the turn that it has taken with the receiver's rate limit; absent: none. */
  readonly turnAt?: number;
  /** It was put off before any try, so nobody can have seen it: news of its group takes its place. */
  readonly untried?: true;
  /** A short body; absent: it is archived. */
  readonly body?: string;
  readonly repeats?: number;
  readonly acknowledged?: readonly string[];
}

/** A notification that was given up. The same one is not begun again before the repeat interval has passed; any other news is. */
export interface GivenUpDelivery {
  readonly id: string;
  readonly at: number;
  readonly code: ErrorCode;
}

/** The notification log's record for one group and receiver. */
export interface NotificationRecord {
  readonly group: string;
  readonly receiver: string;
  readonly sent: SentEntry | null;
  readonly pending: PendingDelivery | null;
  readonly givenUp?: GivenUpDelivery;
  readonly counts: { readonly sent: number; readonly failed: number; readonly retried: number };
}

/** How a receiver does: what all of its deliveries have in common. */
export interface ReceiverCircuit {
  readonly name: string;
  /** Tries in a row that failed. */
  readonly failures: number;
  readonly failingSince: number | null;
  /** Epoch ms until which nobody asks it. */
  readonly openUntil: number | null;
  /** It refused a notification for good. */
  readonly lost: boolean;
  /** A hash of the address that answered 410. */
  readonly gone: { readonly at: number; readonly address: string } | null;
  /** Whether an alert says that it fails. */
  readonly alerted: boolean;
}

import type { StateReason, Transition } from './alert.ts';
import type { Extent, SeriesMemory } from './baseline.ts';
import type { Labels } from './labels.ts';

export type InstanceState = 'pending' | 'firing' | 'recovering' | 'resolved';

/** A series that is not inactive. Times are epoch ms of window ends unless said otherwise. */
export interface Instance {
  readonly fingerprint: string;
  readonly target: string;
  readonly labels: Labels;
  readonly state: InstanceState;
  readonly reason: StateReason;
  readonly activeAt: number;
  readonly firedAt: number | null;
  /** First ok after firing: where the `keepFiringFor` clock starts. */
  readonly recoveringSince: number | null;
  readonly resolvedAt: number | null;
  /** Evaluations in a row in which a threshold's series had vanished. */
  readonly missed: number;
  /** Since when the series has had no verdict; `null` while it is judged. */
  readonly blindSince: number | null;
  readonly value: number | null;
  /** While it fires: the furthest level of its value that was told (`levelOf`); absent: 0. */
  readonly level?: number;
  /** What is known of it beyond its labels; no part of its identity. */
  readonly details?: Labels;
  /** Report rules only: the finding of the UTC day (days since the epoch) that this series extends. */
  readonly report?: { readonly day: number; readonly count: number; readonly firstAt: number };
}

/** A key that an absence rule expects: when it last spoke, and when the inventory last held it. */
export interface ExpectedKey {
  readonly target: string;
  readonly labels: Labels;
  readonly firstExpectedAt: number;
  readonly lastSeenAt: number | null;
  readonly lastInventoriedAt: number | null;
  /** Milliseconds since it last spoke that could not be observed; absent: none. They never count as silence. */
  readonly unobserved?: number;
  /** When it stopped being expected; only a newer event or the inventory makes it expected again. */
  readonly retiredAt?: number;
}

/** What a `changed` rule knows of one target. */
export interface KnownValues {
  /** Window end at which the target was judged first: learning counts from there. */
  readonly since: number;
  /** Series key → [first event that made it known, newest event], epoch ms; 0 as the first: learnt, never to be told. */
  readonly values: Readonly<Record<string, readonly [first: number, last: number]>>;
}

/** A verdict remembered so that a later reading of the same window can correct it. */
export interface JudgedWindow {
  readonly end: number;
  /** Fingerprints judged as breach. */
  readonly breaches: readonly string[];
  /** Targets of the shard that were not judged in it; absent: all were. */
  readonly without?: readonly string[];
  /** Of an `anomaly` rule: between what values a breach would have been none, by fingerprint. */
  readonly usual?: Readonly<Record<string, Extent>>;
}

/** All that one rule knows of one shard of its targets. One blob, one conditional write per evaluation. */
export interface ShardState {
  readonly version: 1;
  /** End of the newest window that was judged for any target of the shard. */
  readonly lastWindowEnd: number;
  /** Targets whose data have not arrived as far: target id → end of the newest window judged for it. */
  readonly lagging: Readonly<Record<string, number>>;
  readonly instances: Readonly<Record<string, Instance>>;
  readonly expected: Readonly<Record<string, ExpectedKey>>;
  /** Judged once, to be read again when `delay × 3` has passed since their end. */
  readonly recent: readonly JudgedWindow[];
  /** Transitions that are not yet known to be in the notifications queue. */
  readonly unsent: readonly Transition[];
  /** Since when targets of the shard could not be judged at all (target id → epoch ms). */
  readonly blind: Readonly<Record<string, number>>;
  /** Of a `changed` rule: what is known, by target id. */
  readonly known?: Readonly<Record<string, KnownValues>>;
  /** Of an `anomaly` rule: what is remembered of its series, by name. */
  readonly series?: Readonly<Record<string, SeriesMemory>>;
  /** Targets of the shard when it was judged last: who is not among them has just joined. */
  readonly targets?: readonly string[];
  /** Event rules only: by target, how far its events have been read, and which of them were told. */
  readonly events?: Readonly<Record<string, EventMemory>>;
}

/** Ids of the events told, with their times, as far back as late ones are looked for. */
export interface EventMemory {
  readonly readTo: number;
  readonly seen: Readonly<Record<string, number>>;
}

/** Names the blob: one rule on one shard (at most 50 targets of one subscription and region, or one workspace). */
export interface ShardKey {
  readonly rule: string;
  readonly shard: string;
}

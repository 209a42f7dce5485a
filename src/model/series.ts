import type { CheckIns } from './heartbeat.ts';
import type { Labels } from './labels.ts';

/** One bin of a series: `[at, at + grain)`. `weight` is the sample count behind an average, 1 where it is unknown. */
export interface Point {
  readonly at: number;
  readonly value: number;
  readonly weight: number;
}

/** What was read of one series of one target. `over` is the denominator of a ratio. Points are in ascending time. */
export interface Series {
  readonly labels: Labels;
  readonly points: readonly Point[];
  readonly over: readonly Point[] | null;
  /** Of a rule with several conditions: what the others than the first look at, in their order. */
  readonly others?: readonly Pick<Series, 'points' | 'over'>[];
  /** What is known of the series beside its points. */
  readonly facts?: SeriesFacts;
}

export type SeriesFacts =
  | { readonly kind: 'events'; readonly events: readonly EventFacts[] }
  | { readonly kind: 'check-ins'; readonly checkIns: CheckIns }
  /** What values of the series are a share of; `null`: it is not known, and so there is no verdict. */
  | { readonly kind: 'capacity'; readonly capacity: number | null }
  /** The value cannot be told, and so there is no verdict. */
  | { readonly kind: 'unknown'; readonly reason: BlindReason; readonly detail: string }
  | { readonly kind: 'details'; readonly details: Labels };

/** An event as judged: `id` tells it from all others, `fields` is what is known of it. */
export interface EventFacts {
  readonly id: string;
  readonly at: number;
  readonly fields: Labels;
}

/** Why a reading cannot be judged. The words appear in the evaluation log, on the page and in findings. */
export type BlindReason = 'no data' | 'error' | 'data late' | 'partial data' | 'throttled' | 'capacity unknown' | 'price unknown';

/**
 * What one read gave for one target: its series, and how far the data had arrived (`watermark`, epoch ms; metrics are complete
 * to the end of the read span once their delay has passed). `unknown` is never the same as no series.
 */
export type Reading =
  | { readonly status: 'ok'; readonly series: readonly Series[]; readonly watermark: number | null }
  | { readonly status: 'unknown'; readonly reason: BlindReason; readonly code: string; readonly detail: string };

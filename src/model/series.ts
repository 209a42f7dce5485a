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
}

/** Why a reading cannot be judged. The words appear in the evaluation log, on the page and in findings. */
export type BlindReason = 'no data' | 'error' | 'data late' | 'partial data' | 'throttled';

/**
 * What one read gave for one target: its series, and how far the data had arrived (`watermark`, epoch ms; metrics are complete
 * to the end of the read span once their delay has passed). `unknown` is never the same as no series.
 */
export type Reading =
  | { readonly status: 'ok'; readonly series: readonly Series[]; readonly watermark: number | null }
  | { readonly status: 'unknown'; readonly reason: BlindReason; readonly code: string; readonly detail: string };

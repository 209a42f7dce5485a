import type { Window } from './window.ts';

/** A published digest, as the console lists it. */
export interface DigestSummary {
  /** Name and window start, e.g. `daily-2026-11-21T0800Z`; a second run of the same window overwrites the same bytes. */
  readonly id: string;
  readonly name: string;
  readonly window: Window;
  readonly publishedAt: number;
  readonly headline: string;
  readonly alerts: number;
  readonly findings: number;
}

export interface RenderedDigest {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly json: string;
}

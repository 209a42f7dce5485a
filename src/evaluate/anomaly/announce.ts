import { type Crossing, further, type Sighting } from './detector.ts';

export type Side = 'above' | 'below' | 'both';

/** So many samples within the usual end an incident. */
export const QUIET_SAMPLES = 12;

/** Margin at which a score is one half; the threshold of medium sensitivity. */
export const MEDIUM = 0.12;

/** How far into an incident a series is. */
export interface Incident {
  /** Samples since the last crossing. */
  readonly quiet: number;
  /** Largest margin of the incident. */
  readonly level: number;
}

export const NO_INCIDENT: Incident = { quiet: QUIET_SAMPLES, level: 0 };

/** What of a sighting concerns the side that is watched: the crossing that goes furthest. */
export function crossingOf({ above, below, unlike }: Sighting, side: Side): Crossing | null {
  if (side === 'above') return above;
  if (side === 'below') return below;
  return further(further(above, below), unlike);
}

/**
 * What is news in a margin: all of it where it begins an incident or goes further than the incident ever went, else nothing. So one
 * incident is announced once, whatever the threshold, and again only if it gets worse.
 */
export function announce({ quiet, level }: Incident, margin: number): { readonly news: number; readonly incident: Incident } {
  if (margin <= 0) return { news: 0, incident: quiet + 1 >= QUIET_SAMPLES ? NO_INCIDENT : { quiet: quiet + 1, level } };
  return { news: margin > level ? margin : 0, incident: { quiet: 0, level: Math.max(level, margin) } };
}

/** A margin as a score in [0, 1): one half at the threshold of medium sensitivity. */
export function scoreOf(margin: number): number {
  return margin / (margin + MEDIUM);
}

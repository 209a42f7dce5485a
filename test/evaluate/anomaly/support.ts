import { crossingOf, MEDIUM } from '../../../src/evaluate/anomaly/announce.ts';
import { type Detector, openDetector, type Sighting } from '../../../src/evaluate/anomaly/detector.ts';
import { MINIMUM_HISTORY } from '../../../src/evaluate/anomaly/stream.ts';
import { DAY, HOUR, MINUTE } from '../../../src/model/duration.ts';

export { DAY, HOUR, MINUTE };

/** A Monday, 00:00 UTC. */
export const MONDAY = Date.UTC(2026, 0, 5);
export const STEP = 5 * MINUTE;

/** A value at a time; noise that repeats after an odd number of samples, so that no hour is like another. */
export type Shape = (at: number) => number;
const wobble = (at: number): number => ((at / STEP) * 7919) % 17;
export const steady: Shape = (at) => 100 + wobble(at);
/** Busy from 8 to 18 h, else nearly nothing. */
export const officeHours: Shape = (at) => (hourAt(at) >= 8 && hourAt(at) < 18 ? 1_000 + wobble(at) : 20 + wobble(at));
export const workWeek: Shape = (at) => (Math.floor((at - MONDAY) / DAY) % 7 < 5 ? officeHours(at) : 20 + wobble(at));

export function hourAt(at: number): number {
  return Math.floor((at % DAY) / HOUR);
}

export function fresh(history = MINIMUM_HISTORY): Detector {
  return openDetector([], null, history, MEDIUM);
}

/** Feeds `[from, to)` and gives every sighting that crosses something. */
export function feed(
  detector: Detector,
  shape: Shape,
  from: number,
  to: number,
  step = STEP,
): readonly (Sighting & { readonly at: number })[] {
  const seen: (Sighting & { readonly at: number })[] = [];
  for (let at = from; at < to; at += step) {
    const sighting = detector.take(at, shape(at));
    if (crossingOf(sighting, 'both') !== null) seen.push({ at, ...sighting });
  }
  return seen;
}

/** Those that medium sensitivity would speak of. */
export function strong<Seen extends Sighting>(sightings: readonly Seen[], margin = MEDIUM): readonly Seen[] {
  return sightings.filter((one) => (crossingOf(one, 'both')?.margin ?? 0) >= margin);
}

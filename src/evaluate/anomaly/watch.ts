import type { BandPoint } from '../../model/alert.ts';
import type { Excursion, Extent, SeriesBaseline, SeriesMemory } from '../../model/baseline.ts';
import type { AnomalyCondition, Sensitivity } from '../../model/rule.ts';
import { MEDIUM, QUIET_SAMPLES } from './announce.ts';
import { dayOf } from './day.ts';
import { atLeast, type Crossing, type Detector, openDetector, type Sighting, SPREADS } from './detector.ts';
import { type Range, widthOf } from './range.ts';

/** How far beyond its range a series must go for an incident to begin, in widths of all that it was ever seen to be. */
const MARGINS: Readonly<Record<Sensitivity, number>> = { low: 2 * MEDIUM, medium: MEDIUM, high: MEDIUM / 2 };

export type WatchOutcome = 'learning' | 'usual' | 'outside';

/** One series under an anomaly condition. */
export interface Watch {
  take(at: number, value: number): WatchOutcome;
  /** How many of the last `of` samples were outside. */
  outsideOf(of: number): number;
  /** Between what values a sample at `at` is no breach. */
  band(at: number): BandPoint;
  /** `null` before the first sample. */
  memory(): SeriesMemory | null;
  baseline(): SeriesBaseline;
}

/**
 * Follows a series through its incidents. One begins where a look goes beyond its range by the margin of the sensitivity. It lasts while the
 * series is outside of what was usual when it began, however little, and is over after twelve samples within; what the incident itself
 * teaches makes nothing usual before it has lasted over two midnights.
 */
export function openWatch(condition: AnomalyCondition, days: SeriesBaseline, memory: SeriesMemory | null): Watch {
  return new IncidentWatch(condition, days, memory);
}

class IncidentWatch implements Watch {
  private readonly margin: number;
  private readonly side: AnomalyCondition['side'];
  private readonly detector: Detector;
  private excursion: Excursion | null;
  private verdicts: number;

  constructor({ sensitivity, side, history }: AnomalyCondition, days: SeriesBaseline, memory: SeriesMemory | null) {
    this.margin = MARGINS[sensitivity];
    this.side = side;
    this.detector = openDetector(days, memory?.track ?? null, history, this.margin);
    this.excursion = memory?.excursion ?? null;
    this.verdicts = memory?.verdicts ?? 0;
  }

  take(at: number, value: number): WatchOutcome {
    const outcome = this.judge(at, this.detector.take(at, value));
    this.verdicts = ((this.verdicts << 1) | (outcome === 'outside' ? 1 : 0)) >>> 0;
    return outcome;
  }

  outsideOf(of: number): number {
    let count = 0;
    for (let index = 0; index < of; index++) count += (this.verdicts >>> index) & 1;
    return count;
  }

  band(at: number): BandPoint {
    return bandAt(this.detector, this.excursion, this.side, this.margin, at);
  }

  memory(): SeriesMemory | null {
    const track = this.detector.track();
    return track === null ? null : { track, excursion: this.excursion, verdicts: this.verdicts };
  }

  baseline(): SeriesBaseline {
    return this.detector.baseline();
  }

  private judge(at: number, sighting: Sighting): WatchOutcome {
    const { detector, side, margin } = this;
    if (!sighting.ready) return 'learning';
    if (this.excursion === null) {
      const crossing = beginningOf(sighting, side, margin);
      if (crossing === null) return 'usual';
      this.excursion = excursionOf(crossing, detector, at);
      return 'outside';
    }
    if (dayOf(at) !== this.excursion.day) this.excursion = nextDay(this.excursion, detector, at);
    if (isOutside(this.excursion, detector, side, at)) {
      this.excursion = { ...this.excursion, inside: 0 };
      return 'outside';
    }
    const inside = this.excursion.inside + 1;
    this.excursion = inside >= QUIET_SAMPLES ? null : { ...this.excursion, inside };
    return 'usual';
  }
}

/** A look that says which side the value is on comes before one that only says that the series is of another making. */
function beginningOf({ above, below, unlike }: Sighting, side: AnomalyCondition['side'], margin: number): Crossing | null {
  const candidates = side === 'above' ? [above] : side === 'below' ? [below] : [above, below, unlike];
  return candidates.find((one) => one !== null && one.margin >= margin) ?? null;
}

function excursionOf({ look, direction, limit }: Crossing, detector: Detector, at: number): Excursion {
  const residual = extentOf(detector.range('residual'));
  return {
    look,
    direction,
    limit,
    since: at,
    day: dayOf(at),
    value: extentOf(detector.range('value')) ?? [0, 0],
    residual,
    inside: 0,
  };
}

function nextDay(old: Excursion, detector: Detector, at: number): Excursion {
  const own = detector.settled(old.look);
  const limit = old.direction === 'above' ? own.high : own.low;
  return {
    ...old,
    day: dayOf(at),
    limit: Number.isFinite(limit) ? limit : old.limit,
    value: extentOf(detector.settled('value')) ?? old.value,
    residual: extentOf(detector.settled('residual')),
  };
}

function extentOf({ low, high }: Range): Extent | null {
  return low <= high ? [low, high] : null;
}

function isOutside(excursion: Excursion, detector: Detector, side: AnomalyCondition['side'], at: number): boolean {
  if (isBeyond(detector.stands('value'), excursion.value, side)) return true;
  const spread = SPREADS * (detector.usual(at)?.spread ?? 0);
  if (excursion.residual !== null) {
    const { low, high } = atLeast({ low: excursion.residual[0], high: excursion.residual[1] }, spread);
    if (isBeyond(detector.stands('residual'), [low, high], side)) return true;
  }
  const { look, direction, limit } = excursion;
  if (look === 'value' || look === 'residual') return false;
  const stands = detector.stands(look);
  return stands !== null && (direction === 'above' ? stands > limit : stands < limit);
}

function isBeyond(stands: number | null, [low, high]: Extent, side: AnomalyCondition['side']): boolean {
  return stands !== null && ((side !== 'below' && stands > high) || (side !== 'above' && stands < low));
}

/** The looks that depend on one sample alone bound it: the value, and its distance from what is usual at the hour. */
function bandAt(
  detector: Detector,
  excursion: Excursion | null,
  side: AnomalyCondition['side'],
  margin: number,
  at: number,
): BandPoint {
  const reach = ({ least, most }: Range): number => (most >= least ? margin * widthOf(least, most) : 0);
  const value = detector.range('value');
  const residual = detector.range('residual');
  const usual = detector.usual(at);
  const [valueLow, valueHigh] = excursion?.value ?? [value.low, value.high];
  let lower = valueLow - reach(value);
  let upper = valueHigh + reach(value);
  const frozen = excursion === null ? extentOf(residual) : excursion.residual;
  if (usual !== null && frozen !== null) {
    const bounds = atLeast({ low: frozen[0], high: frozen[1] }, SPREADS * usual.spread);
    lower = Math.max(lower, usual.median + bounds.low - reach(residual));
    upper = Math.min(upper, usual.median + bounds.high + reach(residual));
  }
  return {
    at,
    lower: side === 'above' || !Number.isFinite(lower) ? null : lower,
    upper: side === 'below' || !Number.isFinite(upper) ? null : upper,
    usual: usual?.median ?? null,
  };
}

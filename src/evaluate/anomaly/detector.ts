import type { DaySummary, Look, SeriesBaseline, SeriesTrack } from '../../model/baseline.ts';
import { DAY } from '../../model/duration.ts';
import { addToDay, beginDay, dayOf, extentsOf, hourOf, summaryOf, type Today } from './day.ts';
import { LOOKS, lookAt, MEANING, REMEMBERED } from './looks.ts';
import { NOTHING, type Range, rangesOf, widthOf } from './range.ts';
import { type Usual, usualAt } from './season.ts';

/** Days that a baseline holds: four of every weekday. */
export const BASELINE_DAYS = 28;

/** What a series must have shown before anything is said of it. */
export interface History {
  /** Milliseconds from its first sample on. */
  readonly time: number;
  readonly samples: number;
}

/** Robust spreads that the distance from the usual may always have, however narrow the last weeks were. */
export const SPREADS = 3;

/** After a silence of so long the samples before it are not neighbours of those after it. */
const LONGEST_GAP = DAY;

/** What one sample shows. */
export interface Sighting {
  /** Whether there was history enough to say anything. */
  readonly ready: boolean;
  /** The furthest that any look goes beyond its range, by side; `null`: none does. */
  readonly above: Crossing | null;
  readonly below: Crossing | null;
  /** Neither too high nor too low: steadier or less steady than ever. */
  readonly unlike: Crossing | null;
}

/** A look beyond its range: how far, in widths of all that it was ever seen to be. */
export interface Crossing {
  readonly look: Look;
  /** On which side of its own range the look is. */
  readonly direction: 'above' | 'below';
  readonly limit: number;
  readonly margin: number;
}

export interface Detector {
  /** Takes the next sample in; a sample that is not newer than the last one changes nothing and shows nothing. */
  take(at: number, value: number): Sighting;
  /** Where the looks stand at the last sample. */
  stands(look: Look): number | null;
  usual(at: number): Usual | null;
  /** Range of a look as the last sample found it. */
  range(look: Look): Range;
  /** Range of a look over the finished days alone. */
  settled(look: Look): Range;
  /** Days that ended since `open`, and those before. */
  baseline(): SeriesBaseline;
  /** `null` before the first sample. */
  track(): SeriesTrack | null;
  /** The day under way as if it ended now; `null` before the first sample. */
  summary(): DaySummary | null;
}

const QUIET: Sighting = { ready: false, above: null, below: null, unlike: null };

/**
 * One series, sample by sample. Every look is compared with the range that it has shown in the last four weeks and today; a sample that
 * leaves one is a crossing, measured in widths of what was ever seen. So a series that often jumps must jump further, and one that
 * never does need hardly move; no scale has to be set. A sample that goes further than `margin` widens the range of the day by at most
 * the width; one whose
 * distance from its hour goes less far does not, so that what creeps away step by step is noticed once it has come so far. Of finished
 * days the oddest one does not count. So neither one huge value nor one bad day nor patience blinds what comes after.
 */
export function openDetector(days: SeriesBaseline, track: SeriesTrack | null, history: History, margin: number): Detector {
  return new RangeDetector(days, track, history, margin);
}

class RangeDetector implements Detector {
  private readonly days: SeriesBaseline;
  private readonly history: History;
  private readonly margin: number;
  private finished: SeriesBaseline;
  private today: Today | null;
  private since: number;
  private samples: number;
  private lastAt: number;
  private values: number[];
  private times: number[];
  /** By hour of the day under way; `undefined`: not looked up yet. */
  private usuals: (Usual | null | undefined)[] = [];
  /** Of the finished days; `null`: not gone through since the day began. */
  private ranges: readonly Range[] | null = null;
  private seasonKnown = false;
  private ready = false;
  private readonly stand: number[] = LOOKS.map(() => Number.NaN);
  private readonly found: Range[] = LOOKS.map(() => NOTHING);

  constructor(days: SeriesBaseline, track: SeriesTrack | null, history: History, margin: number) {
    this.days = days;
    this.history = history;
    this.margin = margin;
    this.finished = days;
    this.today = track === null ? null : resumed(track);
    this.since = track?.since ?? Number.NaN;
    this.samples = track?.samples ?? 0;
    this.lastAt = track?.lastAt ?? Number.NEGATIVE_INFINITY;
    this.values = [...(track?.values ?? [])];
    this.times = [...(track?.times ?? [])];
  }

  take(at: number, value: number): Sighting {
    if (at <= this.lastAt || !Number.isFinite(value)) return { ...QUIET, ready: this.ready };
    const now = this.turn(at);
    this.remember(at, value);
    addToDay(now, at, value);

    const { stand, margin, seasonKnown } = this;
    const expected = this.usual(at);
    lookAt(this.values, expected?.median ?? null, stand);
    this.ready = this.ready || this.isReady(at);
    const { ready } = this;
    let above: Crossing | null = null;
    let below: Crossing | null = null;
    let unlike: Crossing | null = null;
    for (let index = 0; index < LOOKS.length; index++) {
      const stands = stand[index] as number;
      if (Number.isNaN(stands)) continue;
      const look = LOOKS[index] as Look;
      const range = this.rangeNow(index);
      this.found[index] = range;
      const width = widthOf(range.least, range.most);
      const armed = ready && (look !== 'residual' || seasonKnown);
      if (range.low > range.high) {
        widen(now, index, stands, stands, true);
        continue;
      }
      let learns = true;
      if (armed) {
        const bounds = look === 'residual' && expected !== null ? atLeast(range, SPREADS * expected.spread) : range;
        const crossing = crossingOf(look, stands, bounds, width);
        const meaning = crossing === null ? null : MEANING[look][crossing.direction];
        if (meaning === 'above') above = further(above, crossing);
        else if (meaning === 'below') below = further(below, crossing);
        else if (meaning === 'unlike') unlike = crossing;
        learns = crossing === null || crossing.margin >= margin || look !== 'residual';
      }
      const reach = armed && range.most > range.least ? width : Number.POSITIVE_INFINITY;
      widen(now, index, Math.max(stands, range.low - reach), Math.min(stands, range.high + reach), learns);
    }
    return { ready, above, below, unlike };
  }

  stands(look: Look): number | null {
    const value = this.stand[LOOKS.indexOf(look)] as number;
    return Number.isNaN(value) ? null : value;
  }

  usual(at: number): Usual | null {
    const day = dayOf(at);
    if (this.today !== null && day !== this.today.day) return usualAt(this.finished, day, hourOf(at));
    const hour = hourOf(at);
    let known = this.usuals[hour];
    if (known === undefined) {
      known = usualAt(this.finished, day, hour);
      this.usuals[hour] = known;
    }
    return known;
  }

  range(look: Look): Range {
    return this.found[LOOKS.indexOf(look)] ?? NOTHING;
  }

  settled(look: Look): Range {
    return this.ranges?.[LOOKS.indexOf(look)] ?? NOTHING;
  }

  baseline(): SeriesBaseline {
    return this.finished;
  }

  track(): SeriesTrack | null {
    const { today, since, samples, lastAt } = this;
    if (today === null) return null;
    const { day, samples: daySamples, hour } = today;
    const hours: (number | null)[] = [];
    for (let index = 0; index < today.hours.length; index++) hours.push(today.hours[index] ?? null);
    return {
      since,
      samples,
      lastAt,
      values: [...this.values],
      times: [...this.times],
      day,
      daySamples,
      hours,
      hour,
      hourValues: [...today.hourValues],
      extents: extentsOf(today.low, today.high),
      usualExtents: extentsOf(today.usualLow, today.usualHigh),
    };
  }

  summary(): DaySummary | null {
    const { today } = this;
    return today === null ? null : summaryOf({ ...today, hours: [...today.hours], hourValues: [...today.hourValues] });
  }

  private remember(at: number, value: number): void {
    if (this.samples === 0) this.since = at;
    else if (at - this.lastAt > LONGEST_GAP) {
      this.values = [];
      this.times = [];
    }
    this.samples += 1;
    this.lastAt = at;
    this.values.push(value);
    this.times.push(at);
    if (this.values.length > REMEMBERED) {
      this.values.shift();
      this.times.shift();
    }
  }

  private isReady(at: number): boolean {
    const { days, history, samples, since } = this;
    const first = days[0];
    const before = first === undefined || first.day * DAY >= since ? 0 : samplesBefore(days, since);
    const began = before === 0 || first === undefined ? since : first.day * DAY;
    return samples + before >= history.samples && at - began >= history.time;
  }

  private turn(at: number): Today {
    const day = dayOf(at);
    if (this.today === null || this.today.day !== day) {
      if (this.today !== null) this.finished = withDay(this.finished, summaryOf(this.today));
      if (this.finished.some((one) => day - one.day > BASELINE_DAYS))
        this.finished = this.finished.filter((one) => day - one.day <= BASELINE_DAYS);
      this.today = beginDay(at);
      this.usuals = [];
      this.ranges = null;
    }
    if (this.ranges === null) {
      this.ranges = rangesOf(this.finished);
      this.seasonKnown = this.finished.some(({ extents }) => extents.residual !== undefined);
    }
    return this.today;
  }

  private rangeNow(index: number): Range {
    const { low, high, least, most } = this.ranges?.[index] ?? NOTHING;
    const { today } = this;
    if (today === null) return { low, high, least, most };
    return {
      low: Math.min(low, today.usualLow[index] as number),
      high: Math.max(high, today.usualHigh[index] as number),
      least: Math.min(least, today.low[index] as number),
      most: Math.max(most, today.high[index] as number),
    };
  }
}

/** Takes a sample into the day; what is beyond the usual without being an incident does not become usual by it. */
function widen(today: Today, index: number, low: number, high: number, learns: boolean): void {
  today.low[index] = Math.min(today.low[index] as number, low);
  today.high[index] = Math.max(today.high[index] as number, high);
  if (!learns) return;
  today.usualLow[index] = Math.min(today.usualLow[index] as number, low);
  today.usualHigh[index] = Math.max(today.usualHigh[index] as number, high);
}

/** Samples of days that were read although they lie before the first sample of its own. */
function samplesBefore(days: SeriesBaseline, since: number): number {
  const day = dayOf(since);
  return days.reduce((sum, one) => (one.day < day ? sum + one.samples : sum), 0);
}

/** Bounds of the residual, never closer than the spread of its hour allows. */
export function atLeast(
  { low, high }: Pick<Range, 'low' | 'high'>,
  reach: number,
): { readonly low: number; readonly high: number } {
  return { low: Math.min(low, -reach), high: Math.max(high, reach) };
}

function crossingOf(look: Look, stands: number, { low, high }: Pick<Range, 'low' | 'high'>, width: number): Crossing | null {
  if (stands > high) return { look, direction: 'above', limit: high, margin: (stands - high) / width };
  if (stands < low) return { look, direction: 'below', limit: low, margin: (low - stands) / width };
  return null;
}

/** The one with the larger margin. */
export function further(one: Crossing | null, other: Crossing | null): Crossing | null {
  return other === null || (one !== null && one.margin >= other.margin) ? one : other;
}

/** A day that is read later takes the place of what was known of it. */
export function withDay(days: SeriesBaseline, summary: DaySummary): SeriesBaseline {
  return [...days.filter((one) => one.day !== summary.day), summary].sort((a, b) => a.day - b.day);
}

function resumed({ day, daySamples, hours, hour, hourValues, extents, usualExtents }: SeriesTrack): Today {
  const today = { ...beginDay(day * DAY), samples: daySamples, hours: [...hours], hour, hourValues: [...hourValues] };
  LOOKS.forEach((look, index) => {
    const extent = extents[look];
    const usual = usualExtents[look];
    if (extent !== undefined) {
      today.low[index] = extent[0];
      today.high[index] = extent[1];
    }
    if (usual !== undefined) {
      today.usualLow[index] = usual[0];
      today.usualHigh[index] = usual[1];
    }
  });
  return today;
}

import type { DaySummary, Look, SeriesBaseline, SeriesMemory } from '../../model/baseline.ts';
import { DAY } from '../../model/duration.ts';
import { addToHour, beginDay, dayOf, extentsOf, hourOf, summaryOf, type Today } from './day.ts';
import { LOOKS, lookAt, MEANING, REMEMBERED } from './looks.ts';
import { NOTHING, type Range, rangeOf, widthOf } from './range.ts';
import { type Usual, usualAt } from './season.ts';

/** Days that a baseline holds: four of every weekday. */
const BASELINE_DAYS = 28;

/** What a series must have shown before anything is said of it. */
export interface History {
  /** Milliseconds from its first sample on. */
  readonly time: number;
  readonly samples: number;
}

/** An hour of the week that has only now got its first comparisons says nothing for so long. */
const SEASON_LEARNING = DAY;

/** Robust spreads that the distance from the usual may always have, however narrow the last weeks were. */
const SPREADS = 3;

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
  /** Range of a look at the last sample, of what is usual. */
  range(look: Look): Range;
  /** Days that ended since `open`, and those before. */
  baseline(): SeriesBaseline;
  memory(): Omit<SeriesMemory, 'quiet' | 'level' | 'excursion' | 'verdicts'>;
}

const QUIET: Sighting = { ready: false, above: null, below: null, unlike: null };

/**
 * One series, sample by sample. Every look is compared with the range that it has shown in the last four weeks and today; a sample that
 * leaves one is a crossing, measured in widths of what was ever seen. So a series that often jumps must jump further, and one that
 * never does need hardly move; no scale has to be set. What crosses widens the range of the day by at most its own width, and of
 * finished days the oddest one does not count, so that neither one huge value nor one bad day blinds what comes after.
 */
export function openDetector(
  days: SeriesBaseline,
  memory: Pick<SeriesMemory, keyof ReturnType<Detector['memory']>> | null,
  history: History,
): Detector {
  let baseline = days;
  let today: Today | null = memory === null ? null : resumed(memory);
  let since = memory?.since ?? 0;
  let samples = memory?.samples ?? 0;
  let lastAt = memory?.lastAt ?? Number.NEGATIVE_INFINITY;
  let seasonSince = memory?.seasonSince ?? null;
  let values = [...(memory?.values ?? [])];
  let usuals: (Usual | null | undefined)[] = [];
  let ranges: readonly Range[] | null = null;
  const stand = new Float64Array(LOOKS.length).fill(Number.NaN);

  function turn(at: number): Today {
    const day = dayOf(at);
    if (today === null || today.day !== day) {
      if (today !== null) baseline = withDay(baseline, summaryOf(today));
      baseline = baseline.filter((one) => day - one.day <= BASELINE_DAYS);
      today = beginDay(at);
      usuals = [];
      ranges = null;
    }
    ranges ??= LOOKS.map((look) => rangeOf(baseline, look));
    return today;
  }

  function usual(at: number): Usual | null {
    const day = dayOf(at);
    if (today !== null && day !== today.day) return usualAt(baseline, day, hourOf(at));
    const hour = hourOf(at);
    let found = usuals[hour];
    if (found === undefined) {
      found = usualAt(baseline, day, hour);
      usuals[hour] = found;
    }
    return found;
  }

  function rangeNow(index: number): Range {
    const { low, high, least, most } = ranges?.[index] ?? NOTHING;
    const [from, to] = [today?.low[index] ?? Number.POSITIVE_INFINITY, today?.high[index] ?? Number.NEGATIVE_INFINITY];
    return { low: Math.min(low, from), high: Math.max(high, to), least: Math.min(least, from), most: Math.max(most, to) };
  }

  return {
    take(at, value) {
      if (at <= lastAt || !Number.isFinite(value)) return QUIET;
      const now = turn(at);
      if (samples === 0) since = at;
      else if (at - lastAt > LONGEST_GAP) values = [];
      samples += 1;
      lastAt = at;
      values.push(value);
      if (values.length > REMEMBERED) values.shift();
      addToHour(now, at, value, samples);

      const expected = usual(at);
      if (expected !== null) seasonSince ??= at;
      lookAt(values, expected?.median ?? null, stand);
      const ready = samples >= history.samples && at - since >= history.time;
      const seasonReady = ready && seasonSince !== null && at - seasonSince >= SEASON_LEARNING;
      let above: Crossing | null = null;
      let below: Crossing | null = null;
      let unlike: Crossing | null = null;
      for (let index = 0; index < LOOKS.length; index++) {
        const stands = stand[index] as number;
        if (Number.isNaN(stands)) continue;
        const look = LOOKS[index] as Look;
        const range = rangeNow(index);
        const width = widthOf(range.least, range.most);
        const armed = look === 'residual' ? seasonReady : ready;
        if (range.low > range.high) {
          now.low[index] = stands;
          now.high[index] = stands;
          continue;
        }
        if (armed) {
          const bounds = look === 'residual' && expected !== null ? atLeast(range, SPREADS * expected.spread) : range;
          const crossing = crossingOf(look, stands, bounds, width);
          const meaning = crossing === null ? null : MEANING[look][crossing.direction];
          if (meaning === 'above') above = further(above, crossing);
          else if (meaning === 'below') below = further(below, crossing);
          else if (meaning === 'unlike') unlike = crossing;
        }
        const reach = armed ? width : Number.POSITIVE_INFINITY;
        now.low[index] = Math.min(now.low[index] as number, Math.max(stands, range.low - reach));
        now.high[index] = Math.max(now.high[index] as number, Math.min(stands, range.high + reach));
      }
      return { ready, above, below, unlike };
    },
    stands(look) {
      const value = stand[LOOKS.indexOf(look)] as number;
      return Number.isNaN(value) ? null : value;
    },
    usual,
    range: (look) => rangeNow(LOOKS.indexOf(look)),
    baseline: () => baseline,
    memory() {
      const now = today ?? beginDay(0);
      const hours = Array.from({ length: now.hours.length }, (_, hour) => now.hours[hour] ?? null);
      const { day, hour, hourValues } = now;
      return { since, samples, lastAt, seasonSince, values: [...values], day, hours, hour, hourValues, extents: extentsOf(now) };
    },
  };
}

function atLeast({ low, high }: Range, reach: number): { readonly low: number; readonly high: number } {
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

/** A day that is read again takes the place of what was known of it. */
function withDay(days: SeriesBaseline, summary: DaySummary): SeriesBaseline {
  return [...days.filter((one) => one.day !== summary.day), summary].sort((a, b) => a.day - b.day);
}

function resumed({
  day,
  hours,
  hour,
  hourValues,
  extents,
}: Pick<SeriesMemory, 'day' | 'hours' | 'hour' | 'hourValues' | 'extents'>): Today {
  const today = { ...beginDay(day * DAY), hours: [...hours], hour, hourValues: [...hourValues] };
  LOOKS.forEach((look, index) => {
    const extent = extents[look];
    if (extent === undefined) return;
    [today.low[index], today.high[index]] = extent;
  });
  return today;
}

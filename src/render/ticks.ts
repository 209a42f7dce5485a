import { DAY, HOUR, MINUTE } from '../model/duration.ts';
import { formatClock, formatDay, localTime, zoneOffset } from './time.ts';

export interface Scale {
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly ticks: readonly number[];
}

export interface TimeTick {
  readonly at: number;
  readonly label: string;
}

/** Below this a quarter of a range is no number any more. */
const LEAST_RANGE = 1e-300;

/**
 * A scale that holds `[low, high]` and whose ends and ticks are multiples of 1, 2 or 5 × 10ⁿ, in at most about `wanted` steps.
 * An empty range is widened, so that a flat line has a place to be drawn.
 */
export function niceScale(low: number, high: number, wanted: number): Scale {
  const [from, to] = high - low < LEAST_RANGE ? widened(low) : [low, high];
  const step = niceStep((to - from) / wanted);
  // Multiples are computed from whole numbers, so that 3 × 0.1 does not become 0.30000000000000004.
  const first = Math.floor(clean(from / step));
  const last = Math.ceil(clean(to / step));
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => clean((first + index) * step));
  return { min: ticks[0] ?? from, max: ticks[ticks.length - 1] ?? to, step, ticks };
}

const STEPS: readonly number[] = [
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 7, 14, 28].map((days) => days * DAY),
];

/**
 * Round times of the zone's wall clock within `[start, end]`, at most `wanted`; also right on days on which the clock is moved.
 * A tick at midnight is labelled with its day.
 */
export function timeTicks(start: number, end: number, zone: string, wanted: number): readonly TimeTick[] {
  const least = (end - start) / wanted;
  const step = STEPS.find((size) => size >= least) ?? Math.ceil(least / (28 * DAY)) * 28 * DAY;
  const ticks: TimeTick[] = [];
  const from = Math.floor((start + zoneOffset(start, zone)) / step) * step;
  for (let local = from; local <= end + zoneOffset(end, zone) + HOUR; local += step) {
    const at = momentOf(local, zone);
    const previous = ticks[ticks.length - 1];
    if (at < start || at > end || (previous !== undefined && at <= previous.at)) continue;
    const { hour, minute } = localTime(at, zone);
    const midnight = hour === 0 && minute === 0;
    ticks.push({ at, label: midnight || step >= DAY ? formatDay(at, zone) : formatClock(at, zone) });
  }
  return ticks;
}

/** The moment at which the zone's clock shows `local` (ms as if it were UTC); a time that the clock skips is the moment after. */
function momentOf(local: number, zone: string): number {
  const guess = local - zoneOffset(local, zone);
  return local - zoneOffset(guess, zone);
}

function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 5, 10].find((size) => size * power >= least * (1 - 1e-9)) ?? 10;
  return clean(factor * power);
}

function widened(value: number): readonly [number, number] {
  if (Math.abs(value) < LEAST_RANGE) return [0, 1];
  return value > 0 ? [0, value] : [value, 0];
}

function clean(value: number): number {
  return Number(value.toPrecision(12));
}

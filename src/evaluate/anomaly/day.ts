import type { DaySummary, Extent, Extents, Look } from '../../model/baseline.ts';
import { DAY, HOUR } from '../../model/duration.ts';
import { LOOKS } from './looks.ts';
import { median } from './median.ts';

/** Samples of one hour that are kept for its median; at one a minute all of them. */
const MOST_IN_HOUR = 60;

/** Digits that summaries keep: more than a chart shows, and a third of the bytes. */
const DIGITS = 5;

/** The day under way: it gathers what will be its summary. */
export interface Today {
  readonly day: number;
  samples: number;
  hours: (number | null)[];
  hour: number;
  hourValues: number[];
  /** By the index of the look; empty while `low > high`. */
  readonly low: number[];
  readonly high: number[];
  /** How much of that counts as usual already. */
  readonly usualLow: number[];
  readonly usualHigh: number[];
}

export function dayOf(at: number): number {
  return Math.floor(at / DAY);
}

export function hourOf(at: number): number {
  return Math.floor((at - dayOf(at) * DAY) / HOUR);
}

export function beginDay(at: number): Today {
  return {
    day: dayOf(at),
    samples: 0,
    hours: [],
    hour: hourOf(at),
    hourValues: [],
    low: forEachLook(Number.POSITIVE_INFINITY),
    high: forEachLook(Number.NEGATIVE_INFINITY),
    usualLow: forEachLook(Number.POSITIVE_INFINITY),
    usualHigh: forEachLook(Number.NEGATIVE_INFINITY),
  };
}

function forEachLook(value: number): number[] {
  return new Array<number>(LOOKS.length).fill(value);
}

/** Of an hour with more samples than are kept, every later one takes the place of an earlier one in turn. */
export function addToDay(today: Today, at: number, value: number): void {
  today.samples += 1;
  const hour = hourOf(at);
  if (hour !== today.hour) {
    closeHour(today);
    today.hour = hour;
  }
  if (today.hourValues.length < MOST_IN_HOUR) today.hourValues.push(value);
  else today.hourValues[today.samples % MOST_IN_HOUR] = value;
}

function closeHour(today: Today): void {
  if (today.hourValues.length === 0) return;
  today.hours[today.hour] = rounded(median(today.hourValues));
  today.hourValues = [];
}

export function summaryOf(today: Today): DaySummary {
  closeHour(today);
  const hours = Array.from({ length: 24 }, (_, hour) => today.hours[hour] ?? null);
  return { day: today.day, samples: today.samples, hours, extents: extentsOf(today.low, today.high, outward) };
}

export function extentsOf(
  low: readonly number[],
  high: readonly number[],
  kept: (extent: Extent) => Extent = unchanged,
): Extents {
  const extents: Partial<Record<Look, Extent>> = {};
  for (let index = 0; index < LOOKS.length; index++) {
    const least = low[index] as number;
    const most = high[index] as number;
    if (least <= most) extents[LOOKS[index] as Look] = kept([least, most]);
  }
  return extents;
}

function unchanged(extent: Extent): Extent {
  return extent;
}

/** Rounded so that what lay within lies within still. */
function outward([low, high]: Extent): Extent {
  const [least, most] = [rounded(low), rounded(high)];
  const unit = (value: number) => Math.abs(value) * 10 ** (1 - DIGITS);
  return [least > low ? rounded(least - unit(least)) : least, most < high ? rounded(most + unit(most)) : most];
}

function rounded(value: number): number {
  return Number(value.toPrecision(DIGITS));
}

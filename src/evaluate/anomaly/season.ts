import type { SeriesBaseline } from '../../model/baseline.ts';
import { deviation, median } from './median.ts';

/** Weekdays of one kind from which on an hour of the week is compared with itself; before that with the same hour of other days. */
const WEEKS = 3;
const MOST_WEEKS = 4;
/** Days whose hours are compared while there are too few weeks. */
const DAYS = 2;
const MOST_DAYS = 7;

/** What is usual at an hour. */
export interface Usual {
  /** Median over the days that are alike. */
  readonly median: number;
  /** Their median absolute deviation from it, scaled to a standard deviation. */
  readonly spread: number;
}

/**
 * What is usual at an hour of a day: the median of that hour of the week over up to four weeks, or, before there are three, of that
 * hour over the last seven days. `null` while fewer than two days have it.
 */
export function usualAt(days: SeriesBaseline, day: number, hour: number): Usual | null {
  const sameWeekday: number[] = [];
  const recent: number[] = [];
  for (let index = days.length - 1; index >= 0; index--) {
    const one = days[index];
    const value = one?.hours[hour] ?? null;
    if (one === undefined || value === null) continue;
    const age = day - one.day;
    if (age % 7 === 0 && sameWeekday.length < MOST_WEEKS) sameWeekday.push(value);
    if (age <= MOST_DAYS) recent.push(value);
  }
  const alike = sameWeekday.length >= WEEKS ? sameWeekday : recent;
  if (alike.length < DAYS) return null;
  const centre = median(alike);
  return { median: centre, spread: deviation(alike, centre) };
}

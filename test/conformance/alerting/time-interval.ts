import { containsTime, intervalsAt } from '../../../src/alerts/time-interval.ts';
import { type AlertingCase, allOf, compared, type Fields, fields, list, text, type Verdict } from './case.ts';
import { configOf, intervalOf } from './tocsin-yaml.ts';

function intervalsOf(named: Fields) {
  const timeIntervals = Object.entries(named).map(([name, intervals]) => ({
    name,
    intervals: list(intervals).map((one) => intervalOf(fields(one))),
  }));
  return configOf({ timeIntervals }).timeIntervals;
}

/** An interval: which times are inside. */
export async function timeInterval({ given, expect }: AlertingCase): Promise<Verdict> {
  const [named] = intervalsOf({ case: [given.interval] });
  const inside = (time: unknown): boolean =>
    named?.intervals.some((interval) => containsTime(interval, Date.parse(text(time)))) === true;
  const [contains, excludes] = [list(expect.contains), list(expect.excludes)];
  return allOf([
    compared('contains', contains.filter(inside), contains),
    compared(
      'excludes',
      excludes.filter((time) => !inside(time)),
      excludes,
    ),
  ]);
}

/** Intervals under names: which of them mute at each time. */
export async function timeMute({ given, expect }: AlertingCase): Promise<Verdict> {
  const defined = intervalsOf(fields(given.intervals));
  const names = defined.map(({ name }) => name);
  const muted = list(given.now).map((time) => intervalsAt(names, defined, Date.parse(text(time))));
  return compared('muted by', muted, expect.muted_by);
}

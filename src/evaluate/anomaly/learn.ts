import type { ShardBaseline } from '../../model/baseline.ts';
import { DAY } from '../../model/duration.ts';
import type { AnomalyCondition, Rule } from '../../model/rule.ts';
import type { Reading } from '../../model/series.ts';
import { measureOf } from '../measure.ts';
import { MEDIUM } from './announce.ts';
import { dayOf } from './day.ts';
import { BASELINE_DAYS, openDetector, withDay } from './detector.ts';
import { seriesName } from './shard.ts';

/**
 * The next day that a baseline should be taught from the service: from four weeks ago up to yesterday, oldest first; `null`: none, or
 * its last data may still be on their way. Only metrics have a past that can be read at the rule's own windows: the series of a log rule
 * learn as they are judged.
 *
 * @param patience milliseconds after midnight from which on yesterday counts as complete.
 */
export function dayToRead(rule: Rule, baseline: ShardBaseline | null, now: number, patience: number): number | null {
  if (rule.condition.kind !== 'anomaly' || rule.signal.kind !== 'metric') return null;
  const yesterday = dayOf(now - patience) - 1;
  const next = Math.max((baseline?.readDay ?? Number.NEGATIVE_INFINITY) + 1, yesterday - BASELINE_DAYS + 1);
  return next <= yesterday ? next : null;
}

/** The span that holds every window that begins on a day. */
export function spanOfDay(rule: Rule, day: number): { readonly start: number; readonly end: number } {
  return { start: day * DAY, end: (day + 1) * DAY + rule.window };
}

/**
 * A baseline that has learnt one whole day: the summary that its readings make takes the place of what was gathered while the day was
 * judged, when data were still late. Targets that could not be read keep what they have.
 */
export function learnDay(
  rule: Rule,
  condition: AnomalyCondition,
  baseline: ShardBaseline | null,
  readings: Readonly<Record<string, Reading>>,
  day: number,
): ShardBaseline {
  const measure = measureOf(rule.signal, rule.floor, { operator: condition.side === 'below' ? '<' : '>', threshold: 0 });
  const series = { ...baseline?.series };
  const first = Math.ceil((day * DAY + rule.window) / rule.every) * rule.every;
  for (const [target, reading] of Object.entries(readings)) {
    if (reading.status !== 'ok') continue;
    for (const one of reading.series) {
      const name = seriesName(target, one.labels, rule.signal.by);
      const days = series[name] ?? [];
      const detector = openDetector(
        days.filter((each) => each.day < day),
        null,
        condition.history,
        MEDIUM,
      );
      for (let end = first; end < (day + 1) * DAY + rule.window; end += rule.every) {
        const value = measure.of(one, end - rule.window, end);
        if (typeof value === 'number') detector.take(end - rule.window, value);
      }
      const summary = detector.summary();
      if (summary !== null) series[name] = withDay(days, summary);
    }
  }
  return { version: 1, readDay: day, series };
}

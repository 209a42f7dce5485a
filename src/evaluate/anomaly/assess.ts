import { type AnomalyCondition, isRatio, type Rule } from '../../model/rule.ts';
import type { Series } from '../../model/series.ts';
import type { Window } from '../../model/window.ts';
import type { Assessor, Outcome } from '../assessor.ts';
import { measureOf } from '../measure.ts';
import { seriesName, type Watches } from './shard.ts';

/** One window of a series as a sample of an anomaly rule. */
export type Sample = (series: Pick<Series, 'points' | 'over'>, window: Window) => number | 'none' | 'below floor';

/**
 * Every window is one sample, however long it is. Of log rows with a value the highest is the sample, of a rule that looks below the
 * lowest. Where rows are counted, none is a count, too.
 */
export function sampleOf({ signal, floor }: Rule, { side }: AnomalyCondition): Sample {
  const measure = measureOf(signal, floor, { operator: side === 'below' ? '<' : '>', threshold: 0 });
  const counts = countsRows(signal);
  return (series, { start, end }) => {
    const value = measure(series, start, end);
    return value === 'none' && counts && floor === 0 ? 0 : value;
  };
}

export function countsRows(signal: Rule['signal']): boolean {
  return (signal.kind === 'log' || signal.kind === 'stream') && signal.value === null && !isRatio(signal);
}

/** How an anomaly rule looks at the series of one target. */
export function assessAnomaly(rule: Rule, condition: AnomalyCondition, watches: Watches, target: string): Assessor {
  const { signal, failing } = rule;
  const sample = sampleOf(rule, condition);
  let last: number | null = null;

  return {
    assess(series, window): Outcome {
      last = null;
      const value = sample(series, window);
      if (typeof value === 'string') return value;
      last = value;
      const watch = watches.watch(condition, target, series.labels);
      if (watch === null) return 'ok';
      // A window counts for the hour in which it begins, as bins do everywhere.
      const outcome = watch.take(window.start, value);
      if (outcome === 'learning') watches.learning.add(seriesName(target, series.labels, signal.by));
      if (failing !== null) return watch.outsideOf(failing.m) >= failing.n ? 'breach' : 'ok';
      return outcome === 'outside' ? 'breach' : 'ok';
    },
    value: () => last,
    isClear: () => true,
  };
}

import { type AnomalyCondition, isRatio, type Rule } from '../../model/rule.ts';
import type { Series } from '../../model/series.ts';
import type { Window } from '../../model/window.ts';
import type { Assessor, Outcome } from '../assessor.ts';
import { type Measure, type Measured, measureOf, type Value } from '../measure.ts';
import { seriesName, type Watches } from './shard.ts';

/** What an anomaly rule samples. */
export interface Sampler {
  /** One window of a series as a sample. */
  of(series: Measured, window: Window): Value;
}

/**
 * Every window is one sample, however long it is. Of log rows with a value the highest is the sample, of a rule that looks below the
 * lowest. Where rows are counted, none is a count, too.
 */
export function samplerOf({ signal, floor }: Rule, { side }: AnomalyCondition): Sampler {
  const measure = measureOf(signal, floor, { operator: side === 'below' ? '<' : '>', threshold: 0 });
  return new WindowSampler(measure, countsRows(signal) && floor === 0);
}

class WindowSampler implements Sampler {
  private readonly measure: Measure;
  private readonly countsNone: boolean;

  constructor(measure: Measure, countsNone: boolean) {
    this.measure = measure;
    this.countsNone = countsNone;
  }

  of(series: Measured, { start, end }: Window): Value {
    const value = this.measure.of(series, start, end);
    return value === 'none' && this.countsNone ? 0 : value;
  }
}

export function countsRows(signal: Rule['signal']): boolean {
  return (signal.kind === 'log' || signal.kind === 'stream') && signal.value === null && !isRatio(signal);
}

/** How an anomaly rule looks at the series of one target. */
export function assessAnomaly(rule: Rule, condition: AnomalyCondition, watches: Watches, target: string): Assessor {
  return new AnomalyAssessor(rule, condition, watches, target);
}

class AnomalyAssessor implements Assessor {
  private readonly rule: Rule;
  private readonly condition: AnomalyCondition;
  private readonly watches: Watches;
  private readonly target: string;
  private readonly sampler: Sampler;
  private last: number | null = null;

  constructor(rule: Rule, condition: AnomalyCondition, watches: Watches, target: string) {
    this.rule = rule;
    this.condition = condition;
    this.watches = watches;
    this.target = target;
    this.sampler = samplerOf(rule, condition);
  }

  assess(series: Series, window: Window): Outcome {
    const { watches, target } = this;
    const { failing, signal } = this.rule;
    this.last = null;
    const value = this.sampler.of(series, window);
    if (typeof value === 'string') return value;
    this.last = value;
    const watch = watches.watch(this.condition, target, series.labels);
    if (watch === null) return 'ok';
    // A window counts for the hour in which it begins, as bins do everywhere.
    const outcome = watch.take(window.start, value);
    if (outcome === 'learning') watches.learning.add(seriesName(target, series.labels, signal.by));
    if (failing !== null) return watch.outsideOf(failing.m) >= failing.n ? 'breach' : 'ok';
    return outcome === 'outside' ? 'breach' : 'ok';
  }

  value(): number | null {
    return this.last;
  }

  isClear(): boolean {
    return true;
  }
}

import type { Comparison, Rule, ThresholdCondition } from '../model/rule.ts';
import type { Series } from '../model/series.ts';
import type { Window } from '../model/window.ts';
import { assessAll } from './assess-all.ts';
import { assessBurn } from './assess-burn.ts';
import type { Assessor, Outcome } from './assessor.ts';
import { shareMeasure } from './capacity.ts';
import { holds } from './compare.ts';
import { forecastAssessor } from './forecast.ts';
import { type Measure, measureOf, relativeMeasureOf } from './measure.ts';

/** How a rule whose condition looks at values looks at a series. */
export function assessorOf(rule: Rule): Assessor {
  const { condition, signal, floor } = rule;
  switch (condition.kind) {
    case 'all':
      return assessAll(condition);
    case 'burnRate':
      return assessBurn(rule, condition);
    case 'forecast':
      return forecastAssessor(rule, condition);
    case 'threshold': {
      const { when, relativeTo } = condition;
      const measure = (relativeTo === undefined ? measureOf : relativeMeasureOf)(signal, floor, when);
      return new ThresholdAssessor(rule, condition, shareMeasure(measure, signal, when.of));
    }
    default:
      throw new Error(`a rule with ${condition.kind} has no values to assess`);
  }
}

/**
 * With `failing: n of m` the window is cut into m bins that end at its end, and each is judged like a window, `floor` included; an
 * empty bin does not violate.
 */
class ThresholdAssessor implements Assessor {
  private readonly failing: Rule['failing'];
  private readonly when: Comparison;
  private readonly clear: Comparison | null;
  private readonly measure: Measure;
  private last: number | null = null;

  constructor({ failing }: Rule, { when, clear }: ThresholdCondition, measure: Measure) {
    this.failing = failing;
    this.when = when;
    this.clear = clear;
    this.measure = measure;
  }

  assess(series: Series, window: Window): Outcome {
    const { failing, when } = this;
    this.last = null;
    if (failing !== null) return this.violations(series, window, when, true, failing);
    const value = this.measure.of(series, window.start, window.end);
    if (typeof value === 'string') return value;
    this.last = value;
    return holds(when, value) ? 'breach' : 'ok';
  }

  value(): number | null {
    return this.last;
  }

  isClear(series: Series, window: Window): boolean {
    const { clear, failing, last } = this;
    if (clear === null) return true;
    if (failing === null) return last === null || holds(clear, last);
    const outcome = this.violations(series, window, clear, false, failing);
    this.last = last;
    return outcome !== 'breach';
  }

  /** Whether in enough of the bins the comparison holds, or does not. */
  private violations(
    series: Series,
    window: Window,
    comparison: Comparison,
    violating: boolean,
    { n, m }: NonNullable<Rule['failing']>,
  ): Outcome {
    let found: Outcome = 'none';
    let count = 0;
    const width = (window.end - window.start) / m;
    for (let bin = 0; bin < m; bin++) {
      const end = window.end - Math.round(bin * width);
      const start = window.end - Math.round((bin + 1) * width);
      const value = this.measure.of(series, start, end);
      if (value === 'none') continue;
      if (value === 'below floor') {
        if (found === 'none') found = 'below floor';
        continue;
      }
      if (holds(comparison, value) === violating) {
        count += 1;
        if (count === 1) this.last = value;
      } else if (this.last === null) this.last = value;
      found = 'ok';
    }
    return count >= n ? 'breach' : found;
  }
}

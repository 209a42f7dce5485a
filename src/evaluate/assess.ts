import type { Comparison, Rule } from '../model/rule.ts';
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
      return assessThreshold(rule, condition, shareMeasure(measure, signal, when.of));
    }
    default:
      throw new Error(`a rule with ${condition.kind} has no values to assess`);
  }
}

/**
 * With `failing: n of m` the window is cut into m bins that end at its end, and each is judged like a window, `floor` included; an
 * empty bin does not violate.
 */
function assessThreshold(
  { failing }: Rule,
  { when, clear }: { readonly when: Comparison; readonly clear: Comparison | null },
  measure: Measure,
): Assessor {
  let last: number | null = null;

  function violations(series: Series, window: Window, violates: (value: number) => boolean, bins: number): Outcome {
    let found: Outcome = 'none';
    let count = 0;
    const width = (window.end - window.start) / bins;
    for (let bin = 0; bin < bins; bin++) {
      const end = window.end - Math.round(bin * width);
      const start = window.end - Math.round((bin + 1) * width);
      const value = measure(series, start, end);
      if (value === 'none') continue;
      if (value === 'below floor') {
        if (found === 'none') found = 'below floor';
        continue;
      }
      if (violates(value)) {
        count += 1;
        if (count === 1) last = value;
      } else if (last === null) last = value;
      found = 'ok';
    }
    return count >= (failing?.n ?? 1) ? 'breach' : found;
  }

  return {
    assess(series, window) {
      last = null;
      if (failing !== null) return violations(series, window, (value) => holds(when, value), failing.m);
      const value = measure(series, window.start, window.end);
      if (typeof value === 'string') return value;
      last = value;
      return holds(when, value) ? 'breach' : 'ok';
    },
    value: () => last,
    isClear(series, window) {
      if (clear === null) return true;
      if (failing === null) return last === null || holds(clear, last);
      const shown = last;
      const outcome = violations(series, window, (value) => !holds(clear, value), failing.m);
      last = shown;
      return outcome !== 'breach';
    },
  };
}

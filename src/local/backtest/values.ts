import type { WindowReadings } from '../../app/read-signals.ts';
import { assessorOf } from '../../evaluate/assess.ts';
import type { Assessor } from '../../evaluate/assessor.ts';
import { seriesKey } from '../../evaluate/register.ts';
import type { Rule } from '../../model/rule.ts';
import type { Window } from '../../model/window.ts';

/** Values of one series, window by window; `null`: below the floor. */
export interface SeriesValues {
  readonly ends: number[];
  readonly values: (number | null)[];
}

/** What a threshold rule had to compare. */
export interface RuleValues {
  readonly rule: Rule;
  readonly series: readonly SeriesValues[];
  /** There were more values than are kept; the oldest are. */
  readonly cut: boolean;
}

/** Two weeks of five series, minute by minute. */
const MOST_VALUES = 100_000;

interface Gathering {
  readonly rule: Rule;
  readonly assessor: Assessor;
  readonly targets: Map<string, Map<string, SeriesValues>>;
  size: number;
  cut: boolean;
}

export interface ValueCollector {
  readonly observe: (rule: Rule, read: readonly WindowReadings[]) => void;
  of(rule: string): RuleValues | null;
}

/** Keeps the values of threshold rules as the judge sees them, one per series and window that ends in the period. */
export function collectValues({ start, end }: Window): ValueCollector {
  const rules = new Map<string, Gathering>();
  return {
    of: (name) => {
      const found = rules.get(name);
      if (found === undefined) return null;
      const { rule, cut, targets } = found;
      return { rule, cut, series: [...targets.values()].flatMap((series) => [...series.values()]) };
    },
    observe: (rule, read) => {
      if (rule.condition.kind !== 'threshold') return;
      const known = rules.get(rule.id);
      const gathering = known ?? {
        rule,
        assessor: assessorOf(rule),
        targets: new Map<string, Map<string, SeriesValues>>(),
        size: 0,
        cut: false,
      };
      if (known === undefined) rules.set(rule.id, gathering);
      for (const one of read) if (one.window.end > start && one.window.end <= end) gather(gathering, one);
    },
  };
}

function gather(into: Gathering, { window, readings }: WindowReadings): void {
  for (const [target, reading] of Object.entries(readings)) {
    if (reading.status !== 'ok' || reading.series.length === 0) continue;
    const known = into.targets.get(target) ?? new Map<string, SeriesValues>();
    into.targets.set(target, known);
    for (const series of reading.series) {
      const outcome = into.assessor.assess(series, window);
      if (outcome === 'none') continue;
      if (into.size >= MOST_VALUES) {
        into.cut = true;
        return;
      }
      const key = seriesKey(series.labels, into.rule.signal.by);
      let values = known.get(key);
      if (values === undefined) {
        values = { ends: [], values: [] };
        known.set(key, values);
      }
      values.ends.push(window.end);
      values.values.push(outcome === 'below floor' ? null : into.assessor.value());
      into.size += 1;
    }
  }
}

import { holds } from '../../evaluate/compare.ts';
import { unitOf } from '../../evaluate/condition-words.ts';
import { isOpen, live, type Verdict } from '../../evaluate/life.ts';
import type { Comparison, Rule, ThresholdCondition } from '../../model/rule.ts';
import type { Instance } from '../../model/state.ts';
import { count, formatPercent, formatValue } from '../../render/format.ts';
import type { RuleValues, SeriesValues } from './values.ts';

/** A threshold at which a noisy rule would have been quiet enough, with what it is taken from. */
export interface Suggestion {
  /** `null`: no threshold does, and the words say why. */
  readonly threshold: number | null;
  /** As a rule file writes it. */
  readonly when: string | null;
  /** How often it would have fired with it, by the same values. */
  readonly fires: number | null;
  readonly values: {
    readonly windows: number;
    readonly breaches: number;
    readonly median: number;
    readonly p99: number;
    /** The value farthest on the side of a breach. */
    readonly extreme: number;
  };
  readonly words: string;
}

/** A rule that would still fire for a larger share of the time has not been helped. */
const QUIET_SHARE = 0.05;

/**
 * The mildest threshold at which the rule fires at most `most` times and hardly ever otherwise, found among the values that it saw and
 * rounded away from them; `null` for rules whose threshold does not order values, or cut a window into bins. `length` in ms.
 */
export function suggest({ rule, series, cut }: RuleValues, length: number, most: number): Suggestion | null {
  const { condition } = rule;
  if (condition.kind !== 'threshold' || rule.failing !== null) return null;
  const { operator } = condition.when;
  if (operator === '==' || operator === '!=') return null;
  const up = operator === '>' || operator === '>=';
  const judged = series.flatMap(({ values }) => values.filter((value) => value !== null));
  if (judged.length === 0) return null;
  const candidates = [...new Set(judged)].sort((a, b) => (up ? a - b : b - a));
  const quiet = (threshold: number): boolean => {
    const { fires, time } = replay(rule, condition, series, threshold);
    return fires <= most && time <= QUIET_SHARE * length;
  };
  const sorted = [...judged].sort((a, b) => a - b);
  const values = {
    windows: judged.length,
    breaches: judged.filter((value) => holds(condition.when, value)).length,
    median: quantile(sorted, 0.5),
    p99: quantile(sorted, up ? 0.99 : 0.01),
    extreme: candidates.at(-1) as number,
  };
  const found = mildest(candidates, quiet);
  const rounded = found === null ? null : roundAway(found, up);
  const threshold = rounded !== null && quiet(rounded) ? rounded : found;
  const fires = threshold === null ? null : replay(rule, condition, series, threshold).fires;
  const share = condition.when.of === undefined ? '' : ` of capacity.${condition.when.of}`;
  const when = threshold === null ? null : `${operator} ${written(threshold, unitOf(rule))}${share}`;
  return { threshold, when, fires, values, words: wordsOf(rule, condition, { when, fires, values, cut }) };
}

/** The first candidate from which on all are quiet, taking it that stricter thresholds stay so. */
function mildest(candidates: readonly number[], quiet: (threshold: number) => boolean): number | null {
  let [low, high] = [0, candidates.length - 1];
  if (!quiet(candidates[high] as number)) return null;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (quiet(candidates[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return candidates[low] as number;
}

/** How often and how long the rule would fire at another threshold: its own life, over the values that it saw. */
function replay(
  rule: Rule,
  { when, clear }: ThresholdCondition,
  series: readonly SeriesValues[],
  threshold: number,
): { readonly fires: number; readonly time: number } {
  const breach: Comparison = { operator: when.operator, threshold };
  const scale = when.threshold === 0 ? 1 : threshold / when.threshold;
  const over: Comparison | null = clear === null ? null : { operator: clear.operator, threshold: clear.threshold * scale };
  let fires = 0;
  let time = 0;
  for (const { ends, values } of series) {
    let instance: Instance | null = null;
    let before: number | null = null;
    for (const [index, end] of ends.entries()) {
      const missed: number = before === null ? 0 : Math.min(2, Math.round((end - before) / rule.every) - 1);
      for (let miss = 0; miss < missed; miss += 1) instance = live(instance, { kind: 'missing' }, end, rule, NOBODY);
      before = end;
      const value = values[index] ?? null;
      const wasOpen = isOpen(instance);
      const held = value !== null && wasOpen && over !== null && !holds(over, value);
      const verdict: Verdict =
        value !== null && (holds(breach, value) || held)
          ? { kind: 'breach', reason: 'breach', value }
          : { kind: 'ok', reason: 'recovered', value };
      instance = live(instance, verdict, end, rule, NOBODY);
      if (isOpen(instance)) {
        if (!wasOpen) fires += 1;
        time += rule.every;
      }
    }
  }
  return { fires, time };
}

const NOBODY = { fingerprint: '', target: '', labels: {} };

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] as number;
}

/** Two significant digits, on the quiet side. */
function roundAway(value: number, up: boolean): number {
  if (value === 0) return 0;
  const unit = 10 ** (Math.floor(Math.log10(Math.abs(value))) - 1);
  const steps = value / unit;
  const whole = up ? Math.ceil(steps - 1e-9) : Math.floor(steps + 1e-9);
  return Number((whole * unit).toPrecision(6));
}

function written(threshold: number, unit: 'ratio' | 'number'): string {
  return unit === 'ratio' ? `${Number((threshold * 100).toPrecision(6))}%` : String(Number(threshold.toPrecision(6)));
}

function wordsOf(
  rule: Rule,
  { when }: ThresholdCondition,
  { when: better, fires, values, cut }: Pick<Suggestion, 'when' | 'fires' | 'values'> & { readonly cut: boolean },
): string {
  const unit = unitOf(rule);
  const show = (value: number): string => formatValue(value, unit);
  const share = values.breaches / values.windows;
  const side = when.operator.startsWith('>') ? 'at most' : 'at least';
  const sentences = [
    `${when.operator} ${written(when.threshold, unit)} held in ${count(values.breaches, 'window')} of ${values.windows.toLocaleString('en-US')} (${formatPercent(share)})${share > 0.5 ? ': that is the normal state, not an exception' : ''}.`,
    `Half of the values are ${side} ${show(values.median)}, 99 of 100 ${side} ${show(values.p99)}; the farthest is ${show(values.extreme)}.`,
    better === null
      ? 'No threshold among the values makes it quiet.'
      : `With ${better} it would ${fires === 0 ? 'never have fired' : `have fired ${count(fires ?? 0, 'time')}`} in this period.`,
  ];
  if (share > 0.5 && unit === 'number')
    sentences.push('A fixed amount moves with the traffic; a ratio or a share of the capacity keeps its meaning.');
  if (cut) sentences.push('Only the first 100,000 values were looked at.');
  return sentences.join(' ');
}

import type { Comparison, MetricTerm, Rule, Signal } from '../../model/rule.ts';
import { type LintedRule, warn } from './rule.ts';

/** Bounds that the value of a signal can never leave. */
interface Range {
  readonly low: number;
  readonly high: number;
  readonly why: string;
}

/** Thresholds that no value can reach or miss. */
export function lintReach(linted: LintedRule): void {
  const { signal, condition } = linted.rule;
  if (condition.kind !== 'threshold') return;
  const range = condition.relativeTo !== undefined ? ANY_MULTIPLE : condition.when.of === undefined ? rangeOf(signal) : ANY_SHARE;
  if (range === null) return;
  const outcome = outcomeOf(condition.when, range);
  if (outcome !== null) warn(linted, 'TCN-W004', ['when'], `this ${outcome} holds: ${range.why}`);
  if (condition.clear !== null && outcomeOf(condition.clear, range) === 'never') {
    warn(linted, 'TCN-W004', ['clear'], `this never holds, so the alert never ends: ${range.why}`);
  }
}

/** A capacity may be exceeded for a while. */
const ANY_SHARE: Range = { low: 0, high: Number.POSITIVE_INFINITY, why: 'a share of a capacity is never negative' };

const ANY_MULTIPLE: Range = { low: 0, high: Number.POSITIVE_INFINITY, why: 'a multiple of the window before is never negative' };

function rangeOf(signal: Signal): Range | null {
  if (signal.kind === 'log' || (signal.kind === 'stream' && signal.over === null))
    return signal.value === null ? { low: 1, high: Number.POSITIVE_INFINITY, why: 'rows are counted' } : null;
  if (signal.kind !== 'metric') return null;
  const { metric, over } = signal;
  if (over === null) return { low: 0, high: Number.POSITIVE_INFINITY, why: `${metric.name} is never negative` };
  if (isPartOf(metric, over)) return { low: 0, high: 1, why: 'the value is a part of a whole, between 0% and 100%' };
  return { low: 0, high: Number.POSITIVE_INFINITY, why: 'the ratio of two counts is never negative' };
}

/** The same counter, of which the numerator counts no more than the denominator. */
function isPartOf(part: MetricTerm, whole: MetricTerm): boolean {
  const adds = part.aggregate === 'total' || part.aggregate === 'count';
  const narrower = Object.entries(whole.where).every(
    ([name, values]) => JSON.stringify(part.where[name]) === JSON.stringify(values),
  );
  return part.name === whole.name && part.aggregate === whole.aggregate && adds && narrower;
}

function outcomeOf({ operator, threshold }: Comparison, { low, high }: Range): 'always' | 'never' | null {
  switch (operator) {
    case '>':
      return threshold >= high ? 'never' : threshold < low ? 'always' : null;
    case '>=':
      return threshold > high ? 'never' : threshold <= low ? 'always' : null;
    case '<':
      return threshold <= low ? 'never' : threshold > high ? 'always' : null;
    case '<=':
      return threshold < low ? 'never' : threshold >= high ? 'always' : null;
    case '==':
      return threshold < low || threshold > high ? 'never' : null;
    case '!=':
      return threshold < low || threshold > high ? 'always' : null;
  }
}

/** Whether every value that satisfies `narrow` also satisfies `wide`; both must look the same way. */
function implies(narrow: Comparison, wide: Comparison): boolean {
  const rising = (one: Comparison) => one.operator === '>' || one.operator === '>=';
  const falling = (one: Comparison) => one.operator === '<' || one.operator === '<=';
  const touches = wide.operator.length === 2 || narrow.operator.length === 1;
  if (rising(narrow) && rising(wide))
    return narrow.threshold > wide.threshold || (narrow.threshold === wide.threshold && touches);
  if (falling(narrow) && falling(wide))
    return narrow.threshold < wide.threshold || (narrow.threshold === wide.threshold && touches);
  return narrow.operator === wide.operator && narrow.threshold === wide.threshold;
}

/** Whether whatever makes one rule fire has made the other fire already. */
export function isWithin(narrow: Rule, wide: Rule): boolean {
  return (
    narrow.condition.kind === 'threshold' &&
    wide.condition.kind === 'threshold' &&
    narrow.condition.when.of === wide.condition.when.of &&
    implies(narrow.condition.when, wide.condition.when) &&
    narrow.for >= wide.for &&
    narrow.floor >= wide.floor
  );
}

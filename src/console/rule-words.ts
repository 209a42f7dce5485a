import type { Alert, StateReason } from '../model/alert.ts';
import type { Comparison, Expectation, MetricTerm, Rule } from '../model/rule.ts';
import { formatSpan, formatValue, type Unit } from '../render/format.ts';

/** When the rule fires, as a sentence: `ModelRequests where StatusCode is 429, divided by ModelRequests, over 5 min, is > 10% for 3 min`. */
export function conditionWords(rule: Rule): string {
  const { condition, failing } = rule;
  if (condition.kind === 'absent') {
    return `an expected ${rule.signal.by.join(' and ') || 'event'} has been absent for ${formatSpan(condition.for)}; expected: ${condition.expect
      .map(expectationWords)
      .join(', or ')}`;
  }
  const held = rule.for > 0 ? ` for ${formatSpan(rule.for)}` : '';
  const often = failing === null ? '' : ` in ${failing.n} of the last ${failing.m} bins`;
  return `${signalWords(rule)}, over ${formatSpan(rule.window)}, is ${comparisonWords(condition.when, unitOf(rule))}${often}${held}`;
}

/** When a firing series counts as well again, where that differs from the condition no longer holding. */
export function clearWords(rule: Rule): string | null {
  if (rule.condition.kind !== 'threshold' || rule.condition.clear === null) return null;
  return comparisonWords(rule.condition.clear, unitOf(rule));
}

function unitOf({ signal }: Rule): Unit {
  return signal.kind === 'metric' && signal.over !== null ? 'ratio' : 'number';
}

/** Why an alert stands where it stands, as a sentence without its full stop. */
export const REASONS: Readonly<Record<StateReason, string>> = {
  breach: 'the condition holds',
  absent: 'what was expected did not come',
  relapse: 'it began again',
  recovered: 'the condition no longer holds',
  'below floor': 'too few samples to judge, so it counts as well again',
  missing: 'the series has vanished',
  'no data': 'there is no data, which this rule treats as alarming',
  error: 'it cannot be read, which this rule treats as alarming',
  'data late': 'the data is late',
  retired: 'what it watched was removed',
  'rule changed': 'the rule was changed',
  corrected: 'data that came late changed the verdict',
};

/** The reason of a line of history: one of those above, or words that are said as they are. */
export function reasonWords(reason: string): string {
  return Object.hasOwn(REASONS, reason) ? REASONS[reason as StateReason] : reason;
}

/** The side of the threshold on which the alert fires. */
export function breachSide({ condition }: Pick<Alert, 'condition'>): 'above' | 'below' | null {
  const sign = condition.trim().charAt(0);
  if (sign === '>') return 'above';
  return sign === '<' ? 'below' : null;
}

function signalWords({ signal }: Rule): string {
  if (signal.kind === 'log')
    return signal.value === null ? `rows of ${signal.table}` : `${signal.value} of a query on ${signal.table}`;
  const over = signal.over === null ? '' : `, divided by ${termWords(signal.over)}`;
  return `${termWords(signal.metric)}${over}`;
}

function termWords({ name, aggregate, where }: MetricTerm): string {
  const filters = Object.entries(where).map(([dimension, values]) => `${dimension} is ${values.join(' or ')}`);
  return `${aggregate} of ${name}${filters.length > 0 ? ` where ${filters.join(' and ')}` : ''}`;
}

function comparisonWords({ operator, threshold }: Comparison, unit: Unit): string {
  return `${operator} ${formatValue(threshold, unit)}`;
}

function expectationWords(expectation: Expectation): string {
  if (expectation.kind === 'names') return expectation.names.join(', ');
  if (expectation.kind === 'inventory') return 'whatever exists in Azure';
  return `whatever was seen in the last ${formatSpan(expectation.within)}`;
}

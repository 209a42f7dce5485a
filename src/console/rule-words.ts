import type { Alert, StateReason } from '../model/alert.ts';
import {
  type BurnRateCondition,
  type ChangedCondition,
  type Comparison,
  type Expectation,
  type MetricSignal,
  type MetricTerm,
  RELATIVE_WINDOWS,
  type Rule,
} from '../model/rule.ts';
import { formatNumber, formatSpan, formatValue, type Unit } from '../render/format.ts';

/** When the rule fires, as a sentence: `ModelRequests where StatusCode is 429, divided by ModelRequests, over 5 min, is > 10% for 3 min`. */
export function conditionWords(rule: Rule): string {
  const { condition, failing } = rule;
  if (condition.kind === 'absent') {
    return `an expected ${rule.signal.by.join(' and ') || 'event'} has been absent for ${formatSpan(condition.for)}; expected: ${condition.expect
      .map(expectationWords)
      .join(', or ')}`;
  }
  if (condition.kind === 'changed') return changedWords(rule, condition);
  const held = rule.for > 0 ? ` for ${formatSpan(rule.for)}` : '';
  const often = failing === null ? '' : ` in ${failing.n} of the last ${failing.m} bins`;
  if (condition.kind === 'burnRate') return `${burnWords(rule, condition)}${held}`;
  if (condition.kind === 'all') {
    const parts = condition.parts.map(
      ({ signal, when }) => `${metricWords(signal)} is ${comparisonWords(when, signal.over === null ? 'number' : 'ratio')}`,
    );
    return `over ${formatSpan(rule.window)} ${parts.join(', and ')}${held}`;
  }
  if (condition.relativeTo !== undefined) {
    const span = formatSpan(rule.window / RELATIVE_WINDOWS);
    return `${signalWords(rule)}, over ${span}, is ${comparisonWords(condition.when, 'number')} times that of the ${span} before${held}`;
  }
  return `${signalWords(rule)}, over ${formatSpan(rule.window)}, is ${comparisonWords(condition.when, unitOf(rule))}${often}${held}`;
}

function changedWords(rule: Rule, { labels, within }: ChangedCondition): string {
  const others = rule.signal.by.filter((name) => !labels.includes(name));
  const beside = others.length === 0 ? '' : ` of one ${others.join(' and ')}`;
  return `${signalWords(rule)} show a ${labels.join(' and ')}${beside} that was not seen in the last ${formatSpan(within)}`;
}

function burnWords(rule: Rule, { slo, period, pairs, counts }: BurnRateCondition): string {
  const speeds = pairs.map(
    ({ long, short, factor }) => `${formatNumber(factor)} times as fast over ${formatSpan(long)} and over ${formatSpan(short)}`,
  );
  const share = counts === 'good' ? 'share of good' : 'share of bad';
  return `the error budget of ${formatNumber(slo * 100)}% in ${formatSpan(period)} (${share}: ${signalWords(rule)}) burns more than ${speeds.join(', or ')}`;
}

/** When a firing series counts as well again, where that differs from the condition no longer holding. */
export function clearWords(rule: Rule): string | null {
  if (rule.condition.kind !== 'threshold' || rule.condition.clear === null) return null;
  return comparisonWords(rule.condition.clear, unitOf(rule));
}

function unitOf({ signal }: Rule): Unit {
  return (signal.kind === 'metric' ? signal.over !== null : signal.over !== undefined) ? 'ratio' : 'number';
}

/** Why an alert stands where it stands, as a sentence without its full stop. */
export const REASONS: Readonly<Record<StateReason, string>> = {
  breach: 'the condition holds',
  absent: 'what was expected did not come',
  'new value': 'a value appeared that was not seen before',
  limit: 'more series than the limit of the rule',
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
  if (signal.kind === 'metric') return metricWords(signal);
  const value = signal.value === null ? 'rows' : signal.value;
  const over = signal.over === undefined ? '' : `, divided by ${signal.over},`;
  return signal.value === null && signal.over === undefined
    ? `rows of ${signal.table}`
    : `${value}${over} of a query on ${signal.table}`;
}

function metricWords(signal: MetricSignal): string {
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

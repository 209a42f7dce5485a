import type { Alert, StateReason } from '../model/alert.ts';
import {
  type AnomalyCondition,
  type BurnRateCondition,
  type ChangedCondition,
  type CheckInSchedule,
  type Comparison,
  type Expectation,
  type InventoryValue,
  isRatio,
  type MetricSignal,
  type MetricTerm,
  RELATIVE_WINDOWS,
  type Rule,
  type StreamTerm,
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
  if (condition.kind === 'event') return `${signalWords(rule)} tells of an event`;
  if (condition.kind === 'heartbeat') {
    return `a check-in of ${(rule.on.ids ?? []).map((id) => id.slice(id.lastIndexOf('/') + 1)).join(' or ')} is ${formatSpan(condition.grace)} late (${scheduleWords(condition.schedule)}), says that the job failed, or does not come ${formatSpan(condition.maxRun)} after a start`;
  }
  if (condition.kind === 'forecast') {
    const when = condition.within === null ? 'before the end of the month' : `within ${formatSpan(condition.within)}`;
    const what = condition.sum === null ? signalWords(rule) : `${signalWords(rule)}, added up from the first of the month,`;
    return `${what} is going to be ${comparisonWords(condition.reach, unitOf(rule))} ${when}, by the trend of ${formatSpan(condition.over)}`;
  }
  if (condition.kind === 'changed') return changedWords(rule, condition);
  const held = rule.for > 0 ? ` for ${formatSpan(rule.for)}` : '';
  const often = failing === null ? '' : ` in ${failing.n} of the last ${failing.m} bins`;
  if (condition.kind === 'anomaly')
    return `${anomalyWords(rule, condition)}${failing === null ? '' : ` in ${failing.n} of the last ${failing.m} windows`}${held}`;
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

function anomalyWords(rule: Rule, { side, sensitivity, history }: AnomalyCondition): string {
  const where = side === 'both' ? 'outside' : side;
  const known = `known after ${formatSpan(history.time)} and ${history.samples} windows`;
  return `${signalWords(rule)}, over ${formatSpan(rule.window)}, is ${where} what is usual at its hour of the week (${sensitivity} sensitivity; ${known})`;
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

function unitOf({ signal, condition }: Rule): Unit {
  const comparison = condition.kind === 'threshold' ? condition.when : condition.kind === 'forecast' ? condition.reach : null;
  const share = isRatio(signal) || (signal.kind === 'inventory' && signal.value === 'quotaUsed');
  return share || comparison?.of !== undefined ? 'ratio' : 'number';
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
  'capacity unknown': 'how much its deployment may use is not known',
  'price unknown': 'the price table does not name its model',
  overdue: 'the check-in did not come',
  failed: 'the job says that it failed',
  'running too long': 'the job has begun and not finished',
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
  switch (signal.kind) {
    case 'log': {
      const over = signal.over === undefined ? '' : `, divided by ${signal.over},`;
      return signal.value === null ? `rows of ${signal.table}` : `${signal.value}${over} of a query on ${signal.table}`;
    }
    case 'stream': {
      const records = `records of ${signal.categories.join(' or ')}`;
      const over = signal.over === null ? '' : `, divided by ${streamWords(signal.over, 'all')}`;
      return `${records}${streamWords(signal, '')}${over} as they are forwarded`;
    }
    case 'activity':
      return `the activity log (${[signal.category, ...filterWords(signal.where), ...filterWords(signal.except).map((each) => `not ${each}`)].join(', ')})`;
    case 'heartbeat':
      return 'check-ins';
    case 'inventory':
      return INVENTORY_WORDS[signal.value];
    case 'cost':
      return 'cost of the tokens used';
    case 'metric':
      return metricWords(signal);
  }
}

function metricWords(signal: MetricSignal): string {
  const over = signal.over === null ? '' : `, divided by ${termWords(signal.over)}`;
  return `${termWords(signal.metric)}${over}`;
}

function streamWords({ value, where }: StreamTerm, all: string): string {
  const filters = filterWords(where).join(' and ');
  const which = filters === '' ? all : `${all === '' ? ' where' : 'those where'} ${filters}`;
  return value === null ? which : `${which}${which === '' ? '' : ','} the sum of ${value}`;
}

const INVENTORY_WORDS: Readonly<Record<InventoryValue, string>> = {
  daysToRetirement: 'days until the model of a deployment retires',
  quotaUsed: 'used share of a quota',
  quotaLeft: 'what is left of a quota',
  tokensPerMinute: 'tokens a minute that a deployment may use',
  requestsPerMinute: 'requests a minute that a deployment may take',
  provisionedUnits: 'provisioned throughput units of a deployment',
  instances: 'instances of a deployment',
};

function scheduleWords(schedule: CheckInSchedule): string {
  return schedule.kind === 'period' ? `due every ${formatSpan(schedule.period)}` : `due at ${schedule.cron} in ${schedule.zone}`;
}

function filterWords(where: Readonly<Record<string, readonly string[]>>): readonly string[] {
  return Object.entries(where).map(([field, values]) => `${field} is ${values.join(' or ')}`);
}

function termWords({ name, aggregate, where }: MetricTerm): string {
  const filters = filterWords(where);
  return `${aggregate} of ${name}${filters.length > 0 ? ` where ${filters.join(' and ')}` : ''}`;
}

function comparisonWords({ operator, threshold, of }: Comparison, unit: Unit): string {
  return `${operator} ${formatValue(threshold, unit)}${of === undefined ? '' : ` of capacity.${of}`}`;
}

function expectationWords(expectation: Expectation): string {
  if (expectation.kind === 'names') return expectation.names.join(', ');
  if (expectation.kind === 'inventory') return 'whatever exists in Azure';
  return `whatever was seen in the last ${formatSpan(expectation.within)}`;
}

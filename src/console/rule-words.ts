import type { Alert, StateReason } from '../model/alert.ts';
import type { CheckInSchedule, Comparison, Expectation, InventoryValue, MetricTerm, Rule } from '../model/rule.ts';
import { formatSpan, formatValue, type Unit } from '../render/format.ts';

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
  const held = rule.for > 0 ? ` for ${formatSpan(rule.for)}` : '';
  const often = failing === null ? '' : ` in ${failing.n} of the last ${failing.m} bins`;
  return `${signalWords(rule)}, over ${formatSpan(rule.window)}, is ${comparisonWords(condition.when, unitOf(rule))}${often}${held}`;
}

/** When a firing series counts as well again, where that differs from the condition no longer holding. */
export function clearWords(rule: Rule): string | null {
  if (rule.condition.kind !== 'threshold' || rule.condition.clear === null) return null;
  return comparisonWords(rule.condition.clear, unitOf(rule));
}

function unitOf({ signal, condition }: Rule): Unit {
  const comparison = condition.kind === 'threshold' ? condition.when : condition.kind === 'forecast' ? condition.reach : null;
  const share =
    (signal.kind === 'metric' && signal.over !== null) || (signal.kind === 'inventory' && signal.value === 'quotaUsed');
  return share || comparison?.of !== undefined ? 'ratio' : 'number';
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
  if (signal.kind === 'log')
    return signal.value === null ? `rows of ${signal.table}` : `${signal.value} of a query on ${signal.table}`;
  switch (signal.kind) {
    case 'activity':
      return `the activity log (${[signal.category, ...filterWords(signal.where), ...filterWords(signal.except).map((each) => `not ${each}`)].join(', ')})`;
    case 'heartbeat':
      return 'check-ins';
    case 'inventory':
      return INVENTORY_WORDS[signal.value];
    case 'cost':
      return 'cost of the tokens used';
    case 'metric':
  }
  const over = signal.over === null ? '' : `, divided by ${termWords(signal.over)}`;
  return `${termWords(signal.metric)}${over}`;
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

import { formatDuration } from '../model/duration.ts';
import { type BurnRateCondition, type Comparison, isRatio, RELATIVE_WINDOWS, type Rule, type Signal } from '../model/rule.ts';
import { comparisonOf } from './capacity.ts';
import { formatNumber, formatPercent } from './template.ts';

/** The unit in which a rule's values are meant. */
export function unitOf(rule: Rule): 'ratio' | 'number' {
  const { signal, condition } = rule;
  if (condition.kind === 'burnRate' || condition.kind === 'changed') return 'number';
  if (condition.kind === 'threshold' && condition.relativeTo !== undefined) return 'number';
  return isShare(signal) || comparisonOf(rule)?.of !== undefined ? 'ratio' : 'number';
}

export function thresholdOf(rule: Rule): number | null {
  const { condition } = rule;
  if (condition.kind === 'all') return condition.parts[0]?.when.threshold ?? null;
  if (condition.kind === 'burnRate') return Math.min(...condition.pairs.map(({ factor }) => factor));
  return comparisonOf(rule)?.threshold ?? null;
}

/** The span of time that the rule's texts call its window. */
export function spokenWindow({ condition, window }: Rule): number {
  if (condition.kind === 'absent') return condition.for;
  if (condition.kind === 'burnRate') return Math.max(...condition.pairs.map(({ long }) => long));
  return condition.kind === 'threshold' && condition.relativeTo !== undefined ? window / RELATIVE_WINDOWS : window;
}

/** Sides of the usual in words. */
const SIDES = { above: 'above', below: 'below', both: 'outside' } as const;

/** The condition in words: `> 10% for 3m`, `> 5 in 3 of 5`, `no event for 26h`, `> 14.4× over 1h and 5m, of the budget of 99.9% in 30d`. */
export function conditionWords(rule: Rule): string {
  const { condition, failing } = rule;
  const lasting = rule.for > 0 ? ` for ${formatDuration(rule.for)}` : '';
  switch (condition.kind) {
    case 'absent':
      return `no event for ${formatDuration(condition.for)}`;
    case 'event':
      return 'an event';
    case 'heartbeat':
      return `check-in overdue by ${formatDuration(condition.grace)}, failed, or running for ${formatDuration(condition.maxRun)}`;
    case 'forecast':
      return `${comparisonWords(condition.reach, unitOf(rule))} ${condition.within === null ? 'by the end of the month' : `within ${formatDuration(condition.within)}`} at the current trend`;
    case 'changed':
      return `${condition.labels.join(', ')} not seen within ${formatDuration(condition.within)}${lasting}`;
    case 'anomaly': {
      const often = failing === null ? '' : ` in ${failing.n} of ${failing.m}`;
      return `${SIDES[condition.side]} the usual${often}${lasting} (${condition.sensitivity} sensitivity)`;
    }
    case 'burnRate':
      return `${burnWords(condition)}${lasting}`;
    case 'all': {
      const parts = condition.parts.map(
        ({ signal, when }) => `${signal.metric.name} ${comparisonWords(when, isShare(signal) ? 'ratio' : 'number')}`,
      );
      return `${parts.join(' and ')}${lasting}`;
    }
    case 'threshold': {
      const often = failing === null ? '' : ` in ${failing.n} of ${failing.m}`;
      const times = condition.relativeTo === undefined ? '' : '× the window before';
      return `${comparisonWords(condition.when, unitOf(rule))}${times}${often}${lasting}`;
    }
  }
}

function burnWords({ pairs, slo, period }: BurnRateCondition): string {
  const speeds = pairs.map(
    ({ long, short, factor }) => `> ${formatNumber(factor)}× over ${formatDuration(long)} and ${formatDuration(short)}`,
  );
  return `${speeds.join(', or ')}, of the budget of ${formatNumber(slo * 100)}% in ${formatDuration(period)}`;
}

function comparisonWords({ operator, threshold, of }: Comparison, unit: 'ratio' | 'number'): string {
  const number = unit === 'ratio' ? formatPercent(threshold) : formatNumber(threshold);
  return `${operator} ${number}${of === undefined ? '' : ` of capacity.${of}`}`;
}

function isShare(signal: Signal): boolean {
  return isRatio(signal) || (signal.kind === 'inventory' && signal.value === 'quotaUsed');
}

import { formatDuration } from '../model/duration.ts';
import type { Comparison, Rule } from '../model/rule.ts';
import { comparisonOf } from './capacity.ts';
import { formatNumber, formatPercent } from './template.ts';

/** The unit in which a rule's values are meant. */
export function unitOf(rule: Rule): 'ratio' | 'number' {
  const { signal } = rule;
  const share =
    (signal.kind === 'metric' && signal.over !== null) || (signal.kind === 'inventory' && signal.value === 'quotaUsed');
  return share || comparisonOf(rule)?.of !== undefined ? 'ratio' : 'number';
}

export function thresholdOf(rule: Rule): number | null {
  return comparisonOf(rule)?.threshold ?? null;
}

/** The condition in words: `> 10% for 3m`, `> 5 in 3 of 5`, `no event for 26h`. */
export function conditionWords(rule: Rule): string {
  const { condition, failing } = rule;
  switch (condition.kind) {
    case 'absent':
      return `no event for ${formatDuration(condition.for)}`;
    case 'event':
      return 'an event';
    case 'heartbeat':
      return `check-in overdue by ${formatDuration(condition.grace)}, failed, or running for ${formatDuration(condition.maxRun)}`;
    case 'forecast':
      return `${comparisonWords(rule, condition.reach)} ${condition.within === null ? 'by the end of the month' : `within ${formatDuration(condition.within)}`} at the current trend`;
    case 'threshold': {
      const often = failing === null ? '' : ` in ${failing.n} of ${failing.m}`;
      const lasting = rule.for > 0 ? ` for ${formatDuration(rule.for)}` : '';
      return `${comparisonWords(rule, condition.when)}${often}${lasting}`;
    }
  }
}

function comparisonWords(rule: Rule, { operator, threshold, of }: Comparison): string {
  const number = unitOf(rule) === 'ratio' ? formatPercent(threshold) : formatNumber(threshold);
  return `${operator} ${number}${of === undefined ? '' : ` of capacity.${of}`}`;
}

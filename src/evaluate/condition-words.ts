import { formatDuration } from '../model/duration.ts';
import type { Rule } from '../model/rule.ts';
import { formatNumber, formatPercent } from './template.ts';

/** The unit in which a rule's values are meant. */
export function unitOf({ signal }: Rule): 'ratio' | 'number' {
  return signal.kind === 'metric' && signal.over !== null ? 'ratio' : 'number';
}

export function thresholdOf({ condition }: Rule): number | null {
  return condition.kind === 'threshold' ? condition.when.threshold : null;
}

/** The condition in words: `> 10% for 3m`, `> 5 in 3 of 5`, `no event for 26h`. */
export function conditionWords(rule: Rule): string {
  const { condition, failing } = rule;
  if (condition.kind === 'absent') return `no event for ${formatDuration(condition.for)}`;
  const { operator, threshold } = condition.when;
  const number = unitOf(rule) === 'ratio' ? formatPercent(threshold) : formatNumber(threshold);
  const often = failing === null ? '' : ` in ${failing.n} of ${failing.m}`;
  const lasting = rule.for > 0 ? ` for ${formatDuration(rule.for)}` : '';
  return `${operator} ${number}${often}${lasting}`;
}

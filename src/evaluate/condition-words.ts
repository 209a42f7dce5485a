import { formatDuration } from '../model/duration.ts';
import { type Comparison, RELATIVE_WINDOWS, type Rule, type Signal } from '../model/rule.ts';
import { formatNumber, formatPercent } from './template.ts';

/** The unit in which a rule's values are meant. */
export function unitOf({ signal, condition }: Rule): 'ratio' | 'number' {
  if (condition.kind === 'burnRate' || condition.kind === 'changed') return 'number';
  if (condition.kind === 'threshold' && condition.relativeTo !== undefined) return 'number';
  return isRatio(signal) ? 'ratio' : 'number';
}

export function thresholdOf({ condition }: Rule): number | null {
  switch (condition.kind) {
    case 'threshold':
      return condition.when.threshold;
    case 'all':
      return condition.parts[0]?.when.threshold ?? null;
    case 'burnRate':
      return Math.min(...condition.pairs.map(({ factor }) => factor));
    default:
      return null;
  }
}

/** The span of time that the rule's texts call its window. */
export function spokenWindow({ condition, window }: Rule): number {
  if (condition.kind === 'absent') return condition.for;
  if (condition.kind === 'burnRate') return Math.max(...condition.pairs.map(({ long }) => long));
  return condition.kind === 'threshold' && condition.relativeTo !== undefined ? window / RELATIVE_WINDOWS : window;
}

/** The condition in words: `> 10% for 3m`, `> 5 in 3 of 5`, `no event for 26h`, `> 14.4× over 1h and 5m, of the budget of 99.9% in 30d`. */
export function conditionWords(rule: Rule): string {
  const { condition, failing } = rule;
  const lasting = rule.for > 0 ? ` for ${formatDuration(rule.for)}` : '';
  switch (condition.kind) {
    case 'absent':
      return `no event for ${formatDuration(condition.for)}`;
    case 'changed':
      return `${condition.labels.join(', ')} not seen within ${formatDuration(condition.within)}${lasting}`;
    case 'burnRate': {
      const pairs = condition.pairs.map(
        ({ long, short, factor }) => `> ${formatNumber(factor)}× over ${formatDuration(long)} and ${formatDuration(short)}`,
      );
      return `${pairs.join(', or ')}, of the budget of ${formatNumber(condition.slo * 100)}% in ${formatDuration(condition.period)}${lasting}`;
    }
    case 'all':
      return `${condition.parts.map(({ signal, when }) => `${signal.metric.name} ${comparisonWords(when, isRatio(signal))}`).join(' and ')}${lasting}`;
    case 'threshold': {
      const often = failing === null ? '' : ` in ${failing.n} of ${failing.m}`;
      const times = condition.relativeTo === undefined ? '' : '× the window before';
      return `${comparisonWords(condition.when, unitOf(rule) === 'ratio')}${times}${often}${lasting}`;
    }
  }
}

function comparisonWords({ operator, threshold }: Comparison, ratio: boolean): string {
  return `${operator} ${ratio ? formatPercent(threshold) : formatNumber(threshold)}`;
}

function isRatio(signal: Signal): boolean {
  return signal.kind === 'metric' ? signal.over !== null : signal.over !== undefined;
}

import type { Rule } from '../../model/rule.ts';
import { isWithin } from './reach.ts';
import { type LintedRule, warn } from './rule.ts';

/** Rules that repeat another, and milder ones that a more severe one always precedes. */
export function lintPairs(linted: readonly LintedRule[]): void {
  const groups = new Map<string, LintedRule[]>();
  for (const one of linted) {
    const key = watched(one.rule);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  for (const group of groups.values()) {
    group.forEach((one, index) => {
      for (const [at, other] of group.entries()) if (at !== index && comparePair(one, other.rule, at < index)) break;
    });
  }
}

/** Warns of `one` for the sake of `other`; of two that say the same only of the later one. */
function comparePair(one: LintedRule, other: Rule, isLater: boolean): boolean {
  const { rule } = one;
  const place = `${other.id} (${other.source.file}:${other.source.line})`;
  if (rank(rule) === rank(other) && demands(rule) === demands(other)) {
    if (isLater) warn(one, 'TCN-W006', [rule.disposition], `${rule.id} says the same as ${place}`);
    return isLater;
  }
  if (rank(rule) <= rank(other) || !isWithin(rule, other)) return false;
  const what =
    other.disposition === 'alert' ? `an alert of severity ${other.severity}` : `a report of severity ${other.severity}`;
  const path = rule.condition.kind === 'threshold' ? ['when'] : [rule.disposition];
  warn(one, 'TCN-W005', path, `whenever this holds, ${place} is ${what} already`);
  return true;
}

/** What is looked at, whatever the threshold. */
function watched({ on, signal, window, failing, condition }: Rule): string {
  return JSON.stringify([on, signal, window, failing, condition.kind]);
}

function demands({ condition, for: lasting, floor, keepFiringFor }: Rule): string {
  return JSON.stringify([condition, lasting, floor, keepFiringFor]);
}

/** Alerts before reports, then by severity. */
function rank({ disposition, severity }: Rule): number {
  return (disposition === 'alert' ? 0 : 10) + severity;
}

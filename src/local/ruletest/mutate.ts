import type { AllCondition, Condition, Operator, Rule } from '../../model/rule.ts';
import type { RuleTest } from './load.ts';
import { runTest } from './run.ts';

/** A way in which a rule could be wrong without anybody noticing. */
export interface Mutant {
  readonly name: 'never' | 'always' | 'inverted' | 'any event' | 'without except' | `without part ${number}`;
  readonly rule: Rule;
}

const INVERSE: Readonly<Record<Operator, Operator>> = { '>': '<=', '<=': '>', '<': '>=', '>=': '<', '==': '!=', '!=': '==' };

const threshold = (operator: Operator, limit: number): Condition => ({
  kind: 'threshold',
  when: { operator, threshold: limit },
  clear: null,
});

/**
 * The rule with its condition taken away, made to hold for every value, and, of a threshold, turned round; of several conditions also with
 * each of them holding for every value; of events also with all of the category.
 */
export function mutantsOf(rule: Rule): readonly Mutant[] {
  const { condition } = rule;
  const mutants: Mutant[] = [
    { name: 'never', rule: { ...rule, condition: threshold('>', Number.POSITIVE_INFINITY) } },
    { name: 'always', rule: { ...rule, condition: threshold('>=', Number.NEGATIVE_INFINITY) } },
  ];
  if (condition.kind === 'threshold') {
    const { operator, threshold: limit } = condition.when;
    mutants.push({ name: 'inverted', rule: { ...rule, condition: threshold(INVERSE[operator], limit) } });
  }
  if (condition.kind === 'all') {
    for (let part = 1; part <= condition.parts.length; part += 1) {
      mutants.push({ name: `without part ${part}`, rule: { ...rule, condition: without(condition, part - 1) } });
    }
  }
  const { signal } = rule;
  if (signal.kind === 'activity') {
    mutants.push({ name: 'any event', rule: { ...rule, signal: { ...signal, where: {} } } });
    if (Object.keys(signal.except).length > 0)
      mutants.push({ name: 'without except', rule: { ...rule, signal: { ...signal, except: {} } } });
  }
  return mutants;
}

function without(condition: AllCondition, part: number): AllCondition {
  const anything = { when: { operator: '>=', threshold: Number.NEGATIVE_INFINITY }, clear: null, floor: 0 } as const;
  return { ...condition, parts: condition.parts.map((one, index) => (index === part ? { ...one, ...anything } : one)) };
}

/** Names of the mutants of a rule that all of its tests let through; its own condition is known to pass them. */
export async function survivorsOf(
  rule: Rule,
  tests: readonly RuleTest[],
  known: readonly Rule[],
): Promise<readonly Mutant['name'][]> {
  const survivors: Mutant['name'][] = [];
  for (const mutant of mutantsOf(rule)) {
    const rules = known.map((one) => (one.id === rule.id ? mutant.rule : one));
    if (!(await anyFails(tests, rules))) survivors.push(mutant.name);
  }
  return survivors;
}

async function anyFails(tests: readonly RuleTest[], rules: readonly Rule[]): Promise<boolean> {
  for (const test of tests) if ((await runTest(test, rules)).failures.length > 0) return true;
  return false;
}

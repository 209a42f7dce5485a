import type { Condition, Operator, Rule } from '../../model/rule.ts';
import type { RuleTest } from './load.ts';
import { runTest } from './run.ts';

/** A way in which a rule could be wrong without anybody noticing. */
export interface Mutant {
  readonly name: 'never' | 'always' | 'inverted';
  readonly rule: Rule;
}

const INVERSE: Readonly<Record<Operator, Operator>> = { '>': '<=', '<=': '>', '<': '>=', '>=': '<', '==': '!=', '!=': '==' };

const threshold = (operator: Operator, limit: number): Condition => ({
  kind: 'threshold',
  when: { operator, threshold: limit },
  clear: null,
});

/** The rule with its condition taken away, made to hold for every value, and, of a threshold, turned round. */
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
  return mutants;
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

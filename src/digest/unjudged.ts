import type { EvaluationEntry } from '../model/evaluation-log.ts';
import type { Rule } from '../model/rule.ts';
import { compareText, groupBy } from './episodes.ts';
import type { UnjudgedRule } from './model.ts';

/** Worst first: the outcome that a rule's line in the digest speaks of when its shards differ. */
const WORST = ['failed', 'unknown', 'waiting'] as const;

/** Rules without an evaluation while others have some: the timer runs, and no resource matches them. */
export function idleRulesOf(rules: readonly Rule[], evaluations: readonly EvaluationEntry[]): readonly string[] {
  if (evaluations.length === 0) return [];
  const evaluated = new Set(evaluations.map(({ rule }) => rule));
  return rules
    .map(({ id }) => id)
    .filter((id) => !evaluated.has(id))
    .sort(compareText);
}

/**
 * Rules whose newest evaluation gave no verdict, or that were never evaluated. Waiting for data that is merely not due yet is
 * daily life; it is told once it lasts longer than the rule's bound for late data (three times its delay).
 */
export function unjudgedRules(
  rules: readonly Rule[],
  evaluations: readonly EvaluationEntry[],
  now: number,
): readonly UnjudgedRule[] {
  const byRule = groupBy(evaluations, ({ rule }) => rule);
  return rules
    .flatMap((rule) => unjudged(rule, byRule.get(rule.id) ?? [], now) ?? [])
    .sort((a, b) => compareText(a.rule, b.rule));
}

function unjudged(rule: Rule, entries: readonly EvaluationEntry[], now: number): UnjudgedRule | null {
  if (entries.length === 0) {
    const reason = 'no evaluation is on record: the rule has no target yet, or the timer has not run';
    return { rule: rule.id, shards: 0, outcome: 'never evaluated', reason, code: null, windowEnd: null };
  }
  const without = entries.filter((entry) => hasNoVerdict(entry, rule, now)).sort((a, b) => compareText(a.shard, b.shard));
  for (const outcome of WORST) {
    const entry = without.find((candidate) => candidate.outcome === outcome);
    if (entry === undefined) continue;
    const { reason, code, windowEnd } = entry;
    return { rule: rule.id, shards: without.length, outcome, reason, code, windowEnd };
  }
  return null;
}

function hasNoVerdict({ outcome, windowEnd }: EvaluationEntry, rule: Rule, now: number): boolean {
  if (outcome === 'waiting') return now - windowEnd > rule.delay * 3 + rule.every;
  return outcome !== 'judged';
}

import type { EvaluationEntry } from '../model/evaluation-log.ts';
import type { Rule } from '../model/rule.ts';
import type { Tone } from '../render/parts.ts';

/** How a rule's newest evaluations stand, over all its shards. */
export interface RuleStatus {
  readonly rule: Rule;
  /** The entry to speak of: the worst shard's, and of equals the newest; `null` when the rule was never evaluated. */
  readonly entry: EvaluationEntry | null;
  readonly shards: number;
  readonly tone: Tone;
  readonly words: string;
}

const ORDER: Readonly<Record<EvaluationEntry['outcome'], number>> = { failed: 0, unknown: 1, waiting: 2, judged: 3 };

export function ruleStatus(rule: Rule, evaluations: readonly EvaluationEntry[], now: number): RuleStatus {
  const own = evaluations.filter((entry) => entry.rule === rule.id);
  const [entry] = [...own].sort((a, b) => ORDER[a.outcome] - ORDER[b.outcome] || b.at - a.at);
  if (entry === undefined) {
    // Every rule with a resource is evaluated in its first minutes, so where others were, this one has none.
    const words = evaluations.length > 0 ? 'nothing to watch yet' : 'not evaluated yet';
    return { rule, entry: null, shards: 0, tone: 'muted', words };
  }
  return { rule, entry, shards: own.length, ...outcomeWords(entry, rule, now) };
}

/** The outcome in words. Waiting is normal until it lasts longer than the rule allows for late data. */
export function outcomeWords(entry: EvaluationEntry, rule: Rule, now: number): Pick<RuleStatus, 'tone' | 'words'> {
  switch (entry.outcome) {
    case 'judged':
      return { tone: 'good', words: 'judged' };
    case 'failed':
      return { tone: 'bad', words: 'failed' };
    case 'unknown':
      return { tone: 'warn', words: 'no verdict' };
    case 'waiting':
      return now - entry.windowEnd > rule.delay * 3 + rule.every
        ? { tone: 'warn', words: 'data late' }
        : { tone: 'muted', words: 'waiting for data' };
  }
}

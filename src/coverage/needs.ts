import type { Rule, Severity } from '../model/rule.ts';
import type { Target } from '../model/target.ts';

/** A log category that rules need of a target: without it they see nothing there. */
export interface Need {
  readonly category: string;
  /** Rule ids, sorted. */
  readonly rules: readonly string[];
  /** That of the most severe of them. */
  readonly severity: Severity;
  /** Where its rules look: in a workspace, or at what is streamed to an Event Hub. */
  readonly place: Place;
}

export type Place = 'workspace' | 'hub';

/** What the rules need of one target, by category and place. `matches` says whether a rule watches it. */
export function needsOf(
  rules: readonly Rule[],
  target: Target,
  matches: (rule: Rule, target: Target) => boolean,
): readonly Need[] {
  return (['workspace', 'hub'] as const).flatMap((place) => needsAt(place, rules, target, matches));
}

function needsAt(
  place: Place,
  rules: readonly Rule[],
  target: Target,
  matches: (rule: Rule, target: Target) => boolean,
): readonly Need[] {
  const kind = place === 'hub' ? 'stream' : 'log';
  const byCategory = new Map<string, Rule[]>();
  for (const rule of rules) {
    if (rule.signal.kind !== kind || !matches(rule, target)) continue;
    for (const category of new Set(rule.categories)) byCategory.set(category, [...(byCategory.get(category) ?? []), rule]);
  }
  return [...byCategory]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([category, needing]) => ({
      category,
      rules: needing.map(({ id }) => id).sort(),
      severity: mostSevere(needing),
      place,
    }));
}

function mostSevere(rules: readonly Rule[]): Severity {
  const [first] = rules.map(({ severity }) => severity).sort();
  return first ?? 4;
}

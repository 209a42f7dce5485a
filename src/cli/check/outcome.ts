import type { Diagnostic } from '../../model/errors.ts';
import type { Rule } from '../../model/rule.ts';
import type { Cost } from '../../rules/cost.ts';

/** A log category that some rules need, for the diagnostic settings of a resource type. */
export interface NeededCategory {
  readonly resourceType: string;
  readonly category: string;
  readonly rules: readonly string[];
}

/** What `tocsin check` found; `--output json` prints it as it is. */
export interface CheckOutcome {
  readonly schemaVersion: 1;
  readonly ok: boolean;
  readonly files: readonly string[];
  readonly rules: { readonly alerts: number; readonly reports: number };
  readonly diagnostics: readonly Diagnostic[];
  readonly categories: readonly NeededCategory[];
  readonly cost: Cost | null;
}

/** Log categories by resource type, each with the rules that read it. */
export function neededCategories(rules: readonly Rule[]): readonly NeededCategory[] {
  const needed = new Map<string, { resourceType: string; category: string; rules: string[] }>();
  for (const rule of rules) {
    for (const category of rule.categories) {
      const key = `${rule.on.type}|${category}`;
      const entry = needed.get(key) ?? { resourceType: rule.on.type, category, rules: [] };
      entry.rules.push(rule.id);
      needed.set(key, entry);
    }
  }
  return [...needed].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, entry]) => entry);
}

import type { Labels } from '../model/labels.ts';
import { matchesAll } from '../model/matcher.ts';
import type { InhibitRule } from '../model/route.ts';

/**
 * The firing alert that keeps an alert from being notified, `null` where none does. Labels that both lack agree. One that matches both
 * sides of a rule is not inhibited by another such: each would silence the other.
 */
export function inhibitorOf<Source extends { readonly labels: Labels }>(
  labels: Labels,
  rules: readonly InhibitRule[],
  firing: readonly Source[],
): Source | null {
  for (const { source, target, equal } of rules) {
    if (!matchesAll(target, labels)) continue;
    const both = matchesAll(source, labels);
    const found = firing.find(
      (other) =>
        matchesAll(source, other.labels) &&
        equal.every((name) => (labels[name] ?? '') === (other.labels[name] ?? '')) &&
        !(both && matchesAll(target, other.labels)),
    );
    if (found !== undefined) return found;
  }
  return null;
}

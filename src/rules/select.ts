import type { Target, TargetSelector } from '../model/target.ts';

/**
 * Whether a rule's selector names the target. Every given field must match; of a list any one entry does, of tags every one must.
 * Azure compares ids, types, kinds, group names and tag names without case, and so do we; tag values are compared exactly.
 */
export function matches(selector: TargetSelector, target: Target): boolean {
  return same(selector.type, target.type) && matchesFields(selector, target);
}

/** The same without the type, for what is said of a rule's own targets. */
export function matchesFields(selector: Omit<TargetSelector, 'type'>, target: Target): boolean {
  return (
    anyOf(selector.kinds, target.kind) &&
    anyOf(selector.resourceGroups, target.resourceGroup) &&
    anyOf(selector.subscriptions, target.subscriptionId) &&
    (selector.ids === undefined || selector.ids.some((id) => normalizeId(id) === normalizeId(target.id))) &&
    carries(target, selector.tags ?? {})
  );
}

/** A resource id as it is compared: lower case, one leading slash, none at the end. */
export function normalizeId(id: string): string {
  return `/${id.trim().replace(/^\/+|\/+$/g, '')}`.toLowerCase();
}

function same(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

function anyOf(accepted: readonly string[] | undefined, actual: string): boolean {
  return accepted === undefined || accepted.some((one) => same(one, actual));
}

function carries(target: Target, tags: Readonly<Record<string, string>>): boolean {
  const actual = new Map(Object.entries(target.tags).map(([name, value]) => [name.toLowerCase(), value]));
  return Object.entries(tags).every(([name, value]) => actual.get(name.toLowerCase()) === value);
}

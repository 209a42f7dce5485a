import { parseResourceId, type Target, type TargetSelector } from '../model/target.ts';

/**
 * Whether the selector names the target. Every given field must match; of a list any entry does, of tags every one must.
 * Azure compares names, kinds and ids without case; tag values are compared exactly.
 */
export function selects(selector: TargetSelector, target: Target): boolean {
  return (
    target.type === selector.type.toLowerCase() &&
    anyOf(selector.kinds, target.kind) &&
    anyOf(selector.resourceGroups, target.resourceGroup) &&
    anyOf(selector.subscriptions, target.subscriptionId) &&
    anyOf(selector.ids, target.id) &&
    hasTags(target, selector)
  );
}

/** The subscriptions that a selector by ids or subscriptions speaks of; `null` when it speaks of all. */
export function subscriptionsOf(selector: TargetSelector): readonly string[] | null {
  if (selector.ids !== undefined) return selector.ids.flatMap((id) => parseResourceId(id)?.subscriptionId ?? []);
  return selector.subscriptions?.map((id) => id.toLowerCase()) ?? null;
}

function anyOf(accepted: readonly string[] | undefined, actual: string): boolean {
  return accepted === undefined || accepted.some((one) => one.toLowerCase() === actual.toLowerCase());
}

/** Azure compares the names of tags without case. */
function hasTags(target: Target, { tags = {} }: TargetSelector): boolean {
  const actual = new Map(Object.entries(target.tags).map(([name, value]) => [name.toLowerCase(), value]));
  return Object.entries(tags).every(([name, value]) => actual.get(name.toLowerCase()) === value);
}

import { labelKey, pickLabels } from '../../model/labels.ts';
import { matches, ownTargets, type Target } from '../../model/target.ts';
import type { Inventory } from '../../ports.ts';

/** A resource and what is deployed in it, each under every label name by which signals speak of it. */
export interface OfflineTarget {
  readonly target: Target;
  readonly contains: readonly Readonly<Record<string, string>>[];
}

/** An inventory that never changes. */
export function fixedInventory(known: readonly OfflineTarget[]): Inventory {
  return {
    targets: async (selectors) => {
      const subscriptions = [...new Set(known.map(({ target }) => target.subscriptionId))];
      const own = selectors.flatMap((selector) => ownTargets(selector, subscriptions) ?? []);
      const all = new Map([...own, ...known.map(({ target }) => target)].map((target) => [target.id, target]));
      return [...all.values()].filter((target) => selectors.some((selector) => matches(selector, target)));
    },
    expected: async (target, labelNames) => {
      if (labelNames.length === 0) return [{ targetId: target.id, labels: {} }];
      const children = known.find((one) => one.target.id === target.id)?.contains ?? [];
      const labelled = children
        .filter((child) => labelNames.every((name) => child[name] !== undefined))
        .map((child) => pickLabels(child, labelNames));
      return [...new Map(labelled.map((labels) => [labelKey(labels), { targetId: target.id, labels }])).values()];
    },
  };
}

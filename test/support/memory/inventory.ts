import { labelKey, pickLabels } from '../../../src/model/labels.ts';
import { type Expected, matches, ownTargets, type Target, type TargetSelector } from '../../../src/model/target.ts';
import type { CallOptions, Inventory } from '../../../src/ports.ts';
import { Faulty, throughJson } from './faults.ts';

/** An estate that tests may change while they run. `children` are the names found inside targets, with their labels. */
export class MemoryInventory extends Faulty implements Inventory {
  targetList: readonly Target[];
  children: readonly Expected[];
  subscriptions: readonly string[] = ['s'];

  constructor(targets: readonly Target[] = [], children: readonly Expected[] = []) {
    super();
    this.targetList = targets;
    this.children = children;
  }

  targets(selectors: readonly TargetSelector[], options?: CallOptions): Promise<readonly Target[]> {
    const own = selectors.flatMap((selector) => ownTargets(selector, this.subscriptions) ?? []);
    const known = [...new Map([...this.targetList, ...own].map((target) => [target.id, target])).values()];
    const matching = () => known.filter((target) => selectors.some((selector) => matches(selector, target)));
    return this.run('targets', () => throughJson(matching()), options?.signal);
  }

  expected(target: Target, labelNames: readonly string[], options?: CallOptions): Promise<readonly Expected[]> {
    const inside = () => {
      if (labelNames.length === 0) return [{ targetId: target.id, labels: {} }];
      const children = this.children.filter((child) => child.targetId === target.id);
      const whole = children.filter((child) => labelNames.every((name) => child.labels[name] !== undefined));
      const found = new Map(
        whole.map(({ labels }) => [labelKey(pickLabels(labels, labelNames)), pickLabels(labels, labelNames)]),
      );
      return [...found.values()].map((labels) => ({ targetId: target.id, labels }));
    };
    return this.run('expected', () => throughJson(inside()), options?.signal);
  }
}

import { selects } from '../../../src/azure/selector.ts';
import type { Expected, Target, TargetSelector } from '../../../src/model/target.ts';
import type { CallOptions, Inventory } from '../../../src/ports.ts';
import { Faulty, throughJson } from './faults.ts';

/** An estate that tests may change while they run. `children` are the names found inside targets, with their labels. */
export class MemoryInventory extends Faulty implements Inventory {
  targetList: readonly Target[];
  children: readonly Expected[];

  constructor(targets: readonly Target[] = [], children: readonly Expected[] = []) {
    super();
    this.targetList = targets;
    this.children = children;
  }

  targets(selectors: readonly TargetSelector[], options?: CallOptions): Promise<readonly Target[]> {
    const matching = () => this.targetList.filter((target) => selectors.some((selector) => selects(selector, target)));
    return this.run('targets', () => throughJson(matching()), options?.signal);
  }

  expected(target: Target, labelNames: readonly string[], options?: CallOptions): Promise<readonly Expected[]> {
    const asked = (child: Expected) => Object.keys(child.labels).every((name) => labelNames.includes(name));
    const inside = () => this.children.filter((child) => child.targetId === target.id && asked(child));
    return this.run('expected', () => throughJson(inside()), options?.signal);
  }
}

import type { Deployment, Quota } from '../../../src/model/deployment.ts';
import type { Target } from '../../../src/model/target.ts';
import type { CallOptions, Deployments } from '../../../src/ports.ts';
import { Faulty, throughJson } from './faults.ts';

/** What is deployed, by target id; tests may change it while they run. */
export class MemoryDeployments extends Faulty implements Deployments {
  byTarget: Readonly<Record<string, readonly Deployment[]>>;
  quotaList: readonly Quota[] = [];

  constructor(byTarget: Readonly<Record<string, readonly Deployment[]>> = {}) {
    super();
    this.byTarget = byTarget;
  }

  of(target: Target, options?: CallOptions): Promise<readonly Deployment[]> {
    return this.run('of', () => throughJson(this.byTarget[target.id] ?? []), options?.signal);
  }

  lifecycles(target: Target, options?: CallOptions): Promise<readonly Deployment[]> {
    return this.run('lifecycles', () => throughJson(this.byTarget[target.id] ?? []), options?.signal);
  }

  quotas(target: Target, options?: CallOptions): Promise<readonly Quota[]> {
    const here = () => this.quotaList.filter(({ region }) => region === target.location);
    return this.run('quotas', () => throughJson(here()), options?.signal);
  }
}

import type { CallOptions, DrainTotals, DrainTotalsStore, Version, Versioned } from '../../../src/ports.ts';
import { Faulty } from './faults.ts';
import { VersionedMap } from './versioned-map.ts';

export class MemoryDrainTotalsStore extends Faulty implements DrainTotalsStore {
  #totals = new VersionedMap<DrainTotals>();

  read(options?: CallOptions): Promise<Versioned<DrainTotals | null>> {
    return this.run('read', () => this.#totals.get('drained'), options?.signal);
  }

  replace(next: DrainTotals, version: Version, options?: CallOptions): Promise<boolean> {
    return this.run('replace', () => this.#totals.replace('drained', next, version), options?.signal);
  }
}

import type { CallOptions, TickRecord, TickStore, Version, Versioned } from '../../../src/ports.ts';
import { Faulty } from './faults.ts';
import { VersionedMap } from './versioned-map.ts';

export class MemoryTickStore extends Faulty implements TickStore {
  #record = new VersionedMap<TickRecord>();

  read(options?: CallOptions): Promise<Versioned<TickRecord | null>> {
    return this.run('read', () => this.#record.get('tick'), options?.signal);
  }

  replace(next: TickRecord, version: Version, options?: CallOptions): Promise<boolean> {
    return this.run('replace', () => this.#record.replace('tick', next, version), options?.signal);
  }
}

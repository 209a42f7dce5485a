import type { CallOptions, TurnStore, Version, Versioned } from '../../../src/ports.ts';
import { Faulty } from './faults.ts';
import { VersionedMap } from './versioned-map.ts';

export class MemoryTurnStore extends Faulty implements TurnStore {
  #turns = new VersionedMap<number>();

  read(receiver: string, options?: CallOptions): Promise<Versioned<number | null>> {
    return this.run('read', () => this.#turns.get(receiver), options?.signal);
  }

  replace(receiver: string, freeAt: number, version: Version, options?: CallOptions): Promise<boolean> {
    return this.run('replace', () => this.#turns.replace(receiver, freeAt, version), options?.signal);
  }
}

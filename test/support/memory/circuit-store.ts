import type { ReceiverCircuit } from '../../../src/model/notification.ts';
import type { CallOptions, CircuitStore, Version, Versioned } from '../../../src/ports.ts';
import { Faulty } from './faults.ts';
import { VersionedMap } from './versioned-map.ts';

export class MemoryCircuitStore extends Faulty implements CircuitStore {
  #circuits = new VersionedMap<ReceiverCircuit>();

  read(name: string, options?: CallOptions): Promise<Versioned<ReceiverCircuit | null>> {
    return this.run('read', () => this.#circuits.get(name), options?.signal);
  }

  replace(next: ReceiverCircuit, version: Version, options?: CallOptions): Promise<boolean> {
    return this.run('replace', () => this.#circuits.replace(next.name, next, version), options?.signal);
  }
}

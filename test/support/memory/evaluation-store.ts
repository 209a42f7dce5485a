import type { ShardKey, ShardState } from '../../../src/model/state.ts';
import type { CallOptions, EvaluationStore, Version, Versioned } from '../../../src/ports.ts';
import { Faulty } from './faults.ts';
import { VersionedMap } from './versioned-map.ts';

export class MemoryEvaluationStore extends Faulty implements EvaluationStore {
  #states = new VersionedMap<ShardState>();

  read(key: ShardKey, options?: CallOptions): Promise<Versioned<ShardState | null>> {
    return this.run('read', () => this.#states.get(keyOf(key)), options?.signal);
  }

  replace(key: ShardKey, next: ShardState, version: Version, options?: CallOptions): Promise<boolean> {
    return this.run('replace', () => this.#states.replace(keyOf(key), next, version), options?.signal);
  }

  /** For assertions. */
  state(key: ShardKey): ShardState | null {
    return this.#states.get(keyOf(key)).value;
  }
}

function keyOf(key: ShardKey): string {
  return JSON.stringify([key.rule, key.shard]);
}

import type { ShardBaseline } from '../../../src/model/baseline.ts';
import type { ShardKey } from '../../../src/model/state.ts';
import type { BaselineStore, CallOptions, Version, Versioned } from '../../../src/ports.ts';
import { Faulty } from './faults.ts';
import { VersionedMap } from './versioned-map.ts';

export class MemoryBaselineStore extends Faulty implements BaselineStore {
  #baselines = new VersionedMap<ShardBaseline>();

  read(key: ShardKey, options?: CallOptions): Promise<Versioned<ShardBaseline | null>> {
    return this.run('read', () => this.#baselines.get(keyOf(key)), options?.signal);
  }

  replace(key: ShardKey, next: ShardBaseline, version: Version, options?: CallOptions): Promise<boolean> {
    return this.run('replace', () => this.#baselines.replace(keyOf(key), next, version), options?.signal);
  }
}

function keyOf(key: ShardKey): string {
  return JSON.stringify([key.rule, key.shard]);
}

import type { Group } from '../../../src/model/notification.ts';
import type { CallOptions, GroupStore, Version, Versioned } from '../../../src/ports.ts';
import { Faulty } from './faults.ts';
import { VersionedMap } from './versioned-map.ts';

export class MemoryGroupStore extends Faulty implements GroupStore {
  #groups = new VersionedMap<Group>();

  read(key: string, options?: CallOptions): Promise<Versioned<Group | null>> {
    return this.run('read', () => this.#groups.get(key), options?.signal);
  }

  replace(next: Group, version: Version, options?: CallOptions): Promise<boolean> {
    return this.run('replace', () => this.#groups.replace(next.key, next, version), options?.signal);
  }

  overdue(time: number, options?: CallOptions): Promise<readonly Group[]> {
    const late = () => this.all().filter((group) => group.nextFlushAt !== null && group.nextFlushAt < time);
    return this.run('overdue', late, options?.signal);
  }

  /** For assertions. */
  all(): readonly Group[] {
    return this.#groups.values();
  }
}

import type { Push } from '../../../src/model/push.ts';
import type { CallOptions, PushStore, Version, Versioned } from '../../../src/ports.ts';
import { Faulty } from './faults.ts';
import { VersionedMap } from './versioned-map.ts';

export class MemoryPushStore extends Faulty implements PushStore {
  #pushes = new VersionedMap<Push>();

  read(fingerprint: string, options?: CallOptions): Promise<Versioned<Push | null>> {
    return this.run('read', () => this.#pushes.get(fingerprint), options?.signal);
  }

  replace(next: Push, version: Version, options?: CallOptions): Promise<boolean> {
    return this.run('replace', () => this.#pushes.replace(next.fingerprint, next, version), options?.signal);
  }

  remove(fingerprint: string, version: string, options?: CallOptions): Promise<void> {
    const forget = (): void => {
      if (this.#pushes.get(fingerprint).version === version) this.#pushes.remove(fingerprint);
    };
    return this.run('remove', forget, options?.signal);
  }

  ended(time: number, options?: CallOptions): Promise<readonly Push[]> {
    return this.run('ended', () => this.#pushes.values().filter(({ pushed }) => pushed.endsAt <= time), options?.signal);
  }
}

import type { Silence } from '../../../src/model/silence.ts';
import type { CallOptions, SilenceStore, Version, Versioned } from '../../../src/ports.ts';
import { Faulty } from './faults.ts';
import { VersionedMap } from './versioned-map.ts';

export class MemorySilenceStore extends Faulty implements SilenceStore {
  #silences = new VersionedMap<Silence>();

  all(options?: CallOptions): Promise<readonly Silence[]> {
    return this.run('all', () => this.#silences.values(), options?.signal);
  }

  read(id: string, options?: CallOptions): Promise<Versioned<Silence | null>> {
    return this.run('read', () => this.#silences.get(id), options?.signal);
  }

  replace(next: Silence, version: Version, options?: CallOptions): Promise<boolean> {
    return this.run('replace', () => this.#silences.replace(next.id, next, version), options?.signal);
  }

  prune(time: number, options?: CallOptions): Promise<void> {
    const over = ({ endsAt }: Silence): boolean => endsAt !== null && endsAt < time;
    return this.run(
      'prune',
      () => {
        for (const silence of this.#silences.values().filter(over)) this.#silences.remove(silence.id);
      },
      options?.signal,
    );
  }
}

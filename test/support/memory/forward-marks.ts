import type { CallOptions, ForwardMark, ForwardMarks, Version, Versioned } from '../../../src/ports.ts';
import { Faulty } from './faults.ts';
import { VersionedMap } from './versioned-map.ts';

export class MemoryForwardMarks extends Faulty implements ForwardMarks {
  #marks = new VersionedMap<ForwardMark>();

  read(partition: string, options?: CallOptions): Promise<Versioned<ForwardMark | null>> {
    return this.run('read', () => this.#marks.get(partition), options?.signal);
  }

  replace(next: ForwardMark, version: Version, options?: CallOptions): Promise<boolean> {
    return this.run('replace', () => this.#marks.replace(next.partition, next, version), options?.signal);
  }

  all(options?: CallOptions): Promise<readonly ForwardMark[]> {
    return this.run('all', () => this.#marks.values(), options?.signal);
  }
}

import type { CallOptions, SentArchive } from '../../../src/ports.ts';
import { Faulty } from './faults.ts';

export class MemorySentArchive extends Faulty implements SentArchive {
  #bodies = new Map<string, string>();

  put(id: string, body: string, options?: CallOptions): Promise<void> {
    const keepFirst = () => {
      if (!this.#bodies.has(id)) this.#bodies.set(id, body);
    };
    return this.run('put', keepFirst, options?.signal);
  }

  get(id: string, options?: CallOptions): Promise<string | null> {
    return this.run('get', () => this.#bodies.get(id) ?? null, options?.signal);
  }
}

import type { CallOptions, QuarantineEntry, QuarantineStore } from '../../../src/ports.ts';
import { Faulty } from './faults.ts';

export class MemoryQuarantineStore extends Faulty implements QuarantineStore {
  #entries = new Map<string, QuarantineEntry>();

  put(entry: QuarantineEntry, options?: CallOptions): Promise<void> {
    const keepFirst = () => {
      if (!this.#entries.has(entry.id)) this.#entries.set(entry.id, { ...entry, body: Uint8Array.from(entry.body) });
    };
    return this.run('put', keepFirst, options?.signal);
  }

  list(limit: number, options?: CallOptions): Promise<readonly Omit<QuarantineEntry, 'body'>[]> {
    const newest = () => this.all().slice(0, limit);
    return this.run('list', () => newest().map(({ body: _, ...entry }) => entry), options?.signal);
  }

  body({ id }: Omit<QuarantineEntry, 'body'>, options?: CallOptions): Promise<Uint8Array | null> {
    return this.run('body', () => this.#entries.get(id)?.body ?? null, options?.signal);
  }

  remove({ id }: Omit<QuarantineEntry, 'body'>, options?: CallOptions): Promise<void> {
    return this.run('remove', () => void this.#entries.delete(id), options?.signal);
  }

  /** For assertions: newest first, with bodies. */
  all(): readonly QuarantineEntry[] {
    const enqueued = (entry: QuarantineEntry) => Date.parse(entry.enqueuedAt) || 0;
    return [...this.#entries.values()].sort((a, b) => enqueued(b) - enqueued(a) || b.at - a.at || (a.id < b.id ? -1 : 1));
  }
}

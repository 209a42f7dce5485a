import type { CallOptions, ParkedBatch, ParkedKey, ParkingStore } from '../../../src/ports.ts';
import { Faulty } from './faults.ts';

export class MemoryParkingStore extends Faulty implements ParkingStore {
  #batches = new Map<string, { readonly batch: ParkedBatch; readonly body: Uint8Array }>();

  park(batch: ParkedBatch, body: Uint8Array, options?: CallOptions): Promise<void> {
    const keepFirst = () => {
      if (!this.#batches.has(keyOf(batch))) {
        this.#batches.set(keyOf(batch), { batch: { ...batch }, body: Uint8Array.from(body) });
      }
    };
    return this.run('park', keepFirst, options?.signal);
  }

  list(sink: string, order: 'oldest' | 'newest', limit: number, options?: CallOptions): Promise<readonly ParkedBatch[]> {
    const listed = () => {
      const all = this.all().filter((batch) => batch.sink === sink);
      return (order === 'oldest' ? all : all.toReversed()).slice(0, limit);
    };
    return this.run('list', listed, options?.signal);
  }

  sinks(options?: CallOptions): Promise<readonly string[]> {
    return this.run('sinks', () => [...new Set(this.all().map(({ sink }) => sink))].sort(), options?.signal);
  }

  body(batch: ParkedKey, options?: CallOptions): Promise<Uint8Array | null> {
    const copy = () => {
      const found = this.#batches.get(keyOf(batch));
      return found === undefined ? null : Uint8Array.from(found.body);
    };
    return this.run('body', copy, options?.signal);
  }

  update(batch: ParkedBatch, options?: CallOptions): Promise<void> {
    const change = () => {
      const found = this.#batches.get(keyOf(batch));
      if (found !== undefined) this.#batches.set(keyOf(batch), { ...found, batch: { ...batch } });
    };
    return this.run('update', change, options?.signal);
  }

  remove(batch: ParkedKey, options?: CallOptions): Promise<void> {
    return this.run('remove', () => void this.#batches.delete(keyOf(batch)), options?.signal);
  }

  /** For assertions: of every sink, oldest first. */
  all(): readonly ParkedBatch[] {
    return [...this.#batches.values()]
      .map((one) => ({ ...one.batch }))
      .sort((a, b) => a.enqueuedAt - b.enqueuedAt || (a.id < b.id ? -1 : 1));
  }
}

function keyOf({ sink, enqueuedAt, id }: ParkedKey): string {
  return `${sink}/${enqueuedAt}/${id}`;
}

import type { CallOptions, ParkedBatch, ParkingStore } from '../../../src/ports.ts';
import { Faulty } from './faults.ts';

export class MemoryParkingStore extends Faulty implements ParkingStore {
  #batches = new Map<string, { readonly batch: ParkedBatch; readonly body: Uint8Array }>();

  park(batch: ParkedBatch, body: Uint8Array, options?: CallOptions): Promise<void> {
    const keepFirst = () => {
      if (!this.#batches.has(batch.id)) this.#batches.set(batch.id, { batch: { ...batch }, body: Uint8Array.from(body) });
    };
    return this.run('park', keepFirst, options?.signal);
  }

  list(limit: number, options?: CallOptions): Promise<readonly ParkedBatch[]> {
    const oldestFirst = (a: ParkedBatch, b: ParkedBatch) => a.parkedAt - b.parkedAt || (a.id < b.id ? -1 : 1);
    const oldest = () =>
      [...this.#batches.values()]
        .map((one) => ({ ...one.batch }))
        .sort(oldestFirst)
        .slice(0, limit);
    return this.run('list', oldest, options?.signal);
  }

  body(id: string, options?: CallOptions): Promise<Uint8Array | null> {
    const copy = () => {
      const found = this.#batches.get(id);
      return found === undefined ? null : Uint8Array.from(found.body);
    };
    return this.run('body', copy, options?.signal);
  }

  update(batch: ParkedBatch, options?: CallOptions): Promise<void> {
    const change = () => {
      const found = this.#batches.get(batch.id);
      if (found !== undefined) this.#batches.set(batch.id, { ...found, batch: { ...batch } });
    };
    return this.run('update', change, options?.signal);
  }

  remove(id: string, options?: CallOptions): Promise<void> {
    return this.run('remove', () => void this.#batches.delete(id), options?.signal);
  }
}

import { describe, expect, it } from 'vitest';
import type { ParkedBatch, ParkingStore } from '../../src/ports.ts';
import { MINUTE, NOON } from '../support/samples.ts';

/** What every ParkingStore does. `make` gives an empty one. */
export function parkingStoreContract(name: string, make: () => ParkingStore): void {
  const batch = (id: string, parkedAt: number): ParkedBatch => ({
    id,
    sink: 'größe',
    path: '/v1/logs',
    contentType: 'application/x-protobuf',
    records: 20,
    parkedAt,
    attempts: 0,
  });
  const body = Uint8Array.of(1, 2, 255, 0);

  describe(`${name} keeps batches for a sink that is down`, () => {
    it('lists the oldest first, as many as asked for', async () => {
      const store = make();
      expect(await store.list(10)).toEqual([]);
      for (const minute of [2, 1, 3]) await store.park(batch(`0/${minute}/logs`, NOON + minute * MINUTE), body);
      expect((await store.list(2)).map((one) => one.id)).toEqual(['0/1/logs', '0/2/logs']);
      expect((await store.list(10))[0]).toEqual(batch('0/1/logs', NOON + MINUTE));
    });

    it('keeps the first body given for an id, byte for byte', async () => {
      const store = make();
      expect(await store.body('b1')).toBeNull();
      await store.park(batch('b1', NOON), body);
      await store.park(batch('b1', NOON + MINUTE), Uint8Array.of(9));
      expect(Array.from((await store.body('b1')) ?? [])).toEqual(Array.from(body));
      expect(await store.list(10)).toEqual([batch('b1', NOON)]);
    });

    it('counts attempts without touching the body', async () => {
      const store = make();
      await store.park(batch('b1', NOON), body);
      await store.update({ ...batch('b1', NOON), attempts: 3 });
      expect(await store.list(10)).toEqual([{ ...batch('b1', NOON), attempts: 3 }]);
      expect(Array.from((await store.body('b1')) ?? [])).toEqual(Array.from(body));
    });

    it('removes a batch, and does not mind one that is gone', async () => {
      const store = make();
      await store.remove('b1');
      await store.park(batch('b1', NOON), body);
      await store.remove('b1');
      await store.remove('b1');
      await store.update({ ...batch('b1', NOON), attempts: 1 });
      expect(await store.list(10)).toEqual([]);
      expect(await store.body('b1')).toBeNull();
    });
  });
}

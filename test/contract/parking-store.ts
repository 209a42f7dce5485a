import { describe, expect, it } from 'vitest';
import type { ParkedBatch, ParkingStore } from '../../src/ports.ts';
import { MINUTE, NOON } from '../support/samples.ts';

/** What every ParkingStore does. `make` gives an empty one. */
export function parkingStoreContract(name: string, make: () => ParkingStore): void {
  const batch = (id: string, parkedAt: number, enqueuedAt = NOON): ParkedBatch => ({
    id,
    sink: 'größe',
    path: '/v1/logs',
    format: 'otlp',
    records: 20,
    enqueuedAt,
    parkedAt,
    attempts: 0,
  });
  const body = Uint8Array.of(1, 2, 255, 0);

  describe(`${name} keeps batches for a sink that is down`, () => {
    it('lists the oldest or the newest of a sink first, as many as asked for', async () => {
      const store = make();
      expect(await store.list('größe', 'oldest', 10)).toEqual([]);
      const at = (minute: number) => NOON + minute * MINUTE + minute;
      for (const minute of [2, 1, 300, 10]) await store.park(batch(`0/${minute}/logs`, NOON, at(minute)), body);
      await store.park({ ...batch('0/0/logs', NOON, NOON), sink: 'other' }, body);
      const ids = async (order: 'oldest' | 'newest', limit: number) =>
        (await store.list('größe', order, limit)).map((one) => one.id);
      expect(await ids('oldest', 2)).toEqual(['0/1/logs', '0/2/logs']);
      expect(await ids('newest', 3)).toEqual(['0/300/logs', '0/10/logs', '0/2/logs']);
      expect((await store.list('größe', 'oldest', 10))[0]).toEqual(batch('0/1/logs', NOON, at(1)));
    });

    it('knows for which sinks something waits', async () => {
      const store = make();
      expect(await store.sinks()).toEqual([]);
      await store.park(batch('b1', NOON), body);
      await store.park(batch('b2', NOON), body);
      await store.park({ ...batch('b1', NOON), sink: 'other' }, body);
      expect([...(await store.sinks())].sort()).toEqual(['größe', 'other']);
      await store.remove({ ...batch('b1', NOON), sink: 'other' });
      expect(await store.sinks()).toEqual(['größe']);
    });

    it('keeps the first body given for an id, byte for byte', async () => {
      const store = make();
      expect(await store.body(batch('b1', NOON))).toBeNull();
      await store.park(batch('b1', NOON), body);
      await store.park(batch('b1', NOON + MINUTE), Uint8Array.of(9));
      expect(Array.from((await store.body(batch('b1', NOON))) ?? [])).toEqual(Array.from(body));
      expect(await store.list('größe', 'oldest', 10)).toEqual([batch('b1', NOON)]);
    });

    it('counts attempts without touching the body', async () => {
      const store = make();
      await store.park(batch('b1', NOON), body);
      await store.update({ ...batch('b1', NOON), attempts: 3 });
      expect(await store.list('größe', 'oldest', 10)).toEqual([{ ...batch('b1', NOON), attempts: 3 }]);
      expect(Array.from((await store.body(batch('b1', NOON))) ?? [])).toEqual(Array.from(body));
    });

    it('removes a batch, and does not mind one that is gone', async () => {
      const store = make();
      await store.remove(batch('b1', NOON));
      await store.park(batch('b1', NOON), body);
      await store.remove(batch('b1', NOON));
      await store.remove(batch('b1', NOON));
      await store.update({ ...batch('b1', NOON), attempts: 1 });
      expect(await store.list('größe', 'oldest', 10)).toEqual([]);
      expect(await store.body(batch('b1', NOON))).toBeNull();
    });
  });
}

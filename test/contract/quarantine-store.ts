import { describe, expect, it } from 'vitest';
import type { QuarantineEntry, QuarantineStore } from '../../src/ports.ts';
import { MINUTE, NOON } from '../support/samples.ts';

/** What every QuarantineStore does. `make` gives an empty one. */
export function quarantineStoreContract(name: string, make: () => QuarantineStore): void {
  const entry = (id: string, enqueued: number, changes: Partial<QuarantineEntry> = {}): QuarantineEntry => ({
    id,
    at: enqueued + MINUTE,
    code: 'TCN-F001',
    reason: 'not JSON: größe at 17',
    partition: '0',
    offset: '4711',
    sequenceNumber: '42',
    enqueuedAt: new Date(enqueued).toISOString(),
    body: Uint8Array.of(0xff, 0, 0x7b),
    ...changes,
  });

  describe(`${name} keeps what could not be understood`, () => {
    it('lists entries without bodies, newest first, as many as asked for', async () => {
      const store = make();
      expect(await store.list(10)).toEqual([]);
      for (const minute of [1, 3, 2]) await store.put(entry(`hub/0/${minute}/0`, NOON + minute * MINUTE));
      const { body: _, ...newest } = entry('hub/0/3/0', NOON + 3 * MINUTE);
      expect((await store.list(10)).map((one) => one.id)).toEqual(['hub/0/3/0', 'hub/0/2/0', 'hub/0/1/0']);
      expect(await store.list(1)).toEqual([newest]);
      expect(await store.list(0)).toEqual([]);
    });

    it('holds one entry for a body that is delivered again later', async () => {
      const store = make();
      await store.put(entry('hub/0/1/0', NOON));
      await store.put(entry('hub/0/1/0', NOON, { at: NOON + 60 * MINUTE }));
      expect((await store.list(10)).map((one) => one.at)).toEqual([NOON + MINUTE]);
    });

    it('takes entries without a readable time, empty bodies and long reasons', async () => {
      const store = make();
      await store.put(entry('a', NOON, { enqueuedAt: '', body: new Uint8Array(), reason: 'x'.repeat(900) }));
      await store.put(entry('b', NOON));
      expect((await store.list(10)).map((one) => one.id)).toEqual(['b', 'a']);
      expect((await store.list(10))[1]?.reason).toBe('x'.repeat(900));
    });
  });
}

import { describe, expect, it } from 'vitest';
import type { NotificationLog } from '../../src/ports.ts';
import { MINUTE, NOON, samplePending, sampleRecord, sha256 } from '../support/samples.ts';
import { expectConditionalWrites } from './versioned.ts';

/** What every NotificationLog does. `make` gives an empty one. */
export function notificationLogContract(name: string, make: () => NotificationLog): void {
  describe(`${name} remembers what receivers were told`, () => {
    it('writes only what nobody else has written since', async () => {
      const store = make();
      const record = sampleRecord('g', 'on-call / EU');
      await expectConditionalWrites(
        () => store.read(record.group, record.receiver),
        (next, version) => store.replace(next, version),
        [record, { ...record, pending: samplePending('d1') }, { ...record, pending: samplePending('d2') }],
      );
    });

    it('keeps receivers and groups apart', async () => {
      const store = make();
      await store.replace(sampleRecord('g1', 'a'), null);
      await store.replace(sampleRecord('g1', 'b'), null);
      await store.replace(sampleRecord('g2', 'a'), null);
      expect((await store.all()).map((record) => `${record.receiver} ${record.group}`).sort()).toEqual(
        [`a ${sha256('g1')}`, `b ${sha256('g1')}`, `a ${sha256('g2')}`].sort(),
      );
      expect((await store.read(sha256('g2'), 'b')).value).toBeNull();
    });

    it('finds deliveries whose next try is overdue', async () => {
      const store = make();
      expect(await store.overdue(NOON)).toEqual([]);
      const late = sampleRecord('late', 'a', samplePending('d1', { nextTryAt: NOON - MINUTE }));
      for (const record of [late, sampleRecord('due', 'a', samplePending('d2')), sampleRecord('idle', 'a')]) {
        await store.replace(record, null);
      }
      expect(await store.overdue(NOON)).toEqual([late]);
    });

    it('holds the thousands of alerts of a storm', async () => {
      const store = make();
      const firing = Array.from({ length: 2_000 }, (_, n) => `${sha256(String(n))},${NOON + n}`);
      const record = sampleRecord('storm', 'a', samplePending('d1', { firing }));
      expect(await store.replace(record, null)).toBe(true);
      expect((await store.read(record.group, 'a')).value).toEqual(record);
    });
  });
}

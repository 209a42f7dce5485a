import { describe, expect, it } from 'vitest';
import type { FindingStore } from '../../src/ports.ts';
import { DAY, HOUR, NOON, sampleFinding } from '../support/samples.ts';

/** What every FindingStore does. `make` gives an empty one. */
export function findingStoreContract(name: string, make: () => FindingStore): void {
  describe(`${name} keeps findings`, () => {
    const always = { start: 0, end: NOON + 100 * DAY };

    it('gives back what was put, oldest first', async () => {
      const store = make();
      expect(await store.during(always)).toEqual([]);
      const [older, newer] = [sampleFinding('b', { firstAt: NOON - HOUR }), sampleFinding('a')];
      await store.put(newer);
      await store.put(older);
      expect(await store.during(always)).toEqual([older, newer]);
    });

    it('extends a finding of the same id: widest span, larger count, newest words', async () => {
      const store = make();
      await store.put(sampleFinding('a', { count: 5, summary: 'first' }));
      await store.put(sampleFinding('a', { firstAt: NOON + HOUR, lastAt: NOON + HOUR, count: 2, summary: 'second' }));
      await store.put(sampleFinding('a', { firstAt: NOON - HOUR, lastAt: NOON - HOUR, count: 3, summary: 'late' }));
      expect(await store.during(always)).toEqual([
        sampleFinding('a', { firstAt: NOON - HOUR, lastAt: NOON + HOUR, count: 5, summary: 'second' }),
      ]);
    });

    it('changes nothing when it is put again', async () => {
      const store = make();
      const finding = sampleFinding('a', { labels: { note: 'größe/#?' } });
      await Promise.all([store.put(finding), store.put(finding)]);
      await store.put(finding);
      expect(await store.during(always)).toEqual([finding]);
    });

    it('finds those whose span touches the window', async () => {
      const store = make();
      await store.put(sampleFinding('a', { firstAt: NOON, lastAt: NOON + HOUR }));
      const found = async (start: number, end: number) => (await store.during({ start, end })).length;
      expect(await found(NOON - HOUR, NOON)).toBe(0);
      expect(await found(NOON - HOUR, NOON + 1)).toBe(1);
      expect(await found(NOON + 1, NOON + 2)).toBe(1);
      expect(await found(NOON + HOUR, NOON + DAY)).toBe(1);
      expect(await found(NOON + HOUR + 1, NOON + DAY)).toBe(0);
    });

    it('finds an extended finding at its new place only', async () => {
      const store = make();
      await store.put(sampleFinding('a'));
      await store.put(sampleFinding('a', { lastAt: NOON + DAY, count: 2 }));
      expect(await store.during({ start: NOON - HOUR, end: NOON + HOUR })).toHaveLength(1);
      expect(await store.during({ start: NOON + HOUR, end: NOON + 2 * DAY })).toMatchObject([{ count: 2 }]);
    });

    it('loses none of concurrent writers', async () => {
      const store = make();
      await Promise.all([1, 2, 3, 4].map((n) => store.put(sampleFinding('a', { lastAt: NOON + n * HOUR, count: n }))));
      expect(await store.during(always)).toMatchObject([{ firstAt: NOON, lastAt: NOON + 4 * HOUR, count: 4 }]);
    });
  });
}

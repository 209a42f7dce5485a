import { describe, expect, it } from 'vitest';
import type { GroupStore } from '../../src/ports.ts';
import { MINUTE, NOON, sampleGroup } from '../support/samples.ts';
import { expectConditionalWrites } from './versioned.ts';

/** What every GroupStore does. `make` gives an empty one. */
export function groupStoreContract(name: string, make: () => GroupStore): void {
  describe(`${name} keeps groups`, () => {
    it('writes only what nobody else has written since', async () => {
      const store = make();
      const group = sampleGroup('a');
      await expectConditionalWrites(
        () => store.read(group.key),
        (next, version) => store.replace(next, version),
        [group, { ...group, nextFlushAt: NOON }, { ...group, nextFlushAt: NOON + MINUTE }],
      );
    });

    it('finds groups whose flush is overdue', async () => {
      const store = make();
      expect(await store.overdue(NOON)).toEqual([]);
      const [late, due, idle] = [sampleGroup('late', NOON - 1), sampleGroup('due', NOON), sampleGroup('idle', null)];
      for (const group of [late, due, idle]) await store.replace(group, null);
      expect(await store.overdue(NOON)).toEqual([late]);
      const { version } = await store.read(late.key);
      await store.replace({ ...late, nextFlushAt: null }, version);
      expect(await store.overdue(NOON)).toEqual([]);
    });
  });
}

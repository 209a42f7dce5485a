import { describe, expect, it } from 'vitest';
import type { SilenceStore } from '../../src/ports.ts';
import { HOUR, NOON, sampleSilence } from '../support/samples.ts';
import { expectConditionalWrites } from './versioned.ts';

/** What every SilenceStore does. `make` gives an empty one. */
export function silenceStoreContract(name: string, make: () => SilenceStore): void {
  describe(`${name} keeps silences`, () => {
    it('writes only what nobody else has written since', async () => {
      const store = make();
      const silence = sampleSilence('a');
      await expectConditionalWrites(
        () => store.read(silence.id),
        (next, version) => store.replace(next, version),
        [silence, { ...silence, comment: 'longer' }, { ...silence, endsAt: null }],
      );
    });

    it('lists all of them, and forgets those that are over', async () => {
      const store = make();
      expect(await store.all()).toEqual([]);
      const over = sampleSilence('over', { endsAt: NOON - 1 });
      const kept = [
        sampleSilence('at noon', { endsAt: NOON }),
        sampleSilence('later'),
        sampleSilence('for ever', { endsAt: null }),
      ];
      for (const silence of [over, ...kept]) await store.replace(silence, null);
      expect(await store.all()).toHaveLength(4);
      await store.prune(NOON);
      const left = [...(await store.all())].sort((a, b) => (a.endsAt ?? NOON + 2 * HOUR) - (b.endsAt ?? NOON + 2 * HOUR));
      expect(left).toEqual(kept);
      expect((await store.read(over.id)).value).toBeNull();
    });
  });
}

import { describe, expect, it } from 'vitest';
import type { Push } from '../../src/model/push.ts';
import type { PushStore } from '../../src/ports.ts';
import { MINUTE, NOON } from '../support/samples.ts';
import { expectConditionalWrites } from './versioned.ts';

const push = (fingerprint: string, endsAt: number): Push => ({
  fingerprint,
  pushed: { labels: { alertname: fingerprint }, annotations: {}, startsAt: NOON - MINUTE, endsAt, timeout: true },
  episode: NOON - MINUTE,
});

/** What every PushStore does. `make` gives an empty one. */
export function pushStoreContract(name: string, make: () => PushStore): void {
  describe(`${name} keeps pushed alerts`, () => {
    it('writes only what nobody else has written since', async () => {
      const store = make();
      await expectConditionalWrites(
        () => store.read('a'),
        (next, version) => store.replace(next, version),
        [push('a', NOON), push('a', NOON + MINUTE), push('a', NOON + 2 * MINUTE)],
      );
    });

    it('lists those that have ended, and forgets one only as it was read', async () => {
      const store = make();
      for (const one of [push('a', NOON - 1), push('b', NOON), push('c', NOON + 1)]) await store.replace(one, null);
      expect((await store.ended(NOON)).map(({ fingerprint }) => fingerprint).sort()).toEqual(['a', 'b']);
      const { version } = await store.read('a');
      await store.replace(push('a', NOON + MINUTE), version);
      await store.remove('a', version ?? '');
      expect((await store.read('a')).value?.pushed.endsAt).toBe(NOON + MINUTE);
      await store.remove('a', (await store.read('a')).version ?? '');
      expect((await store.read('a')).value).toBeNull();
    });
  });
}

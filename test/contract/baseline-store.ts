import { describe, expect, it } from 'vitest';
import type { ShardBaseline } from '../../src/model/baseline.ts';
import type { BaselineStore } from '../../src/ports.ts';
import { expectConditionalWrites } from './versioned.ts';

const sample = (day: number): ShardBaseline => ({
  version: 1,
  readDay: day,
  series: {
    '/subscriptions/s/x\nchat': [{ day, samples: 288, hours: [1, null, 3.5], extents: { value: [0.1, 12], residual: [-3, 4] } }],
  },
});

/** What every BaselineStore does. `make` gives an empty one. */
export function baselineStoreContract(name: string, make: () => BaselineStore): void {
  describe(`${name} keeps the baselines of rules`, () => {
    it('writes only what nobody else has written since', async () => {
      const store = make();
      const key = { rule: 'TokensOutOfUsual', shard: 'sub/swedencentral/0' };
      await expectConditionalWrites(
        () => store.read(key),
        (next, version) => store.replace(key, next, version),
        [sample(20_000), sample(20_001), sample(20_002)],
      );
    });

    it('keeps rules and shards apart, whatever their names', async () => {
      const store = make();
      const keys = [
        { rule: 'a', shard: 'b/c' },
        { rule: 'a/b', shard: 'c' },
        { rule: 'A', shard: 'b' },
        { rule: '..', shard: '.' },
      ];
      for (const [index, key] of keys.entries()) expect(await store.replace(key, sample(index), null)).toBe(true);
      for (const [index, key] of keys.entries()) expect((await store.read(key)).value).toEqual(sample(index));
    });
  });
}

import { describe, expect, it } from 'vitest';
import type { EvaluationStore } from '../../src/ports.ts';
import { fired, MINUTE, NOON, sampleAlert, sampleState } from '../support/samples.ts';
import { expectConditionalWrites } from './versioned.ts';

/** What every EvaluationStore does. `make` gives an empty one. */
export function evaluationStoreContract(name: string, make: () => EvaluationStore): void {
  describe(`${name} keeps the state of rules`, () => {
    it('writes only what nobody else has written since', async () => {
      const store = make();
      const key = { rule: 'AzureOpenAIThrottled', shard: 'sub/swedencentral/0' };
      await expectConditionalWrites(
        () => store.read(key),
        (next, version) => store.replace(key, next, version),
        [sampleState(NOON), sampleState(NOON + MINUTE), sampleState(NOON + 2 * MINUTE)],
      );
    });

    it('keeps rules and shards apart, whatever their names', async () => {
      const store = make();
      const keys = [
        { rule: 'a', shard: 'b/c' },
        { rule: 'a/b', shard: 'c' },
        { rule: 'a', shard: 'b' },
        { rule: 'A', shard: 'b' },
        { rule: '..', shard: '.' },
        { rule: 'größe %2F', shard: 'x'.repeat(400) },
      ];
      for (const [index, key] of keys.entries()) expect(await store.replace(key, sampleState(index), null)).toBe(true);
      for (const [index, key] of keys.entries()) expect((await store.read(key)).value?.lastWindowEnd).toBe(index);
    });

    it('holds large states', async () => {
      const store = make();
      const key = { rule: 'r', shard: 's' };
      const unsent = Array.from({ length: 2_000 }, (_, n) => fired(sampleAlert(`series ${n}`)));
      const state = { ...sampleState(NOON), unsent };
      expect(await store.replace(key, state, null)).toBe(true);
      expect((await store.read(key)).value).toEqual(state);
    });
  });
}

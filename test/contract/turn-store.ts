import { describe, it } from 'vitest';
import type { TurnStore } from '../../src/ports.ts';
import { NOON } from '../support/samples.ts';
import { expectConditionalWrites } from './versioned.ts';

/** What every TurnStore does. `make` gives an empty one. */
export function turnStoreContract(name: string, make: () => TurnStore): void {
  describe(`${name} keeps the turns of receivers`, () => {
    it('writes only what nobody else has written since', async () => {
      const store = make();
      await expectConditionalWrites(
        () => store.read('on call/1'),
        (freeAt, version) => store.replace('on call/1', freeAt, version),
        [NOON, NOON + 1_000, NOON + 2_000],
      );
    });
  });
}

import { describe, it } from 'vitest';
import type { TickStore } from '../../src/ports.ts';
import { MINUTE, NOON } from '../support/samples.ts';
import { expectConditionalWrites } from './versioned.ts';

/** What every TickStore does. `make` gives an empty one. */
export function tickStoreContract(name: string, make: () => TickStore): void {
  describe(`${name} remembers the last tick`, () => {
    it('writes only what nobody else has written since', async () => {
      const store = make();
      await expectConditionalWrites(
        () => store.read(),
        (next, version) => store.replace(next, version),
        [
          { lastTickAt: NOON, planned: 1 },
          { lastTickAt: NOON + MINUTE, planned: 2 },
          { lastTickAt: NOON + 2 * MINUTE, planned: 3 },
        ],
      );
    });
  });
}

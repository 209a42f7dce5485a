import { describe, expect, it } from 'vitest';
import type { HeartbeatStore } from '../../src/ports.ts';
import { MINUTE, NOON } from '../support/samples.ts';

/** What every HeartbeatStore does. `make` gives an empty one. */
export function heartbeatStoreContract(name: string, make: () => HeartbeatStore): void {
  describe(`${name} keeps check-ins`, () => {
    it('keeps the newest of each job and phase', async () => {
      const store = make();
      expect(await store.all()).toEqual([]);
      await store.record({ id: 'nightly.train', phase: 'start', at: NOON });
      await store.record({ id: 'nightly.train', phase: 'finish', at: NOON + MINUTE });
      await store.record({ id: 'nightly.train', phase: 'start', at: NOON + 2 * MINUTE });
      await store.record({ id: 'nightly', phase: 'fail', at: NOON });
      const all = [...(await store.all())].sort((a, b) => b.at - a.at || (a.id < b.id ? -1 : 1));
      expect(all).toEqual([
        { id: 'nightly.train', phase: 'start', at: NOON + 2 * MINUTE },
        { id: 'nightly.train', phase: 'finish', at: NOON + MINUTE },
        { id: 'nightly', phase: 'fail', at: NOON },
      ]);
    });
  });
}

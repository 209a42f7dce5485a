import { describe, expect, it } from 'vitest';
import type { ForwardMark, ForwardMarks } from '../../src/ports.ts';
import { NOON } from '../support/samples.ts';
import { expectConditionalWrites } from './versioned.ts';

/** What every ForwardMarks does. `make` gives an empty one. */
export function forwardMarksContract(name: string, make: () => ForwardMarks): void {
  const counts = { events: 1, records: 20, quarantined: 0, duplicates: 0, sinkRequests: 1, parked: 0 };
  const mark = (partition: string, sequenceNumber: number): ForwardMark => ({
    partition,
    sequenceNumber,
    counts,
    updatedAt: NOON,
  });

  describe(`${name} remembers how far each partition is`, () => {
    it('writes only what nobody else has written since', async () => {
      const marks = make();
      await expectConditionalWrites(
        () => marks.read('0'),
        (next, version) => marks.replace(next, version),
        [mark('0', 1), mark('0', 2), mark('0', Number.MAX_SAFE_INTEGER)],
      );
    });

    it('lists all partitions', async () => {
      const marks = make();
      expect(await marks.all()).toEqual([]);
      for (const partition of ['0', '1', '2']) await marks.replace(mark(partition, 7), null);
      expect((await marks.all()).map((one) => one.partition).sort()).toEqual(['0', '1', '2']);
    });
  });
}

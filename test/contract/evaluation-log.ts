import { describe, expect, it } from 'vitest';
import type { EvaluationLog } from '../../src/ports.ts';
import { MINUTE, NOON, sampleEntry } from '../support/samples.ts';

/** What every EvaluationLog does. `place` gives an empty place and how one worker opens it. */
export function evaluationLogContract(name: string, place: () => () => EvaluationLog): void {
  describe(`${name} keeps the evaluation log`, () => {
    it('gives the newest entry of every rule and shard', async () => {
      const log = place()();
      expect(await log.latest()).toEqual([]);
      for (const minute of [0, 2, 1]) await log.record(sampleEntry('r1', 's/1', NOON + minute * MINUTE));
      await log.record(sampleEntry('r1', 's/2', NOON));
      await log.record(sampleEntry('r1-b', 's/1', NOON, { outcome: 'waiting', reason: 'data late: größe' }));
      const latest = [...(await log.latest())].sort((a, b) => (a.rule + a.shard < b.rule + b.shard ? -1 : 1));
      expect(latest).toEqual([
        sampleEntry('r1-b', 's/1', NOON, { outcome: 'waiting', reason: 'data late: größe' }),
        sampleEntry('r1', 's/1', NOON + 2 * MINUTE),
        sampleEntry('r1', 's/2', NOON),
      ]);
    });

    it('gives the entries of one rule, newest first', async () => {
      const log = place()();
      expect(await log.of('r1')).toEqual([]);
      await log.record(sampleEntry('r1', 's1', NOON));
      await log.record(sampleEntry('r1', 's2', NOON + MINUTE));
      await log.record(sampleEntry('r1', 's1', NOON + 2 * MINUTE));
      await log.record(sampleEntry('r11', 's1', NOON + 3 * MINUTE));
      await log.record(sampleEntry('r', 's1', NOON + 3 * MINUTE));
      expect((await log.of('r1')).map((entry) => entry.at)).toEqual([NOON + 2 * MINUTE, NOON + MINUTE, NOON]);
    });

    it('keeps what several workers write in turn', async () => {
      const open = place();
      const [one, two] = [open(), open()];
      for (let n = 0; n < 6; n += 1) await (n % 3 === 1 ? two : one).record(sampleEntry('r1', 's1', NOON + n));
      expect((await one.of('r1')).map((entry) => entry.at - NOON)).toEqual([5, 4, 3, 2, 1, 0]);
    });

    it('keeps the last fifty of a shard', async () => {
      const log = place()();
      for (let n = 0; n < 55; n += 1) await log.record(sampleEntry('r1', 's1', NOON + n));
      const kept = (await log.of('r1')).map((entry) => entry.at);
      expect(kept).toHaveLength(50);
      expect([kept[0], kept.at(-1)]).toEqual([NOON + 54, NOON + 5]);
    });
  });
}

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { JobQueue } from '../../src/ports.ts';
import type { FakeClock } from '../support/memory/index.ts';
import { DAY, MINUTE, NOON } from '../support/samples.ts';

export interface QueueUnderTest {
  readonly clock: FakeClock;
  readonly queue: JobQueue<unknown>;
  /** Everything that waits, by due time. */
  pending(): Promise<readonly { readonly due: number; readonly job: unknown }[]>;
}

/** What every JobQueue does. `make` gives an empty one whose clock stands at noon. */
export function jobQueueContract(name: string, make: () => QueueUnderTest): void {
  describe(`${name} carries jobs`, () => {
    it('hands over what was sent, due at the time it was sent for', async () => {
      const { queue, clock, pending } = make();
      clock.set(NOON);
      await queue.send({ kind: 'flush', group: 'größe 🔔' }, 5 * MINUTE);
      await queue.send({ kind: 'send', delivery: 'd1' });
      clock.advance(MINUTE);
      await queue.send({ kind: 'send', delivery: 'd2' }, MINUTE);
      expect(await pending()).toEqual([
        { due: NOON, job: { kind: 'send', delivery: 'd1' } },
        { due: NOON + 2 * MINUTE, job: { kind: 'send', delivery: 'd2' } },
        { due: NOON + 5 * MINUTE, job: { kind: 'flush', group: 'größe 🔔' } },
      ]);
    });

    it('takes characters that XML cannot carry, and those that it must escape', async () => {
      const { queue, pending } = make();
      const job = { kind: 'send', delivery: '\u0000\u000b\ufffe\uffff\ud800 <&"\'> \r\n' };
      await queue.send(job);
      expect((await pending()).map((message) => message.job)).toEqual([job]);
    });

    it.each([
      ['quotation marks', '"'],
      ['letters beyond ASCII', 'ö'],
      ['letters', 'a'],
    ])('takes jobs of %s up to and beyond what fits into a message', async (_, unit) => {
      const { queue, pending } = make();
      const jobs = [1_000, 8_000, 10_000, 20_000, 59_000, 66_000].map((length) => ({
        kind: 'send',
        delivery: unit.repeat(length),
      }));
      for (const job of jobs) await queue.send(job);
      const lengths = (await pending()).map(({ job }) => (job as { delivery: string }).delivery.length);
      expect(lengths.sort((a, b) => a - b)).toEqual(jobs.map((job) => job.delivery.length));
    });

    it.each<readonly [string, (n: number) => string]>([
      ['that are much alike', (n) => `größe ${n}`.repeat(5)],
      ['that have nothing in common', (n) => createHash('sha512').update(`${n}`).digest('base64')],
    ])('takes jobs of any size, of parts %s', async (_, text) => {
      const { queue, pending } = make();
      const job = { kind: 'transitions', transitions: Array.from({ length: 3_000 }, (_each, n) => ({ id: n, text: text(n) })) };
      await queue.send(job);
      await queue.send(job);
      expect((await pending()).map((message) => message.job)).toEqual([job, job]);
    });

    it('delays by seven days at most, and never into the past', async () => {
      const { queue, clock, pending } = make();
      clock.set(NOON);
      await queue.send({ n: 1 }, -MINUTE);
      await queue.send({ n: 2 }, 30 * DAY);
      expect((await pending()).map((message) => message.due)).toEqual([NOON, NOON + 7 * DAY]);
    });
  });
}

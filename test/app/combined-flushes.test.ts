import { describe, expect, it } from 'vitest';
import { combinedFlushes } from '../../src/app/combined-flushes.ts';
import type { NotificationJob } from '../../src/model/messages.ts';
import { FakeClock, MemoryQueue } from '../support/memory/index.ts';

const NOW = Date.parse('2026-11-21T08:00:00Z');
const SECOND = 1_000;

const flush = (group: string): NotificationJob => ({ kind: 'flush', group });

function queues(within = SECOND) {
  const clock = new FakeClock(NOW);
  const queue = new MemoryQueue<NotificationJob>(clock);
  return { clock, queue, combined: combinedFlushes(queue, clock, within) };
}

describe('flushes that are asked for at the same time', () => {
  it('travel in one message that is due with the last of them, within a second', async () => {
    const { queue, combined } = queues();
    await Promise.all([
      combined.send(flush('a'), 1_200),
      combined.send({ kind: 'flushes', groups: ['b', 'c'] }, 1_900),
      combined.send(flush('d'), 2_100),
    ]);
    expect(queue.pending()).toEqual([
      { due: NOW + 1_900, job: { kind: 'flushes', groups: ['a', 'b', 'c'] } },
      { due: NOW + 2_100, job: flush('d') },
    ]);
  });

  it('are no more than a message takes, and none is left out', async () => {
    const { queue, combined } = queues();
    const names = Array.from({ length: 250 }, (_, n) => `g${n}`);
    await Promise.all(names.map((name) => combined.send(flush(name), SECOND)));
    const groups = queue.pending().map(({ job }) => (job.kind === 'flushes' ? job.groups : []));
    expect(groups.map(({ length }) => length)).toEqual([100, 100, 50]);
    expect(groups.flat()).toEqual(names);
  });

  it('go out after those that are under way', async () => {
    const { queue, combined } = queues();
    const first = combined.send(flush('a'));
    await new Promise((resolve) => setImmediate(resolve));
    await Promise.all([first, combined.send(flush('b')), combined.send(flush('c'))]);
    await combined.send(flush('d'));
    expect(
      queue.pending().flatMap(({ job }) => (job.kind === 'flushes' ? job.groups : job.kind === 'flush' ? [job.group] : [])),
    ).toEqual(['a', 'b', 'c', 'd']);
  });

  it('stay apart where times are kept to the millisecond', async () => {
    const { queue, combined } = queues(1);
    await Promise.all([combined.send(flush('a'), 10), combined.send(flush('b'), 11), combined.send(flush('c'), 11)]);
    expect(queue.pending().map(({ job }) => job.kind)).toEqual(['flush', 'flushes']);
  });

  it('fail for each who asked, and for nobody later', async () => {
    const { clock } = queues();
    let fails = true;
    const sent: NotificationJob[] = [];
    const queue = {
      send: async (job: NotificationJob) => {
        if (fails) throw new Error('storage');
        sent.push(job);
      },
    };
    const combined = combinedFlushes(queue, clock, SECOND);
    const settled = await Promise.allSettled([combined.send(flush('a')), combined.send(flush('b'))]);
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    fails = false;
    await combined.send(flush('c'));
    expect(sent).toEqual([flush('c')]);
  });
});

it('other messages are sent as they are', async () => {
  const { queue, combined } = queues();
  const job: NotificationJob = { kind: 'send', delivery: 'g|chat' };
  await combined.send(job, 5);
  expect(queue.pending()).toEqual([{ due: NOW + 5, job }]);
});

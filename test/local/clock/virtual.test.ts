import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { VirtualClock } from '../../../src/local/clock/virtual.ts';
import { virtualClock } from '../../../src/local/clock/virtual.ts';

const NOON = Date.UTC(2026, 10, 21, 12);
const MINUTE = 60_000;
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'tocsin-clock-'));
  folders.push(made);
  return made;
}

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) await setImmediate();
}

describe('a virtual clock', () => {
  it('jumps to the earliest sleeper and wakes it there', async () => {
    const clock = virtualClock({ startAt: NOON });
    const woken: [string, number][] = [];
    await Promise.all([
      clock.sleepUntil(NOON + 2 * MINUTE).then(() => woken.push(['late', clock.now()])),
      clock.sleepUntil(NOON + MINUTE).then(() => woken.push(['early', clock.now()])),
    ]);
    expect(woken).toEqual([
      ['early', NOON + MINUTE],
      ['late', NOON + 2 * MINUTE],
    ]);
  });

  it('stands still without sleepers', async () => {
    const clock = virtualClock({ startAt: NOON });
    await clock.settled();
    expect(clock.now()).toBe(NOON);
  });

  it('does not wait for what is past', async () => {
    const clock = virtualClock({ startAt: NOON });
    await clock.busy(() => clock.sleepUntil(NOON - 1));
    expect(clock.now()).toBe(NOON);
  });

  it('stands still while anything is busy', async () => {
    const clock = virtualClock({ startAt: NOON });
    const sleeper = clock.sleepUntil(NOON + MINUTE);
    await clock.busy(async () => {
      await turns(50);
      expect(clock.now()).toBe(NOON);
    });
    await sleeper;
    expect(clock.now()).toBe(NOON + MINUTE);
  });

  it('stands still until every source is idle', async () => {
    const clock = virtualClock({ startAt: NOON });
    let asked = 0;
    clock.watch({ idle: () => ++asked > 3 });
    await clock.sleepUntil(NOON + MINUTE);
    expect(asked).toBe(4);
  });

  it('takes a source that throws for one that is not idle', async () => {
    const clock = virtualClock({ startAt: NOON });
    let asked = 0;
    clock.watch({
      idle: () => {
        asked += 1;
        if (asked < 3) throw new Error('storage is away');
        return true;
      },
    });
    await clock.sleepUntil(NOON + MINUTE);
    expect(asked).toBe(3);
  });

  it('wakes sleepers of one moment one after the other, in the order in which they fell asleep', async () => {
    const clock = virtualClock({ startAt: NOON });
    const log: string[] = [];
    const sleeper = async (name: string) => {
      await clock.sleepUntil(NOON + MINUTE);
      await clock.busy(async () => {
        log.push(`${name} begins`);
        await turns(5);
        log.push(`${name} ends`);
      });
    };
    await Promise.all([sleeper('a'), sleeper('b')]);
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  });

  it('forgets a sleeper whose signal aborts, and tells it', async () => {
    const clock = virtualClock({ startAt: NOON, limit: NOON });
    const stop = new AbortController();
    const sleeper = clock.sleepUntil(NOON + MINUTE, stop.signal);
    stop.abort(new Error('stopped'));
    await expect(sleeper).rejects.toThrow('stopped');
    await clock.runTo(NOON + 2 * MINUTE);
    expect(clock.now()).toBe(NOON + 2 * MINUTE);
  });

  it('runs to a limit, wakes all until then and rests exactly there', async () => {
    const clock = virtualClock({ startAt: NOON, limit: NOON });
    const ticks: number[] = [];
    void ticking(clock, 20_000, ticks);
    await clock.runTo(NOON + MINUTE + 5_000);
    expect(ticks).toEqual([NOON + 20_000, NOON + 40_000, NOON + 60_000]);
    expect(clock.now()).toBe(NOON + MINUTE + 5_000);
    await turns(50);
    expect(ticks).toHaveLength(3);
  });

  it('keeps the time of a run that was killed', async () => {
    const file = join(folder(), 'deep', 'clock');
    const first = virtualClock({ startAt: NOON, persistTo: file });
    await first.sleepUntil(NOON + 3 * MINUTE);
    first.close();
    expect(virtualClock({ startAt: NOON, persistTo: file }).now()).toBe(NOON + 3 * MINUTE);
  });

  it('begins anew where the saved time cannot be read', () => {
    const file = join(folder(), 'clock');
    writeFileSync(file, 'half a num');
    expect(virtualClock({ startAt: NOON, persistTo: file }).now()).toBe(NOON);
  });

  it('gives the wall its own time', () => {
    const clock = virtualClock({ startAt: NOON });
    expect(Math.abs(clock.wall() - Date.now())).toBeLessThan(MINUTE);
  });
});

async function ticking(clock: VirtualClock, period: number, ticks: number[]): Promise<void> {
  for (;;) {
    await clock.sleepUntil(clock.now() + period);
    await clock.busy(async () => {
      ticks.push(clock.now());
    });
  }
}

describe('time and queues', () => {
  interface Message {
    readonly sentAt: number;
    /** Turns that handling takes before and after the messages that it sends. */
    readonly before: number;
    readonly after: number;
    readonly sends: readonly { readonly queue: number; readonly message: Omit<Message, 'sentAt'> }[];
  }

  const leaf = fc.record({ before: fc.nat(4), after: fc.nat(4), sends: fc.constant([]) });
  const messages: fc.Arbitrary<Omit<Message, 'sentAt'>> = fc.letrec<{ message: Omit<Message, 'sentAt'> }>((tie) => ({
    message: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.record({
        before: fc.nat(4),
        after: fc.nat(4),
        sends: fc.array(fc.record({ queue: fc.nat(2), message: tie('message') }), { maxLength: 3 }),
      }),
    ),
  })).message;

  /** A queue whose sends and receives take a while on both sides of the moment at which they happen, like a real one over HTTP. */
  function testQueue(latencies: readonly number[]) {
    const waiting: Message[] = [];
    let calls = 0;
    const latency = () => turns(latencies[calls++ % latencies.length] ?? 0);
    return {
      async send(message: Message) {
        await latency();
        waiting.push(message);
        await latency();
      },
      async receive(): Promise<Message[]> {
        await latency();
        const taken = waiting.splice(0, 2);
        await latency();
        return taken;
      },
    };
  }

  it('no time passes between the sending of a message and its handling, whatever the latencies', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.nat(5), { minLength: 1, maxLength: 7 }), { minLength: 3, maxLength: 3 }),
        fc.array(messages, { minLength: 1, maxLength: 4 }),
        fc.array(fc.record({ pause: fc.nat(25), queue: fc.nat(2), message: messages }), { maxLength: 6 }),
        async (latencies, firsts, requests) => {
          const clock = virtualClock({ startAt: NOON, limit: NOON });
          const queues = latencies.map(testQueue);
          const late: Message[] = [];
          let handled = 0;

          const send = (queue: number, message: Omit<Message, 'sentAt'>) =>
            queues[queue]?.send({ ...message, sentAt: clock.now() }) ?? Promise.reject(new Error('no such queue'));
          const handle = async (message: Message) => {
            handled += 1;
            if (message.sentAt !== clock.now()) late.push(message);
            await turns(message.before);
            await Promise.all(message.sends.map((next) => send(next.queue, next.message)));
            await turns(message.after);
          };
          for (const queue of queues) {
            clock.watch({
              async idle() {
                const received = await queue.receive();
                for (const message of received) void clock.busy(() => handle(message));
                return received.length === 0;
              },
            });
          }
          const producer = async () => {
            for (const [index, message] of firsts.entries()) {
              await clock.sleepUntil(NOON + (index + 1) * 1000);
              await clock.busy(() => send(index % queues.length, message));
            }
          };
          // Requests come when they like, as over HTTP, and not when the clock says so.
          const requester = async () => {
            for (const { pause, queue, message } of requests) {
              await turns(pause);
              await clock.busy(() => send(queue, message));
            }
          };
          const done = Promise.all([producer(), requester()]);
          await clock.runTo(NOON + MINUTE);
          await done;
          await clock.settled();

          expect(late).toEqual([]);
          expect(handled).toBe(count([...firsts, ...requests.map((one) => one.message)]));
        },
      ),
      { numRuns: 150 },
    );
  });

  function count(list: readonly Omit<Message, 'sentAt'>[]): number {
    return list.reduce((sum, one) => sum + 1 + count(one.sends.map((next) => next.message)), 0);
  }
});

import { describe, expect, it } from 'vitest';
import { createLimiter } from '../../src/azure/limiter.ts';

/** A clock that moves only while somebody sleeps. */
function sleepingTime() {
  let now = 0;
  return {
    now: () => now,
    sleep: async (ms: number) => {
      now += ms;
    },
  };
}

describe('the limiter', () => {
  it('never runs more than so many at once, and runs all', async () => {
    const limited = createLimiter({ inFlight: 5, perSecond: Number.POSITIVE_INFINITY });
    let running = 0;
    let most = 0;
    const work = async (n: number) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return n;
    };
    const results = await Promise.all(Array.from({ length: 40 }, (_, n) => limited(() => work(n))));
    expect(results).toEqual(Array.from({ length: 40 }, (_, n) => n));
    expect(most).toBe(5);
  });

  it('starts no more than so many within any second', async () => {
    const time = sleepingTime();
    const limited = createLimiter({ inFlight: 5, perSecond: 6 }, time);
    const starts: number[] = [];
    await Promise.all(
      Array.from({ length: 30 }, () =>
        limited(async () => {
          starts.push(time.now());
        }),
      ),
    );
    expect(starts).toHaveLength(30);
    for (const [index, start] of starts.entries())
      expect((starts[index + 6] ?? Number.POSITIVE_INFINITY) - start).toBeGreaterThanOrEqual(1000);
    expect(starts.at(-1)).toBe(4_000);
  });

  it('frees the place of work that failed', async () => {
    const limited = createLimiter({ inFlight: 1, perSecond: Number.POSITIVE_INFINITY });
    await expect(limited(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await limited(async () => 1)).toBe(1);
  });
});

import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { wallClock } from '../../../src/local/clock/wall.ts';

describe('the wall clock', () => {
  it('sleeps until its time has come', async () => {
    const clock = wallClock();
    const at = clock.now() + 15;
    await clock.sleepUntil(at);
    expect(clock.now()).toBeGreaterThanOrEqual(at);
  });

  it('wakes with the reason of an aborted signal', async () => {
    const stop = new AbortController();
    const sleeper = wallClock().sleepUntil(Date.now() + 3_600_000, stop.signal);
    stop.abort(new Error('stopped'));
    await expect(sleeper).rejects.toThrow('stopped');
  });

  it('settles when work has ended and sources are idle', async () => {
    const clock = wallClock();
    const log: string[] = [];
    let waiting = 2;
    clock.watch({ idle: () => --waiting < 0 });
    const work = clock.busy(async () => {
      await setImmediate();
      log.push('worked');
    });
    await clock.settled();
    log.push('settled');
    await work;
    expect(log).toEqual(['worked', 'settled']);
    expect(waiting).toBe(-1);
  });
});

import { describe, expect, it } from 'vitest';
import { health } from '../../src/app/health.ts';
import { MINUTE } from '../../src/model/duration.ts';
import { TocsinError } from '../../src/model/errors.ts';
import { FakeClock, MemoryTickStore } from '../support/memory/index.ts';

describe('health', () => {
  it.each([
    [0, true],
    [5 * MINUTE, true],
    [5 * MINUTE + 1, false],
  ])('with a tick %i ms ago is %s', async (age, ok) => {
    const ticks = new MemoryTickStore();
    const clock = new FakeClock();
    await ticks.replace({ lastTickAt: clock.now() - age, planned: 1 }, null);
    expect((await health({ ticks, clock })).ok).toBe(ok);
  });

  it('is bad before the first tick and while storage does not answer', async () => {
    const ticks = new MemoryTickStore();
    const clock = new FakeClock();
    expect(await health({ ticks, clock })).toMatchObject({ ok: false, reason: 'no tick yet' });
    ticks.failNext('read', new TocsinError('TCN-S001', 'table ticks'));
    expect(await health({ ticks, clock })).toMatchObject({ ok: false, reason: 'TCN-S001: the last tick cannot be read' });
  });
});

describe('health after a tick that failed', () => {
  const failure = (at: number) => ({ at, code: 'TCN-S003' }) as const;

  it.each([
    [null, false, /^no tick yet; the last try failed: TCN-S003 storage is full or refuses writes \(free space/],
    [MINUTE, true, /^ticking; the last try failed: TCN-S003/],
    [6 * MINUTE, false, /^no tick for five minutes; the last try failed: TCN-S003/],
  ])('with a good one %s ms ago says why', async (age, ok, reason) => {
    const ticks = new MemoryTickStore();
    const clock = new FakeClock();
    const lastTickAt = age === null ? null : clock.now() - age;
    await ticks.replace({ lastTickAt, planned: 1, failure: failure(clock.now()) }, null);
    expect(await health({ ticks, clock })).toMatchObject({ ok, reason: expect.stringMatching(reason) });
  });
});

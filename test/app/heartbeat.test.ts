import { describe, expect, it } from 'vitest';
import { checkIn } from '../../src/app/heartbeat.ts';
import { createRate } from '../../src/app/rate.ts';
import { MINUTE, SECOND } from '../../src/model/duration.ts';
import { FakeClock, MemoryHeartbeatStore } from '../support/memory/index.ts';

const world = () => ({
  heartbeats: new MemoryHeartbeatStore(),
  clock: new FakeClock(),
  rate: createRate({ perMinute: 60, burst: 3 }, { perMinute: 600, burst: 5 }),
});

async function* body(...parts: readonly string[]) {
  for (const part of parts) yield new TextEncoder().encode(part);
}

describe('a check-in', () => {
  it.each([
    ['', 'finish'],
    ['start', 'start'],
    ['fail', 'fail'],
  ])('at /%s is kept as %s', async (path, phase) => {
    const deps = world();
    expect((await checkIn('nightly', path, null, deps)).status).toBe(200);
    expect(await deps.heartbeats.all()).toEqual([{ id: 'nightly', phase, at: deps.clock.now() }]);
  });

  it.each([
    ['nightly', 'begin'],
    ['nightly', 'constructor'],
    ['a/b', ''],
    ['', ''],
    ['x'.repeat(101), ''],
  ])('with id %s and phase %s is refused with a code', async (id, phase) => {
    const deps = world();
    const reply = await checkIn(id, phase, null, deps);
    expect(reply.status).toBe(400);
    expect(JSON.parse(reply.body).code).toBe('TCN-H003');
    expect(await deps.heartbeats.all()).toEqual([]);
  });

  it('that failed keeps the first line of what the job sends, without control characters', async () => {
    const deps = world();
    await checkIn('nightly', 'fail', body('\n  disk ', 'full\u001b[31m\nTraceback…'), deps);
    expect(await deps.heartbeats.all()).toMatchObject([{ phase: 'fail', note: 'disk full [31m' }]);
  });

  it('with a body above 64 KiB is refused, and not kept', async () => {
    const deps = world();
    const reply = await checkIn('nightly', 'fail', body(...Array.from({ length: 65 }, () => 'x'.repeat(1024))), deps);
    expect(reply.status).toBe(413);
    expect(await deps.heartbeats.all()).toEqual([]);
  });

  it('too often is refused with the time to wait, and taken again after it', async () => {
    const deps = world();
    const statuses = [];
    for (let call = 0; call < 4; call++) statuses.push((await checkIn('nightly', '', null, deps)).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
    expect((await checkIn('nightly', '', null, deps)).headers['retry-after']).toBe('1');
    expect((await checkIn('other', '', null, deps)).status).toBe(200);
    deps.clock.advance(SECOND);
    expect((await checkIn('nightly', '', null, deps)).status).toBe(200);
  });

  it('of ever new jobs is limited, too', async () => {
    const deps = world();
    const statuses = [];
    for (let job = 0; job < 7; job++) statuses.push((await checkIn(`job-${job}`, '', null, deps)).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429]);
    deps.clock.advance(MINUTE);
    expect((await checkIn('job-9', '', null, deps)).status).toBe(200);
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { takeAzureAlert } from '../../src/app/azure-hook.ts';
import { createRate } from '../../src/app/rate.ts';
import { TocsinError } from '../../src/model/errors.ts';
import type { NotificationJob } from '../../src/model/messages.ts';
import { MemoryAuditLog, MemoryPushStore } from '../support/memory/index.ts';
import { hasShared, SHARED } from '../support/shared.ts';
import { MINUTE, SECOND, START, World } from './deliver-world.ts';

const sample = (): { data: { essentials: Record<string, unknown> } } =>
  JSON.parse(readFileSync(join(SHARED, 'alerting/payloads/azure/metric-static-fired.json'), 'utf8'));

async function* chunked(text: string): AsyncIterable<Uint8Array> {
  for (let at = 0; at < text.length; at += 1_000) yield Buffer.from(text.slice(at, at + 1_000));
}

function hook(world: World, perMinute = 600) {
  const audit = new MemoryAuditLog();
  const deps = {
    pushes: new MemoryPushStore(),
    notifications: { send: (job: NotificationJob, delay?: number) => world.queue.send({ job, failures: 0 }, delay) },
    audit,
    rate: createRate({ perMinute, burst: 2 }, { perMinute, burst: 100 }),
    clock: world.clock,
  };
  const send = async (body: unknown) =>
    takeAzureAlert({ body: chunked(typeof body === 'string' ? body : JSON.stringify(body)) }, deps);
  return { send, audit, pushes: deps.pushes };
}

describe.skipIf(!hasShared)('an alert that Azure Monitor sends', () => {
  it('is notified once, grouped by its name and target, however often it comes, and again when it resolves', async () => {
    const world = new World([{ name: 'on-call' }]);
    const { send, audit } = hook(world);
    const body = sample();
    for (const _ of [1, 2]) expect((await send(body)).status).toBe(202);
    await world.run(10 * MINUTE);
    Object.assign(body.data.essentials, {
      monitorCondition: 'Resolved',
      resolvedDateTime: new Date(START + 9 * MINUTE).toISOString(),
    });
    await send(body);
    await world.run(10 * MINUTE);
    expect(world.told('on-call').map(({ status, groupLabels }) => [status, groupLabels.alertname])).toEqual([
      ['firing', 'test-metricAlertRule'],
      ['resolved', 'test-metricAlertRule'],
    ]);
    const written = await audit.during({ start: START, end: world.clock.now() });
    expect(written.map(({ who }) => who.name)).toContain('azure-monitor');
  });

  it('is kept back by a silence on its resource', async () => {
    const world = new World([{ name: 'on-call' }]);
    const silence = { id: 's', matchers: [], author: 'me', comment: 'planned', recurrence: null, updatedAt: START };
    const [target] = sample().data.essentials.alertTargetIDs as string[];
    await world.silences.replace({ ...silence, resources: [target ?? ''], startsAt: START, endsAt: START + 20 * MINUTE }, null);
    await hook(world).send(sample());
    await world.run(10 * MINUTE);
    expect(world.posts).toEqual([]);
    await world.run(15 * MINUTE);
    expect(world.told('on-call').map(({ reason }) => reason)).toEqual(['released']);
  });

  it('is asked for again where the storage does not answer, for Azure gives up on anything but 429 and 503', async () => {
    const world = new World([{ name: 'on-call' }]);
    const { send, pushes } = hook(world);
    pushes.failNext('read', new TocsinError('TCN-S001', 'no answer'));
    expect(await send(sample())).toMatchObject({ status: 503, body: expect.stringContaining('TCN-S001') });
    expect((await send(sample())).status).toBe(202);
    await world.run(10 * MINUTE);
    expect(world.told('on-call')).toHaveLength(1);
  });

  it('is refused where it is not JSON, not the schema, too large or too much', async () => {
    const world = new World();
    const { send } = hook(world, 60);
    expect((await send('{')).status).toBe(400);
    expect((await send({ schemaId: 'other' })).status).toBe(400);
    world.clock.set(START + 10 * SECOND);
    expect((await send(`{"a":"${'x'.repeat(600 * 1024)}"}`)).status).toBe(413);
    await send('{');
    const refused = await send('{');
    expect(refused).toMatchObject({ status: 429, headers: { 'retry-after': expect.stringMatching(/^\d+$/) } });
    expect(world.queue.nextDue()).toBeNull();
  });
});

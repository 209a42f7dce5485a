import { describe, expect, it } from 'vitest';
import type { Receiver } from '../../src/model/config.ts';
import { alertOf } from '../alerts/make.ts';
import { HOUR, MINUTE, ok, SECOND, START, status, World } from './deliver-world.ts';

const FAILING = 'TocsinReceiverFailing';

function worldOf(receivers: readonly Partial<Receiver>[], routed: readonly string[]): World {
  const world = new World(receivers, { receivers: routed, groupWait: 0, groupBy: ['ModelDeploymentName', 'receiver'] });
  world.keepsCircuits = true;
  return world;
}

const names = (world: World, receiver: string) =>
  world.told(receiver).map(({ status: state, alerts }) => `${state} ${alerts[0]?.labels.alertname}`);

describe('a receiver that fails', () => {
  it('is left alone by all deliveries after five failures in a row, and asked again after a pause', async () => {
    const world = worldOf([{ name: 'chat' }], ['chat']);
    world.answer = () => status(503);
    for (let n = 0; n < 50; n++) await world.fire(alertOf(`d${n}`, { startsAt: START }));
    await world.run(10 * MINUTE);
    // Fifty deliveries, of which the first try of each may be under way at once.
    expect(world.posts.filter(({ at }) => at > START).length).toBeLessThan(25);
    world.answer = () => ok;
    await world.run(HOUR);
    expect(new Set(world.told('chat').flatMap(({ alerts }) => alerts.map(({ labels }) => labels.ModelDeploymentName))).size).toBe(
      50,
    );
    const ids = world.posts.filter(({ answer }) => answer === 204).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is asked by one of all that wait when it was left alone for long enough', async () => {
    const world = worldOf([{ name: 'chat' }], ['chat']);
    world.answer = () => status(503);
    for (let n = 0; n < 50; n++) await world.fire(alertOf(`d${n}`, { startsAt: START }));
    await world.run(HOUR);
    const later = world.posts.map(({ at }) => at).filter((at) => at > START + 5 * MINUTE);
    expect(later.length).toBeGreaterThan(5);
    for (const [index, at] of later.entries())
      if (index > 0) expect(at - (later[index - 1] ?? 0)).toBeGreaterThanOrEqual(30 * SECOND);
  });

  it('with a rate limit takes everything soon after it is back', async () => {
    const world = worldOf([{ name: 'chat', rateLimit: { interval: SECOND, burst: 1 } }], ['chat']);
    world.answer = ({ at }) => (at < START + HOUR ? status(503) : ok);
    for (let n = 0; n < 100; n++) await world.fire(alertOf(`d${n}`, { startsAt: START }));
    await world.run(HOUR + 20 * MINUTE);
    const told = world.told('chat').flatMap(({ alerts }) => alerts.map(({ labels }) => labels.ModelDeploymentName));
    expect(new Set(told.filter((name) => name !== undefined)).size).toBe(100);
  });

  it('has its fallback told after a quarter of an hour, and an alert that says so; both hear the end', async () => {
    const world = worldOf([{ name: 'pager', fallback: 'mail' }, { name: 'mail' }], ['pager']);
    const chat = alertOf('chat', { startsAt: START });
    world.answer = ({ receiver, at }) => (receiver === 'pager' && at < START + HOUR ? status(500) : ok);
    await world.fire(chat);
    await world.run(30 * MINUTE);
    expect(names(world, 'mail')).toEqual(expect.arrayContaining(['firing AzureOpenAIThrottled', `firing ${FAILING}`]));
    expect(world.posts.find(({ receiver }) => receiver === 'mail')?.at).toBeGreaterThanOrEqual(START + 15 * MINUTE);
    await world.run(2 * HOUR);
    await world.resolve(chat);
    await world.run(HOUR);
    for (const receiver of ['pager', 'mail']) {
      expect(names(world, receiver)).toContain('resolved AzureOpenAIThrottled');
      expect(names(world, receiver)).toContain(`resolved ${FAILING}`);
    }
    const own = world.told('mail').flatMap(({ alerts }) => alerts.filter(({ labels }) => labels.alertname === FAILING));
    expect(own.find((alert) => alert.status === 'firing')).toMatchObject({
      annotations: {
        condition: 'every try of 15m fails',
        summary: expect.stringMatching(
          /^Receiver pager \(webhook\) has taken nothing since 2026-11-21 08:00 UTC: \d+ tries in a row failed, the last with TCN-N001 HTTP 500. 1 notification waits for it; mail is told instead.$/,
        ),
        waiting: '1',
        fallback: 'mail',
      },
      startsAt: '2026-11-21T08:00:00.000Z',
    });
  });

  it('for good has its fallback told at once', async () => {
    const world = worldOf([{ name: 'pager', fallback: 'mail' }, { name: 'mail' }], ['pager']);
    world.answer = ({ receiver }) => (receiver === 'pager' ? status(404) : ok);
    await world.fire(alertOf('chat', { startsAt: START }));
    await world.run(MINUTE);
    expect(names(world, 'mail')).toContain('firing AzureOpenAIThrottled');
  });

  it('is asked no more once it said 410, with a finding, until it has another address', async () => {
    const world = worldOf([{ name: 'hook' }], ['hook']);
    world.answer = () => status(410);
    await world.fire(alertOf('chat', { startsAt: START }));
    await world.run(MINUTE);
    const asked = world.posts.length;
    await world.fire(alertOf('embeddings', { startsAt: START }));
    await world.run(HOUR);
    expect(world.posts).toHaveLength(asked);
    const findings = await world.findings.during({ start: START, end: START + 2 * HOUR });
    expect(findings.map(({ code }) => code)).toEqual(expect.arrayContaining(['TCN-N005', 'TCN-N005']));
    world.answer = () => ok;
    Object.assign(world.config.receivers[0] ?? {}, { url: 'https://elsewhere.test/' });
    await world.fire(alertOf('audio', { startsAt: START }));
    await world.run(HOUR);
    expect(names(world, 'hook')).toContain('firing AzureOpenAIThrottled');
  });
});

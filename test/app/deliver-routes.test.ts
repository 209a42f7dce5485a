import { describe, expect, it } from 'vitest';
import type { Config } from '../../src/model/config.ts';
import type { Silence } from '../../src/model/silence.ts';
import { loadConfig } from '../../src/rules/config.ts';
import { alertOf, TARGET } from '../alerts/make.ts';
import { HOUR, MINUTE, START, World } from './deliver-world.ts';

const RECEIVERS = ['on-call', 'team', 'audit'];
const chat = alertOf('chat', { startsAt: START });
const embeddings = alertOf('embeddings', { startsAt: START });

/** A world with the routing of a tocsin.yaml. */
function worldOf(yaml: string): World {
  const receivers = RECEIVERS.map((name) => `  - { name: ${name}, webhook: { url: "https://${name}.test/" } }`).join('\n');
  const { config, diagnostics } = loadConfig('tocsin.yaml', `version: 1\nreceivers:\n${receivers}\n${yaml}`);
  expect(diagnostics).toEqual([]);
  if (config === null) throw new Error('no configuration');
  return new World(
    RECEIVERS.map((name) => ({ name })),
    config.route,
    { inhibit: config.inhibit, timeIntervals: config.timeIntervals } satisfies Partial<Config>,
  );
}

const shown = (world: World, receiver: string) =>
  world.told(receiver).map(({ reason, alerts }) => [reason, ...alerts.map(({ labels }) => labels.ModelDeploymentName).sort()]);

function silence(fields: Partial<Silence> = {}): Silence {
  return {
    id: 's1',
    matchers: [[{ name: 'ModelDeploymentName', op: '=', value: 'chat' }]],
    resources: [],
    author: 'kim',
    comment: 'load test',
    startsAt: START - HOUR,
    endsAt: START + 20 * MINUTE,
    recurrence: null,
    updatedAt: START - HOUR,
    ...fields,
  };
}

describe('routes', () => {
  const TREE = `route:
  receivers: [on-call]
  routes:
    - { matchers: ['ModelDeploymentName=~"chat.*"'], receivers: [audit], continue: true, groupBy: [severity], groupWait: 2m }
    - { matchers: ['ModelDeploymentName="chat"'], receivers: [team] }`;

  it('send an alert to every receiver on its way, each with its own grouping and timing', async () => {
    const world = worldOf(TREE);
    await world.fire(chat);
    await world.fire(embeddings);
    await world.run(MINUTE);
    expect(shown(world, 'team')).toEqual([['first', 'chat']]);
    expect(shown(world, 'on-call')).toEqual([['first', 'embeddings']]);
    expect(shown(world, 'audit')).toEqual([]);
    await world.run(2 * MINUTE);
    expect(world.told('audit').map(({ groupLabels }) => groupLabels)).toEqual([{ severity: 'error' }]);
    await world.resolve(chat);
    await world.run(10 * MINUTE);
    expect(shown(world, 'team').at(-1)).toEqual(['all resolved', 'chat']);
    expect(shown(world, 'audit').at(-1)).toEqual(['all resolved', 'chat']);
    expect(shown(world, 'on-call')).toHaveLength(1);
  });

  it('that change reach what fires already', async () => {
    const world = worldOf('route: { receivers: [on-call] }');
    await world.fire(chat);
    await world.run(2 * MINUTE);
    Object.assign(world.config, { route: worldOf(TREE).config.route });
    await world.run(15 * MINUTE);
    expect(shown(world, 'team')).toEqual([['first', 'chat']]);
    await world.resolve(chat);
    await world.run(10 * MINUTE);
    expect(shown(world, 'team').at(-1)).toEqual(['all resolved', 'chat']);
  });
});

describe('a silence', () => {
  it('takes alerts out of notifications, which say how many, and what still fires at its end is sent', async () => {
    const world = worldOf('route: { receivers: [on-call] }');
    await world.silences.replace(silence(), null);
    await world.fire(chat);
    await world.fire(embeddings);
    await world.run(MINUTE);
    expect(shown(world, 'on-call')).toEqual([['first', 'embeddings']]);
    expect(world.told('on-call')[0]?.heldAlerts).toBe(1);
    await world.run(25 * MINUTE);
    expect(shown(world, 'on-call')).toEqual([
      ['first', 'embeddings'],
      ['released', 'chat', 'embeddings'],
    ]);
  });

  it('of a resource group holds back whatever is in it, and nothing is said of what came and went meanwhile', async () => {
    const world = worldOf('route: { receivers: [on-call] }');
    await world.silences.replace(silence({ matchers: [], resources: [TARGET.slice(0, TARGET.indexOf('/providers'))] }), null);
    await world.fire(chat);
    await world.run(5 * MINUTE);
    await world.resolve(chat);
    await world.run(HOUR);
    expect(world.posts).toEqual([]);
  });

  it('lets the end of what was told through, so that no incident stays open', async () => {
    const world = worldOf('route: { receivers: [on-call] }');
    await world.fire(chat);
    await world.fire(embeddings);
    await world.run(2 * MINUTE);
    await world.silences.replace(silence({ matchers: [], resources: [TARGET], endsAt: START + HOUR }), null);
    await world.resolve(chat);
    await world.run(10 * MINUTE);
    expect(shown(world, 'on-call').at(-1)).toEqual(['newly resolved', 'chat']);
    await world.run(HOUR);
    expect(shown(world, 'on-call').at(-1)).toEqual(['released', 'embeddings']);
  });
});

describe('a time interval', () => {
  it('mutes a route, and what still fires at its end is sent', async () => {
    const world = worldOf(`route:
  receivers: [on-call]
  routes: [{ matchers: ['severity=error'], muteTimeIntervals: [early] }]
timeIntervals: [{ name: early, intervals: [{ times: [{ start: "00:00", end: "09:00" }] }] }]`);
    await world.fire(chat);
    await world.fire(embeddings);
    await world.run(30 * MINUTE);
    await world.resolve(embeddings);
    await world.run(29 * MINUTE);
    expect(world.posts).toEqual([]);
    await world.run(10 * MINUTE);
    expect(shown(world, 'on-call')[0]?.slice(0, 2)).toEqual(['released', 'chat']);
    expect(world.posts[0]?.at).toBeGreaterThanOrEqual(START + HOUR);
  });

  it('that must be active mutes a route outside it', async () => {
    const world = worldOf(`route:
  receivers: [on-call]
  routes: [{ matchers: ['severity=error'], activeTimeIntervals: [late] }]
timeIntervals: [{ name: late, intervals: [{ times: [{ start: "09:00", end: "24:00" }] }] }]`);
    await world.fire(chat);
    await world.run(2 * MINUTE);
    await world.resolve(chat);
    await world.run(2 * HOUR);
    expect(world.posts).toEqual([]);
  });
});

describe('inhibition', () => {
  it('keeps quiet what a more general alert explains, until that is over', async () => {
    const world = worldOf(`route: { receivers: [on-call] }
inhibit: [{ source: ['alertname=PipelineSilent'], target: ['alertname!=PipelineSilent'], equal: [target] }]`);
    const pipeline = alertOf('pipeline', { rule: 'PipelineSilent', startsAt: START });
    await world.fire(pipeline);
    await world.fire(chat);
    await world.run(2 * MINUTE);
    expect(shown(world, 'on-call')).toEqual([['first', 'pipeline']]);
    await world.resolve(pipeline);
    await world.run(10 * MINUTE);
    expect(shown(world, 'on-call').slice(1).sort()).toEqual([
      ['all resolved', 'pipeline'],
      ['released', 'chat'],
    ]);
  });
});

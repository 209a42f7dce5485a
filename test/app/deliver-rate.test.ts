import { describe, expect, it } from 'vitest';
import { sharedTurns } from '../../src/app/deliver/turns.ts';
import type { Receiver } from '../../src/model/config.ts';
import { TocsinError } from '../../src/model/errors.ts';
import { alertOf } from '../alerts/make.ts';
import { MemoryTurnStore } from '../support/memory/index.ts';
import { DAY_BEFORE, HOUR, MINUTE, ok, SECOND, START, status, World } from './deliver-world.ts';

const PER_SECOND = { interval: SECOND, burst: 1 };

/** Every deployment is a group of its own; each run of a handler is another instance to the shared turns. */
function worldOf(receivers: readonly Partial<Receiver>[], groupBy = ['ModelDeploymentName']): World {
  return new World(receivers, { groupWait: 0, groupBy, repeatInterval: 100 * HOUR });
}

const deployment = (n: number) => alertOf(`d${n}`, { startsAt: START });
const times = (world: World, receiver: string) =>
  world.posts.filter((post) => post.receiver === receiver).map(({ at }) => (at - START) / SECOND);
const heard = (world: World, receiver: string) =>
  world
    .told(receiver)
    .map(
      ({ reason, alerts }) =>
        `${reason}: ${alerts.map((each) => `${each.status} ${each.labels.ModelDeploymentName}`).join(', ')}`,
    );

describe('a receiver with a rate limit', () => {
  it('is told one notification after the other, each once, while others are told at once', async () => {
    const world = worldOf([{ name: 'chat', rateLimit: PER_SECOND }, { name: 'hook' }]);
    for (let n = 0; n < 40; n++) await world.fire(deployment(n));
    await world.run(5 * MINUTE);
    const [at, after] = [times(world, 'chat'), times(world, 'chat').slice(1)];
    expect(at).toHaveLength(40);
    for (const [index, next] of after.entries()) expect(next - (at[index] ?? 0)).toBeGreaterThanOrEqual(1);
    expect(new Set(times(world, 'hook'))).toEqual(new Set([0]));
    expect(new Set(heard(world, 'chat')).size).toBe(40);
    expect((await world.notificationLog.all()).every(({ pending }) => pending === null)).toBe(true);
  });

  it('has a line longer than the day of tries, and nobody in it is given up', async () => {
    const world = worldOf([{ name: 'chat', rateLimit: { interval: 7 * HOUR, burst: 1 } }]);
    for (let n = 0; n < 5; n++) await world.fire(deployment(n));
    world.answer = ({ nth }) => (nth === 5 ? status(503) : ok);
    await world.run(48 * HOUR);
    expect(new Set(world.told('chat').flatMap(({ alerts }) => alerts.map(({ fingerprint }) => fingerprint))).size).toBe(5);
    expect(world.findings.all()).toEqual([]);
  });

  it('counts tries that fail, too', async () => {
    const world = worldOf([{ name: 'chat', rateLimit: { interval: MINUTE, burst: 1 }, backOff: [SECOND] }]);
    world.answer = ({ nth }) => (nth <= 3 ? status(503) : ok);
    await world.fire(deployment(1));
    await world.run(10 * MINUTE);
    expect(times(world, 'chat')).toEqual([0, 60, 120, 180]);
  });

  it('is told all the same where the limit cannot be kept', async () => {
    const world = worldOf([{ name: 'chat', rateLimit: PER_SECOND }]);
    Object.assign(world.lines, {
      read: async () => {
        throw new TocsinError('TCN-S001', 'turns');
      },
    });
    for (let n = 0; n < 3; n++) await world.fire(deployment(n));
    await world.run(MINUTE);
    expect(times(world, 'chat')).toEqual([0, 0, 0]);
  });
});

describe('what waits in line', () => {
  /** A line of ten minutes: `other` is told, what comes after it waits. */
  async function lined(fields: Partial<Receiver> = {}): Promise<World> {
    const world = worldOf([{ name: 'chat', rateLimit: { interval: 10 * MINUTE, burst: 1 }, ...fields }], ['alertname']);
    await world.fire(alertOf('other', { rule: 'Slow', startsAt: START }));
    await world.run(SECOND);
    await world.fire(deployment(1));
    await world.run(MINUTE);
    expect(heard(world, 'chat')).toEqual(['first: firing other']);
    return world;
  }

  it('is merged with news of its group, and keeps its turn', async () => {
    const world = await lined();
    await world.fire(alertOf('d2', { startsAt: START + MINUTE }));
    await world.run(HOUR);
    expect(heard(world, 'chat')[1]).toBe('first: firing d2, firing d1');
    expect(times(world, 'chat')[1]).toBe(600);
    expect(heard(world, 'chat').filter((line) => line.includes('d1'))).toHaveLength(1);
  });

  it('is told as over where it is over by then', async () => {
    const world = await lined();
    await world.resolve(deployment(1));
    await world.run(HOUR);
    expect(heard(world, 'chat').slice(1)).toEqual(['all resolved: resolved d1']);
  });

  it('is told that it fired where the receiver wants no ends', async () => {
    const world = await lined({ sendResolved: false });
    await world.resolve(deployment(1));
    await world.run(HOUR);
    expect(heard(world, 'chat').slice(1)).toEqual(['first: firing d1']);
  });

  it('is told once its silence ends', async () => {
    const world = await lined();
    await world.silences.replace(
      {
        id: 's',
        matchers: [[{ name: 'ModelDeploymentName', op: '=', value: 'd1' }]],
        resources: [],
        author: 'ana',
        comment: '',
        startsAt: DAY_BEFORE,
        endsAt: START + 30 * MINUTE,
        recurrence: null,
        updatedAt: START,
      },
      null,
    );
    await world.run(25 * MINUTE);
    expect(heard(world, 'chat')).toHaveLength(1);
    await world.run(HOUR);
    expect(heard(world, 'chat').slice(1)).toEqual(['released: firing d1']);
  });

  it('that somebody may have seen keeps its content', async () => {
    const world = await lined({ backOff: [30 * MINUTE] });
    world.answer = ({ nth }) => (nth === 2 ? status(503) : ok);
    await world.run(12 * MINUTE);
    await world.fire(alertOf('d2', { startsAt: START + 13 * MINUTE }));
    await world.run(3 * HOUR);
    const ids = world.posts
      .filter(({ body }) => body.alerts.some(({ labels }) => labels.ModelDeploymentName === 'd1'))
      .map(({ id }) => id);
    expect(ids[0]).toBe(ids[1]);
    expect(heard(world, 'chat').slice(1)).toEqual(['first: firing d1', 'newly firing: firing d2, firing d1']);
  });
});

describe('turns that instances share', () => {
  it('are given to each of those who ask at once, whichever instance they ask', async () => {
    const store = new MemoryTurnStore();
    const instances = [sharedTurns(store), sharedTurns(store), sharedTurns(store)];
    const asks = Array.from({ length: 60 }, (_, n) => instances[n % 3]?.take('chat', PER_SECOND, START));
    const turns = (await Promise.all(asks)).map((turn) => ((turn ?? 0) - START) / SECOND);
    expect(turns.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, second) => second));
  });

  it('cost one read and one write for all who ask while storage is asked', async () => {
    const store = new MemoryTurnStore();
    let calls = 0;
    const counted = {
      read: (name: string) => {
        calls += 1;
        return store.read(name);
      },
      replace: store.replace.bind(store),
    };
    const turns = sharedTurns(counted);
    await Promise.all(Array.from({ length: 100 }, () => turns.take('chat', PER_SECOND, START)));
    expect(calls).toBe(2);
  });
});

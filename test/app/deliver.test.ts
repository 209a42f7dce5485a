import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { episodeOf } from '../../src/alerts/episode.ts';
import { groupsOf } from '../../src/alerts/group.ts';
import { ALERTS_PER_NOTIFICATION } from '../../src/app/deliver/flush.ts';
import { announceDigest, deliver, sweepNotifications } from '../../src/app/deliver.ts';
import type { Alert } from '../../src/model/alert.ts';
import { TocsinError } from '../../src/model/errors.ts';
import { createHttpSender } from '../../src/net/http.ts';
import { alertOf } from '../alerts/make.ts';
import { startReceiver } from '../net/receiver.ts';
import { rootRoute } from '../support/route.ts';
import { HOUR, MINUTE, ok, SECOND, START, status, transition, World } from './deliver-world.ts';

const chat = alertOf('chat', { startsAt: START });
const embeddings = alertOf('embeddings', { startsAt: START });
const GROUP = groupsOf(chat, rootRoute())[0]?.key ?? '';

/** What a receiver was told, as `reason: firing / resolved`. */
const story = (world: World, receiver = 'receiver-1'): readonly string[] =>
  world.told(receiver).map(({ reason, alerts }) => {
    const names = (wanted: string): string =>
      alerts
        .filter((alert) => alert.status === wanted)
        .map((alert) => alert.labels.ModelDeploymentName)
        .sort()
        .join(' ');
    return `${reason}: ${names('firing')} / ${names('resolved')}`;
  });
const minutes = (world: World): readonly number[] => world.posts.map((post) => (post.at - START) / MINUTE);

describe('a group of alerts', () => {
  it('is told once groupWait has passed, with what joined meanwhile', async () => {
    const world = new World();
    await world.fire(chat);
    await world.run(10 * SECOND);
    await world.fire(embeddings);
    await world.run(HOUR);
    expect(story(world)).toEqual(['first: chat embeddings / ']);
    expect(minutes(world)).toEqual([0.5]);
  });

  it('is told at once when its alert began long ago', async () => {
    const world = new World();
    await world.fire(alertOf('chat', { startsAt: START - 3 * MINUTE }));
    await world.run(0);
    expect(story(world)).toEqual(['first: chat / ']);
  });

  it('is told of later alerts and of resolves one groupInterval after the other', async () => {
    const world = new World();
    await world.fire(chat);
    await world.run(MINUTE);
    await world.fire({ ...embeddings, startsAt: START + MINUTE });
    await world.run(6 * MINUTE);
    await world.resolve(chat);
    await world.run(5 * MINUTE);
    await world.resolve({ ...embeddings, startsAt: START + MINUTE });
    await world.run(HOUR);
    expect(story(world)).toEqual([
      'first: chat / ',
      'newly firing: chat embeddings / ',
      'newly resolved: embeddings / chat',
      'all resolved:  / embeddings',
    ]);
    expect(minutes(world)).toEqual([0.5, 5.5, 10.5, 15.5]);
  });

  it('is reminded of ever more rarely where the route says so, until there is news', async () => {
    const world = new World([{}], { groupWait: 0, repeatInterval: 10 * MINUTE, repeatFactor: 2, repeatLimit: HOUR });
    await world.fire(chat);
    await world.run(100 * MINUTE);
    await world.fire(embeddings);
    await world.run(30 * MINUTE);
    expect(minutes(world)).toEqual([0, 10, 30, 70, 105, 115]);
  });

  it('reaches its new routes at once when the configuration is new', async () => {
    const world = new World([{ name: 'old' }, { name: 'new' }], { receivers: ['old'], groupWait: 0, groupInterval: HOUR });
    await world.fire(chat);
    await world.run(MINUTE);
    Object.assign(world.config.route, { receivers: ['new'] });
    await world.reconfigure();
    await world.run(MINUTE);
    expect(world.posts.map(({ receiver, at }) => [receiver, (at - START) / MINUTE])).toEqual([
      ['old', 0],
      ['new', 1],
    ]);
  });

  it('is reminded of at the flush after repeatInterval, as long as it fires', async () => {
    const world = new World([{}], { repeatInterval: 12 * MINUTE });
    await world.fire(chat);
    await world.run(40 * MINUTE);
    await world.resolve(chat);
    await world.run(2 * HOUR);
    expect(story(world)).toEqual(['first: chat / ', 'repeat due: chat / ', 'repeat due: chat / ', 'all resolved:  / chat']);
    expect(minutes(world)).toEqual([0.5, 15.5, 30.5, 40.5]);
  });

  it('says nothing of an alert that resolved before anybody was told', async () => {
    const world = new World();
    await world.fire(chat);
    await world.run(10 * SECOND);
    await world.resolve(chat);
    await world.run(HOUR);
    expect(world.posts).toHaveLength(0);
  });

  it('comes to rest once it is quiet and told, and begins again with groupWait', async () => {
    const world = new World();
    await world.fire(chat);
    await world.run(MINUTE);
    await world.resolve(chat);
    await world.run(HOUR);
    expect(world.queue.pending()).toEqual([]);
    expect(world.groups.all()).toMatchObject([{ key: GROUP, nextFlushAt: null }]);
    await world.fire({ ...chat, startsAt: START + HOUR });
    await world.run(10 * MINUTE);
    expect(story(world).at(-1)).toBe('newly firing: chat / ');
  });

  it('takes an alert that fired again between two flushes for a new one', async () => {
    const world = new World();
    await world.fire(chat);
    await world.run(MINUTE);
    await world.resolve(chat);
    await world.run(MINUTE);
    await world.fire({ ...chat, startsAt: START + 2 * MINUTE });
    await world.run(HOUR);
    expect(story(world)).toEqual(['first: chat / ', 'newly firing: chat / ']);
  });

  it('is apart from the group of another rule', async () => {
    const world = new World();
    await world.push(
      transition('fired', chat, START),
      transition('fired', alertOf('chat', { rule: 'Slow', fingerprint: 'f2' }), START),
    );
    await world.run(HOUR);
    expect(
      world
        .told('receiver-1')
        .map((body) => body.groupLabels.alertname)
        .sort(),
    ).toEqual(['AzureOpenAIThrottled', 'Slow']);
  });

  it('shows only so many alerts, says how many more there are, and knows that all were told', async () => {
    const world = new World();
    const many = Array.from({ length: ALERTS_PER_NOTIFICATION + 20 }, (_, index) => alertOf(`d${index}`, { startsAt: START }));
    await world.push(...many.map((alert) => transition('fired', alert, START)));
    await world.run(HOUR);
    expect(world.posts).toHaveLength(1);
    expect(world.posts[0]?.body.alerts).toHaveLength(ALERTS_PER_NOTIFICATION);
    expect(world.posts[0]?.body.truncatedAlerts).toBe(20);
  });

  it('keeps in the history of each alert who was told', async () => {
    const world = new World();
    await world.fire(chat);
    await world.run(MINUTE);
    const alert = await world.alerts.get(chat.fingerprint);
    expect(alert?.history.filter((line) => line.what === 'notified')).toEqual([
      { at: START + 30 * SECOND, what: 'notified', reason: 'receiver-1: first', value: null },
    ]);
  });
});

describe('an alert that fires while its group is about to come to rest', () => {
  it('is seen: the flush that read the alerts before loses its write and looks again', async () => {
    const world = new World();
    await world.fire(chat);
    await world.run(MINUTE);
    await world.resolve(chat);
    await world.run(5 * MINUTE);
    const again = { ...chat, startsAt: START + 10 * MINUTE };
    world.clock.set(START + 10.5 * MINUTE);
    const deps = world.deps();
    let raced = false;
    const groups: typeof deps.groups = {
      read: (key) => deps.groups.read(key),
      overdue: (time) => deps.groups.overdue(time),
      replace: async (next, version) => {
        if (!raced) {
          raced = true;
          await deliver({ kind: 'transitions', transitions: [transition('fired', again, world.clock.now())] }, deps);
        }
        return deps.groups.replace(next, version);
      },
    };
    expect(await deliver({ kind: 'flush', group: GROUP }, { ...deps, groups })).toMatchObject({
      result: 'flushed',
      begun: ['receiver-1: newly firing'],
      nextFlushAt: START + 15.5 * MINUTE,
    });
  });
});

describe('a receiver that wants no resolves', () => {
  it('is told only what fires, and again when it fires again', async () => {
    const world = new World([{ sendResolved: false }]);
    await world.push(transition('fired', chat, START), transition('fired', embeddings, START));
    await world.run(MINUTE);
    await world.resolve(chat);
    await world.run(10 * MINUTE);
    await world.resolve(embeddings);
    await world.run(HOUR);
    await world.fire({ ...chat, startsAt: START + HOUR });
    await world.run(HOUR);
    expect(story(world)).toEqual(['first: chat embeddings / ', 'newly firing: chat / ']);
    expect(world.queue.pending()).toHaveLength(1);
  });
});

describe('a message that comes twice', () => {
  it('changes nothing the second time', async () => {
    const world = new World();
    world.copies = () => 3;
    await world.fire(chat);
    await world.run(MINUTE);
    await world.resolve(chat);
    await world.run(HOUR);
    expect(story(world)).toEqual(['first: chat / ', 'all resolved:  / chat']);
    expect(world.queue.pending()).toEqual([]);
  });

  it('is put back when it came a moment early, and dropped when it is stale', async () => {
    const world = new World();
    await world.fire(chat);
    await world.run(MINUTE);
    const flush = { kind: 'flush', group: GROUP } as const;
    expect(await deliver(flush, world.deps())).toMatchObject({ result: 'not due' });
    expect(world.queue.pending()).toHaveLength(1);
    world.clock.set(START + 5 * MINUTE + 20 * SECOND);
    expect(await deliver(flush, world.deps())).toMatchObject({ result: 'came early' });
    expect(world.queue.pending().map(({ due }) => due)).toEqual([START + 5.5 * MINUTE, START + 5.5 * MINUTE]);
  });

  it('is of no effect for what nobody knows', async () => {
    const world = new World();
    expect(await deliver({ kind: 'flush', group: 'unknown' }, world.deps())).toMatchObject({ result: 'nothing scheduled' });
    expect(await deliver({ kind: 'send', delivery: 'unknown|receiver-1' }, world.deps())).toMatchObject({
      result: 'nothing pending',
    });
  });
});

describe('a delivery that fails', () => {
  const failing = async (answer: World['answer'], span = 30 * HOUR): Promise<World> => {
    const world = new World();
    world.answer = answer;
    await world.fire(chat);
    await world.run(span);
    return world;
  };
  const offsets = (world: World): readonly number[] => world.posts.map((post) => (post.at - START) / SECOND - 30);

  /** Each wait, in seconds, is at least this and at most a tenth more. */
  const expectWaits = (world: World, waits: readonly number[]): void => {
    const times = offsets(world);
    const got = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(got).toHaveLength(waits.length);
    for (const [index, wait] of waits.entries()) {
      expect(got[index]).toBeGreaterThanOrEqual(wait);
      expect(got[index]).toBeLessThanOrEqual(wait * 1.1);
    }
  };

  it('is tried with the same id and the same body until it is taken', async () => {
    const world = await failing(({ nth }) => (nth <= 3 ? status(503) : ok), HOUR);
    expectWaits(world, [5, 30, 120]);
    expect(new Set(world.posts.map((post) => `${post.id} ${post.text}`)).size).toBe(1);
    const [record] = await world.notificationLog.all();
    expect(record).toMatchObject({ pending: null, sent: { id: world.posts[0]?.id }, counts: { sent: 1, failed: 0, retried: 3 } });
  });

  it('has its body in the archive while it waits, if that is long, and says the same at every try', async () => {
    const world = new World();
    world.answer = ({ nth }) => (nth <= 2 ? status(503) : ok);
    const many = Array.from({ length: 60 }, (_, index) => alertOf(`d${index}`, { startsAt: START }));
    await world.push(...many.map((alert) => transition('fired', alert, START)));
    await world.run(MINUTE);
    const [waiting] = await world.notificationLog.all();
    expect(waiting?.pending).toMatchObject({ id: world.posts[0]?.id, attempts: world.posts.length });
    expect(waiting?.pending).not.toHaveProperty('body');
    await world.run(HOUR);
    expect(world.posts).toHaveLength(3);
    expect(world.posts[0]?.text.length).toBeGreaterThan(16 * 1024);
    expect(new Set(world.posts.map((post) => `${post.id} ${post.text}`)).size).toBe(1);
  });

  it('waits as long as the receiver asks, at most an hour', async () => {
    const asked = [90 * SECOND, 3 * HOUR];
    const world = await failing(({ nth }) => (nth <= 2 ? status(429, asked[nth - 1]) : ok), 2 * HOUR);
    expect(offsets(world)).toEqual([0, 90, 90 + 3600]);
  });

  it('is tried again when the receiver could not be reached at all', async () => {
    const world = await failing(
      ({ nth }) => (nth === 1 ? new TocsinError('TCN-N003', 'https://receiver-1.test: ECONNRESET') : ok),
      HOUR,
    );
    expectWaits(world, [5]);
  });

  it('is given up after 24 h, with a finding and a line in the history', async () => {
    const world = await failing(() => status(500), 24 * HOUR + MINUTE);
    expect(world.posts.length).toBeGreaterThan(20);
    expect(world.findings.all()).toMatchObject([
      {
        kind: 'delivery failed',
        code: 'TCN-N008',
        rule: 'AzureOpenAIThrottled',
        labels: { receiver: 'receiver-1', group: GROUP },
      },
    ]);
    const [record] = await world.notificationLog.all();
    expect(record).toMatchObject({ sent: null, pending: null, givenUp: { code: 'TCN-N008' }, counts: { failed: 1 } });
    const alert = await world.alerts.get(chat.fingerprint);
    expect(alert?.history.at(-1)).toMatchObject({ what: 'notify failed', reason: expect.stringContaining('TCN-N008') });
  });

  it.each([
    [400, 'TCN-N002'],
    [404, 'TCN-N002'],
    [308, 'TCN-N002'],
    [410, 'TCN-N005'],
  ])('is given up at once on %i (%s), and begun again only after the repeat interval', async (code, finding) => {
    const world = await failing(() => status(code), 3 * HOUR);
    expect(world.posts).toHaveLength(1);
    expect(world.findings.all()).toMatchObject([{ kind: 'delivery failed', code: finding }]);
    world.answer = () => ok;
    await world.run(2 * HOUR);
    expect(world.posts).toHaveLength(2);
    expect(world.posts[1]?.id).toBe(world.posts[0]?.id);
    expect((await world.notificationLog.all())[0]?.givenUp).toBeUndefined();
  });

  it('is given up at once where the configuration is at fault', async () => {
    const world = await failing(() => new TocsinError('TCN-N006', 'key 1 is not base64'), HOUR);
    expect(world.posts).toHaveLength(1);
    expect(world.findings.all()).toMatchObject([{ code: 'TCN-N006' }]);
  });

  it('that was given up does not keep other news back', async () => {
    const world = await failing(({ nth }) => (nth === 1 ? status(400) : ok), MINUTE);
    await world.fire({ ...embeddings, startsAt: START + MINUTE });
    await world.run(HOUR);
    expect(story(world)).toEqual(['first: chat embeddings / ']);
  });

  it('delays no other receiver', async () => {
    const world = new World([{ name: 'down' }, { name: 'up' }]);
    world.answer = ({ receiver }) => (receiver === 'down' ? status(500) : ok);
    await world.fire(chat);
    await world.run(MINUTE);
    await world.resolve(chat);
    await world.run(HOUR);
    expect(story(world, 'up')).toEqual(['first: chat / ', 'all resolved:  / chat']);
    expect(world.posts.filter((post) => post.receiver === 'up').map((post) => (post.at - START) / MINUTE)).toEqual([0.5, 5.5]);
  });

  it('is followed by the final state, although the group forgot the alert meanwhile', async () => {
    const world = new World();
    world.answer = ({ nth }) => (nth === 1 ? ok : status(503));
    await world.fire(chat);
    await world.run(MINUTE);
    await world.fire({ ...embeddings, startsAt: START + MINUTE });
    await world.run(10 * MINUTE);
    await world.resolve(chat);
    await world.resolve({ ...embeddings, startsAt: START + MINUTE });
    await world.run(3 * HOUR);
    world.answer = () => ok;
    await world.run(3 * HOUR);
    expect(story(world)).toEqual(['first: chat / ', 'newly firing: chat embeddings / ', 'all resolved:  / chat embeddings']);
    expect(world.queue.pending()).toEqual([]);
  });

  it('is dropped when the receiver is no longer configured', async () => {
    const world = new World([{ name: 'old' }, { name: 'new' }]);
    world.answer = ({ receiver }) => (receiver === 'old' ? status(500) : ok);
    await world.fire(chat);
    await world.run(MINUTE);
    const { receivers, route } = world.config;
    const config = { ...world.config, receivers: receivers.slice(1), route: { ...route, receivers: ['new'] } };
    world.clock.advance(HOUR);
    expect(await deliver({ kind: 'send', delivery: `${GROUP}|old` }, { ...world.deps(), config })).toMatchObject({
      result: 'receiver removed',
    });
    expect((await world.notificationLog.all()).every((record) => record.pending === null)).toBe(true);
  });
});

describe('the claim on a delivery', () => {
  const claimed = async (): Promise<World> => {
    const world = new World();
    await world.fire(chat);
    world.fate = () => (world.posts.length === 1 ? 'dies before' : 'survives');
    await world.run(30 * SECOND);
    world.fate = () => 'survives';
    expect(world.posts).toHaveLength(1);
    return world;
  };

  it('keeps others from sending while it lasts', async () => {
    const world = await claimed();
    expect(await deliver({ kind: 'send', delivery: `${GROUP}|receiver-1` }, world.deps())).toMatchObject({
      result: 'claimed by another',
    });
  });

  it('passes to another once it has expired, with the same id', async () => {
    const world = await claimed();
    await world.run(5 * MINUTE);
    expect(world.posts).toHaveLength(2);
    expect(world.posts[1]).toMatchObject({ id: world.posts[0]?.id, text: world.posts[0]?.text });
    expect((await world.notificationLog.all())[0]).toMatchObject({ pending: null, counts: { sent: 1 } });
  });

  it('is worth nothing to one who failed after it was taken over', async () => {
    const world = new World();
    const { promise: slow, resolve: answerSlowly } = withResolvers<void>();
    await world.fire(chat);
    await world.run(29 * SECOND);
    world.clock.advance(SECOND);
    const send = { kind: 'send', delivery: `${GROUP}|receiver-1` } as const;
    const http = { send: () => slow.then(() => status(500)) };
    const first = deliver({ kind: 'flush', group: GROUP }, { ...world.deps(), http });
    await untilClaimed(world);
    expect(await deliver(send, world.deps())).toMatchObject({ result: 'claimed by another' });
    world.clock.advance(MINUTE);
    expect(await deliver(send, world.deps())).toMatchObject({ result: 'delivered' });
    answerSlowly();
    await first;
    expect((await world.notificationLog.all())[0]).toMatchObject({ pending: null, counts: { sent: 1, retried: 0 } });
  });
});

describe('an answer that comes after all was over', () => {
  it('confirms nothing but its own notification', async () => {
    const world = new World();
    const { promise: slow, resolve: answerSlowly } = withResolvers<void>();
    await world.fire(chat);
    await world.run(29 * SECOND);
    world.clock.advance(SECOND);
    const send = { kind: 'send', delivery: `${GROUP}|receiver-1` } as const;
    const late = deliver({ kind: 'flush', group: GROUP }, { ...world.deps(), http: { send: () => slow.then(() => ok) } });
    await untilClaimed(world);
    world.clock.advance(MINUTE);
    await deliver(send, world.deps());
    await deliver({ kind: 'transitions', transitions: [transition('fired', embeddings, world.clock.now())] }, world.deps());
    world.clock.advance(5 * MINUTE);
    const never = { send: () => new Promise<never>(() => undefined) };
    void deliver({ kind: 'flush', group: GROUP }, { ...world.deps(), http: never });
    await untilClaimed(world);
    const before = await world.notificationLog.all();
    expect(before).toMatchObject([{ pending: { reason: 'newly firing' } }]);
    answerSlowly();
    await late;
    expect(await world.notificationLog.all()).toEqual(before);
  });
});

describe('the sweep', () => {
  it('repeats a flush and a send whose messages were lost, once in the grace period', async () => {
    const world = new World();
    await world.fire(chat);
    await world.run(10 * SECOND);
    world.queue.due(START + HOUR);
    world.clock.advance(3 * MINUTE);
    expect(await sweepNotifications(world.deps())).toEqual({ flushes: 1, sends: 0 });
    expect(await sweepNotifications(world.deps())).toEqual({ flushes: 0, sends: 0 });
    world.queue.due(START + HOUR);
    const never = { send: () => new Promise<never>(() => undefined) };
    void deliver({ kind: 'flush', group: GROUP }, { ...world.deps(), http: never });
    await untilClaimed(world);
    world.queue.due(START + HOUR);
    world.clock.advance(2 * MINUTE + 1);
    expect(await sweepNotifications(world.deps())).toEqual({ flushes: 0, sends: 1 });
    expect(await sweepNotifications(world.deps())).toEqual({ flushes: 0, sends: 0 });
    await world.run(MINUTE);
    expect(story(world)).toEqual(['first: chat / ']);
  });

  it('leaves alone what is in time', async () => {
    const world = new World();
    await world.fire(chat);
    await world.run(4 * MINUTE);
    expect(await sweepNotifications(world.deps())).toEqual({ flushes: 0, sends: 0 });
  });
});

describe('a digest', () => {
  const summary = {
    id: 'daily-2026-11-21T0800Z',
    name: 'daily',
    window: { start: START - 24 * HOUR, end: START },
    publishedAt: START,
    headline: 'a quiet day',
    alerts: 0,
    findings: 0,
  };

  it('is announced to each receiver once, however often it is published', async () => {
    const world = new World([{}, {}]);
    world.answer = ({ nth }) => (nth === 1 ? status(503) : ok);
    expect(await announceDigest(summary, ['receiver-1', 'receiver-2', 'unknown'], world.deps())).toEqual([
      'receiver-1',
      'receiver-2',
    ]);
    await world.run(HOUR);
    expect(await announceDigest(summary, ['receiver-1', 'receiver-2'], world.deps())).toEqual([]);
    await world.run(HOUR);
    expect(world.posts).toHaveLength(4);
    expect(new Set(world.posts.map((post) => post.id)).size).toBe(2);
    expect(world.told('receiver-1')).toMatchObject([{ alerts: [], digest: { id: summary.id, headline: 'a quiet day' } }]);
  });

  it('that cannot be announced is a finding', async () => {
    const world = new World();
    world.answer = () => status(401);
    await announceDigest(summary, ['receiver-1'], world.deps());
    await world.run(HOUR);
    expect(world.posts).toHaveLength(1);
    expect(world.findings.all()).toMatchObject([{ kind: 'delivery failed', code: 'TCN-N002', rule: null }]);
  });
});

describe('over a real connection', () => {
  it('arrives signed, with one id on every try, and the receiver that is down delays no other', async () => {
    const secret = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;
    let tries = 0;
    await using flaky = await startReceiver((_, response) => response.writeHead(++tries < 3 ? 503 : 200).end());
    await using steady = await startReceiver((_, response) => response.writeHead(200).end());
    const world = new World([
      { name: 'flaky', url: `${flaky.url}/hook`, secret, allowPrivate: true },
      { name: 'steady', url: `${steady.url}/hook`, secret, allowPrivate: true },
    ]);
    const http = createHttpSender();
    const handle = async (span: number): Promise<void> => {
      const end = world.clock.now() + span;
      for (let due = world.queue.nextDue(); due !== null && due <= end; due = world.queue.nextDue()) {
        world.clock.set(Math.max(due, world.clock.now()));
        const clock = { now: () => world.clock.now(), wall: () => Date.now() };
        for (const { job } of world.queue.due(world.clock.now())) await deliver(job, { ...world.deps(), http, clock });
      }
    };
    await world.fire(chat);
    await handle(2 * MINUTE);
    http.close();

    expect(steady.received).toHaveLength(1);
    expect(flaky.received).toHaveLength(3);
    expect(new Set(flaky.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    for (const { body, headers } of [...flaky.received, ...steady.received]) {
      const alert = (new Webhook(secret).verify(body, headers as Record<string, string>) as { alerts: Alert[] }).alerts[0];
      expect(alert?.fingerprint).toBe(chat.fingerprint);
    }
    for (const record of await world.notificationLog.all()) {
      expect(record).toMatchObject({ pending: null, sent: { firing: [episodeOf(chat)] } });
    }
  });
});

function withResolvers<Value>(): { promise: Promise<Value>; resolve: (value: Value) => void } {
  let resolve: (value: Value) => void = () => {};
  const promise = new Promise<Value>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

async function untilClaimed(world: World): Promise<void> {
  for (;;) {
    const [record] = await world.notificationLog.all();
    if (record?.pending?.claimedUntil) return;
  }
}

import { afterEach, describe, expect, it } from 'vitest';
import { deliver, sweepNotifications } from '../../src/app/deliver.ts';
import type { Alert } from '../../src/model/alert.ts';
import { TocsinError } from '../../src/model/errors.ts';
import type { Resolver } from '../../src/net/guarded-lookup.ts';
import { createHttpSender } from '../../src/net/http.ts';
import type { HttpRequest, HttpSender } from '../../src/ports.ts';
import { alertOf } from '../alerts/make.ts';
import { CERTIFICATE } from '../net/certificate.ts';
import { type Answer, type Received, startReceiver } from '../net/receiver.ts';
import { HOUR, MINUTE, SECOND, START, transition, World } from './deliver-world.ts';

/*
 * Deliveries to real servers on loopback while storage, queue and time are under the test's control. Time is virtual: what a server
 * does, it does at an instant of it, so nothing depends on how fast this machine is.
 */

const PATIENCE = 150;

interface Got {
  readonly at: number;
  readonly id: string;
  readonly alerts: readonly string[];
}

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one[Symbol.asyncDispose]();
});

/** A receiver beside one that is well: what each took, and a world that delivers to both. */
async function troubled(
  answer: (nth: number, request: Received) => Answer,
  sender: HttpSender & { close(): void } = createHttpSender(),
  { patience = PATIENCE, onOther = () => {} }: { readonly patience?: number; readonly onOther?: () => unknown } = {},
) {
  const took: Got[] = [];
  const asked: Got[] = [];
  const others: Got[] = [];
  let world: World | null = null;
  const gotOf = ({ headers, body }: Received): Got => ({
    at: world?.clock.now() ?? 0,
    id: String(headers['webhook-id']),
    alerts: (JSON.parse(body) as { alerts: readonly { fingerprint: string }[] }).alerts.map(({ fingerprint }) => fingerprint),
  });
  const bad = await startReceiver((request, response, socket) => {
    asked.push(gotOf(request));
    answer(asked.length, request)(request, response, socket);
    if (response.statusCode < 300 && response.headersSent) took.push(gotOf(request));
  });
  const well = await startReceiver((request, response) => {
    others.push(gotOf(request));
    response.writeHead(204).end();
    onOther();
  });
  open.push(bad, well);
  const made = new World(
    [
      { name: 'bad', url: bad.url, allowPrivate: true },
      { name: 'well', url: well.url, allowPrivate: true },
    ],
    { groupWait: 0 },
  );
  world = made;
  const http: HttpSender = { send: (request: HttpRequest) => sender.send({ ...request, timeout: patience }) };
  open.push({ [Symbol.asyncDispose]: async () => sender.close() });
  const run = async (span: number): Promise<void> => {
    const end = made.clock.now() + span;
    for (;;) {
      const sweep = (Math.floor(made.clock.now() / MINUTE) + 1) * MINUTE;
      const next = Math.min(made.queue.nextDue() ?? end, sweep, end);
      made.clock.set(Math.max(next, made.clock.now()));
      const due = made.queue.due(made.clock.now());
      await Promise.all(
        due.map(async (message) => {
          try {
            await deliver(message.job, { ...made.deps(), http });
          } catch {
            // As the host: the message comes back.
            await made.queue.send({ ...message, failures: message.failures + 1 }, 30 * SECOND);
          }
        }),
      );
      if (next === sweep) await sweepNotifications(made.deps()).catch(() => undefined);
      if (made.clock.now() >= end && (made.queue.nextDue() ?? end + 1) > end) return;
    }
  };
  return { world: made, bad, asked, took, others, run };
}

/** Every alert was taken, and nothing twice under two ids. */
function expectOnce(took: readonly Got[], alerts: readonly Alert[]): void {
  const ids = new Map(took.map(({ id, alerts: told }) => [id, told]));
  const told = [...ids.values()].flat();
  expect(told.toSorted()).toEqual(alerts.map(({ fingerprint }) => fingerprint).toSorted());
}

const chat = alertOf('chat', { startsAt: START });
const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (_, response) =>
    response.writeHead(code, headers).end();

describe('one receiver in trouble, another that is well', () => {
  it.each<readonly [string, (nth: number, at: number) => Answer]>([
    ['answers 500 for an hour', (_, at) => status(at < START + HOUR ? 500 : 200)],
    ['answers 429 with Retry-After', (nth) => (nth <= 2 ? status(429, { 'retry-after': '90' }) : status(200))],
    ['answers 429 without Retry-After', (nth) => (nth <= 3 ? status(429) : status(200))],
    [
      'resets the connection before it answers',
      (nth) => (nth <= 2 ? (_r, _s, socket) => void socket.resetAndDestroy() : status(200)),
    ],
    ['never answers', (nth) => (nth <= 2 ? () => {} : status(200))],
    [
      'sends its headers one byte after the other',
      (nth) =>
        nth <= 2
          ? (_r, _s, socket) => {
              const timer = setInterval(() => socket.write('H'), 20);
              socket.once('close', () => clearInterval(timer));
            }
          : status(200),
    ],
  ])('that %s: every alert arrives once by id, and the other waits for nothing', async (_, answer) => {
    let now = (): number => START;
    const { world, took, asked, others, run } = await troubled((nth) => answer(nth, now()));
    now = () => world.clock.now();
    await world.fire(chat);
    await run(3 * HOUR);
    expectOnce(took, [chat]);
    expect(new Set(asked.map(({ id }) => id)).size).toBe(1);
    expect(asked.length).toBeGreaterThan(1);
    expectOnce(others, [chat]);
    expect((others[0]?.at ?? 0) - START).toBeLessThanOrEqual(SECOND);
  });

  it('that takes the body and resets the connection gets the same id again, and no second alert under another', async () => {
    const { world, asked, others, run } = await troubled((nth) =>
      nth === 1 ? (_r, _s, socket) => void socket.resetAndDestroy() : status(200),
    );
    await world.fire(chat);
    await run(HOUR);
    expect(asked).toHaveLength(2);
    expect(new Set(asked.map(({ id }) => id)).size).toBe(1);
    expect(asked[1]?.alerts).toEqual(asked[0]?.alerts);
    expectOnce(others, [chat]);
    expect((others[0]?.at ?? 0) - START).toBeLessThanOrEqual(SECOND);
  });

  it('that redirects to loopback is not followed there', async () => {
    let visited = 0;
    const hidden = await startReceiver((_, response) => {
      visited += 1;
      response.end();
    });
    open.push(hidden);
    const { world, others, run } = await troubled(() => status(307, { location: `${hidden.url}/admin` }));
    await world.fire(chat);
    await run(HOUR);
    expect(visited).toBe(0);
    expectOnce(others, [chat]);
    expect((await world.findings.during({ start: 0, end: START + HOUR })).map(({ code }) => code)).toContain('TCN-N002');
  });

  it.each<readonly [string, Resolver]>([
    ['to the metadata service', (_, __, callback) => callback(null, [{ address: '169.254.169.254', family: 4 }])],
    [
      'to this machine at the second time',
      (() => {
        const answers = ['169.254.169.254', '127.0.0.1'];
        return (_, __, callback) => callback(null, [{ address: answers.shift() ?? '127.0.0.1', family: 4 }]);
      })(),
    ],
  ])('whose name is rebound %s is never connected to', async (_, resolve) => {
    const { world, bad, asked, others, run } = await troubled(() => status(200), createHttpSender({ resolve }));
    const url = `https://rebound.test:${bad.port}/`;
    Object.assign(world.config.receivers[0] ?? {}, { url, allowPrivate: false });
    await world.fire(chat);
    await run(HOUR);
    expect(asked).toEqual([]);
    expect(bad.connections).toBe(0);
    expectOnce(others, [chat]);
    expect((await world.findings.during({ start: 0, end: START + HOUR })).map(({ code }) => code)).toContain('TCN-N004');
  });

  it('whose certificate is not trusted is told nothing, and everything once it is', async () => {
    const secure = await startReceiver((_, response) => response.end(), { secure: true });
    open.push(secure);
    const [strange, trusting] = [createHttpSender(), createHttpSender({ ca: CERTIFICATE })];
    let current: HttpSender = strange;
    const sender = {
      send: (request: HttpRequest) => current.send(request),
      close: () => [strange, trusting].forEach((each) => void each.close()),
    };
    const { world, others, run } = await troubled(() => status(200), sender);
    Object.assign(world.config.receivers[0] ?? {}, { url: secure.url });
    await world.fire(chat);
    await run(HOUR);
    expect(secure.received).toEqual([]);
    expectOnce(others, [chat]);
    expect((others[0]?.at ?? 0) - START).toBeLessThanOrEqual(SECOND);
    const [record] = (await world.notificationLog.all()).filter(({ receiver }) => receiver === 'bad');
    expect(record?.pending?.lastError).toContain('TCN-N003');
    current = trusting;
    await run(2 * HOUR);
    expect(secure.received.map(({ headers }) => headers['webhook-id'])).toEqual([record?.pending?.id]);
  });

  it('that asks for time with Retry-After is left alone for so long', async () => {
    const { world, asked, run } = await troubled((nth) => (nth === 1 ? status(429, { 'retry-after': '90' }) : status(200)));
    await world.fire(chat);
    await run(HOUR);
    expect(asked.map(({ at }) => (at - START) / SECOND)).toEqual([0, 90]);
  });

  it('and answers nobody until another has heard everything keeps none of many notifications from it', async () => {
    const alerts = Array.from({ length: 60 }, (_, n) => alertOf(`d${n}`, { startsAt: START }));
    const held: (() => void)[] = [];
    const release = (): void => {
      for (const answer of held.splice(0)) answer();
    };
    // Were the other one to wait for an answer of this one, both would wait until this one is given up, and it would be asked again.
    const { world, asked, took, others, run } = await troubled(
      () => (_, response) => {
        if (others.length < alerts.length) held.push(() => void response.writeHead(200).end());
        else response.writeHead(200).end();
      },
      createHttpSender(),
      { patience: 20 * SECOND, onOther: () => others.length >= alerts.length && release() },
    );
    Object.assign(world.config.route, { groupBy: ['ModelDeploymentName'] });
    await world.push(...alerts.map((alert) => transition('fired', alert, START)));
    await run(MINUTE);
    expectOnce(others, alerts);
    expect(asked).toHaveLength(alerts.length);
    expect(new Set(asked.map(({ id }) => id)).size).toBe(alerts.length);
    expect(took.length).toBeLessThan(alerts.length);
    expect((await world.notificationLog.all()).every(({ pending }) => pending === null)).toBe(true);
  });
});

/** The ports behind the use cases whose calls may fail. */
const PORTS = ['groups', 'alerts', 'silences', 'notificationLog', 'archive', 'findings', 'circuits', 'lines', 'queue'] as const;
type Port = (typeof PORTS)[number];
type Methods = Record<string, (...args: unknown[]) => Promise<unknown>>;

/** Longer than a body that stands in its record. */
const WIDE = 300_000;

/** Its group's label makes the body too long for its record, so that the archive is asked for it. */
const wide = alertOf('x'.repeat(WIDE), { startsAt: START });

type Fate = 'fails before' | 'fails after' | 'works';

/** Calls of each method of each port, with what happens to each; resolves once all is over. */
async function withCalls(alert: Alert, onCall: (port: Port, method: string, nth: number) => Fate) {
  const { world, took, others, run } = await troubled((nth) => status(nth === 1 ? 503 : 200));
  Object.assign(world.config.receivers[0] ?? {}, { rateLimit: { interval: SECOND, burst: 1 } });
  Object.assign(world.config.route, { groupBy: ['ModelDeploymentName'] });
  world.keepsCircuits = true;
  await world.fire(alert);
  for (const port of PORTS) {
    const target = world[port] as unknown as Methods;
    for (const method of methodsOf(target)) {
      const real = target[method]?.bind(target);
      let calls = 0;
      if (real === undefined) continue;
      target[method] = async (...args: unknown[]) => {
        calls += 1;
        const fate = onCall(port, method, calls);
        if (fate === 'fails before') throw new TocsinError('TCN-S001', `${port}.${method}`);
        const result = await real(...args);
        if (fate === 'fails after') throw new TocsinError('TCN-S001', `${port}.${method}`);
        return result;
      };
    }
  }
  await run(20 * MINUTE);
  return { took, others };
}

function methodsOf(target: object): readonly string[] {
  const own = Object.getOwnPropertyNames(Object.getPrototypeOf(target));
  return own.filter((name) => name !== 'constructor' && !['due', 'pending', 'nextDue', 'all'].includes(name));
}

/** Later calls are those of flushes that have nothing to tell. */
const CALLS = 5;

/** What one delivery asks of storage, in its order: from the transition that comes in to the confirmation of both receivers. */
const steps: (readonly [Port, string, number, Alert])[] = [];
for (const alert of [chat, wide])
  await withCalls(alert, (port, method, nth) => {
    if (nth <= CALLS && (alert === chat || port === 'archive')) steps.push([port, method, nth, alert]);
    return 'works';
  });
for (const one of open.splice(0)) await one[Symbol.asyncDispose]();

describe('storage that fails', () => {
  it('can fail between every two steps: claim, send, confirm, and what is before and after', () => {
    const named = new Set(steps.map(([port, method]) => `${port}.${method}`));
    for (const step of [
      'alerts.applyAll',
      'groups.replace',
      'notificationLog.rewrite',
      'archive.put',
      'archive.get',
      'lines.replace',
      'circuits.replace',
      'queue.send',
      'alerts.noteGroup',
    ])
      expect(named).toContain(step);
  });

  const moments = steps.flatMap(([port, method, nth, alert]) =>
    (['before', 'after'] as const).map((when) => [port, method, nth, when, alert] as const),
  );

  it.each(moments)(
    'in %s.%s, at the call number %i and %s it took effect, loses nothing and tells nothing twice',
    async (port, method, nth, when, alert) => {
      let failed = false;
      const { took, others } = await withCalls(alert, (onPort, onMethod, call) => {
        if (onPort !== port || onMethod !== method || call !== nth) return 'works';
        failed = true;
        return `fails ${when}`;
      });
      expect(failed).toBe(true);
      expectOnce(took, [alert]);
      expectOnce(others, [alert]);
    },
  );
});

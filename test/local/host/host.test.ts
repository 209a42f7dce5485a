import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { request as get, type IncomingMessage } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { QueueServiceClient } from '@azure/storage-queue';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Azurite, startAzurite } from '../../../src/local/azurite/azurite.ts';
import type { LocalClock } from '../../../src/local/clock/clock.ts';
import { type VirtualClock, virtualClock } from '../../../src/local/clock/virtual.ts';
import { wallClock } from '../../../src/local/clock/wall.ts';
import { type Host, startHost } from '../../../src/local/host/host.ts';
import { type Hub, startHub } from '../../../src/local/hub/hub.ts';
import type { Envelope } from '../../../src/model/messages.ts';
import { type AppSource, buildApp, newFolder, removeFolders, seen, silent } from './app.ts';

const NOON = Date.UTC(2026, 10, 21, 12);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let azurite: Azurite;
let azuriteDir: string;
let dataDir: string;
let clock: VirtualClock;
const hosts: Host[] = [];
let count = 0;

beforeAll(async () => {
  azuriteDir = newFolder();
  azurite = await startAzurite({ dataDir: azuriteDir });
});

afterAll(async () => {
  await azurite.close();
  removeFolders();
});

beforeEach(() => {
  seen.length = 0;
  count += 1;
  dataDir = newFolder();
  clock = virtualClock({ startAt: NOON, limit: NOON });
});

afterEach(async () => {
  for (const host of hosts.splice(0)) await host.stop();
  clock.close();
});

async function start(source: AppSource, env: Record<string, string> = {}, on: LocalClock = clock, hub?: Hub): Promise<Host> {
  const host = await startHost({
    appDir: await buildApp(source),
    env: { TOCSIN_QUEUE_DELAY: 'envelope', QUEUE: queueName(), ...env },
    clock: on,
    storage: azurite.connectionString,
    port: 0,
    dataDir,
    log: silent,
    ...(hub === undefined ? {} : { eventHubTails: (name: string) => hub.tails(name) }),
  });
  hosts.push(host);
  return host;
}

async function stop(host: Host): Promise<void> {
  hosts.splice(hosts.indexOf(host), 1);
  await host.stop();
}

/** A queue, or a function, of the running test only. */
function queueName(): string {
  return `jobs-${count}`;
}

function queue(name = queueName()) {
  return QueueServiceClient.fromConnectionString(azurite.connectionString).getQueueClient(name);
}

async function send(value: unknown): Promise<void> {
  await queue().sendMessage(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64'));
}

function envelope(due: number, body: unknown): Envelope<unknown> {
  return { v: 1, due, body };
}

/** Minutes since noon. */
const MINUTES = `(((globalThis as any).now() - ${NOON}) / 60000)`;
const CLOCKED = `export function useClock(clock: any) { (globalThis as any).now = () => clock.now(); }`;

describe('timers', () => {
  const timer = (schedule: string, handler = '', options = '') => ({
    code: `${CLOCKED} app.timer('timer-${count}', { schedule: '${schedule}', ${options}
      handler: (timer) => { seen.push({ at: ${MINUTES}, past: timer.isPastDue, status: timer.scheduleStatus }); ${handler} } });`,
  });

  it('fire at every occurrence, with the status of the last one', async () => {
    await start(timer('0 * * * * *'));
    await clock.runTo(NOON + 2.5 * MINUTE);
    expect(seen).toEqual([
      {
        at: 1,
        past: false,
        status: {
          last: '0001-01-01T00:00:00+00:00',
          next: '2026-11-21T12:01:00+00:00',
          lastUpdated: '2026-11-21T12:00:00+00:00',
        },
      },
      {
        at: 2,
        past: false,
        status: {
          last: '2026-11-21T12:01:00+00:00',
          next: '2026-11-21T12:02:00+00:00',
          lastUpdated: '2026-11-21T12:01:00+00:00',
        },
      },
    ]);
  });

  it('make up for what was missed while nothing ran by one run that is past due', async () => {
    const source = timer('0 0 * * * *');
    const first = await start(source);
    await clock.runTo(NOON + HOUR);
    await stop(first);
    clock = virtualClock({ startAt: NOON + 5.5 * HOUR, limit: NOON + 5.5 * HOUR });
    await start(source);
    await clock.runTo(NOON + 6 * HOUR);
    expect(seen).toMatchObject([
      { at: 60, past: false },
      { at: 330, past: true },
      { at: 360, past: false },
    ]);
  });

  it('finer than a minute have no status and make up for nothing', async () => {
    const source = timer('*/30 * * * * *');
    await stop(await start(source));
    clock = virtualClock({ startAt: NOON + HOUR, limit: NOON + HOUR });
    await start(source);
    await clock.runTo(NOON + HOUR + MINUTE);
    expect(seen).toEqual([
      { at: 60.5, past: false, status: null },
      { at: 61, past: false, status: null },
    ]);
  });

  it('do not repeat a run that failed', async () => {
    await start(timer('0 * * * * *', `throw new Error('failed');`));
    await clock.runTo(NOON + 2 * MINUTE);
    expect(seen).toMatchObject([{ at: 1 }, { at: 2 }]);
  });

  it('repeat a run that failed as their policy says, on the clock', async () => {
    const policy = `retry: { strategy: 'fixedDelay', maxRetryCount: 1, delayInterval: { seconds: 15 } },`;
    await start(timer('0 * * * * *', `throw new Error('failed');`, policy));
    await clock.runTo(NOON + MINUTE + 30_000);
    expect(seen).toMatchObject([{ at: 1 }, { at: 1.25 }]);
  });

  it('run at once if they say so', async () => {
    await start(timer('0 0 * * * *', '', 'runOnStartup: true,'));
    await clock.settled();
    expect(seen).toMatchObject([{ at: 0, past: false }]);
  });
});

describe('queues', () => {
  const FIVE = { extensions: { queues: { visibilityTimeout: '00:00:30', maxDequeueCount: 3 } } };
  const handler = (body = '') => `${CLOCKED} app.storageQueue('work', { queueName: '%QUEUE%', connection: 'AzureWebJobsStorage',
    handler: async (message: any, context) => {
      seen.push({ at: ${MINUTES}, message: message.body ?? message, count: context.triggerMetadata?.dequeueCount }); ${body} } });`;

  it('hand over messages, parsed, and forget them', async () => {
    const host = await start({ code: handler() });
    await send({ a: 1 });
    await send('text');
    await host.quiesce();
    expect(seen).toEqual([
      { at: 0, message: { a: 1 }, count: 1 },
      { at: 0, message: 'text', count: 1 },
    ]);
    expect((await queue().getProperties()).approximateMessagesCount).toBe(0);
  });

  it('hand over more than a batch', async () => {
    const host = await start({ code: handler() });
    for (let n = 0; n < 40; n += 1) await send({ n });
    await host.quiesce();
    expect(new Set(seen.map((one) => (one as { message: { n: number } }).message.n)).size).toBe(40);
    expect(seen).toHaveLength(40);
  });

  it('repeat what failed after the pause of host.json, on the clock, then give it to the poison queue', async () => {
    const poisoned = `app.storageQueue('poisoned', { queueName: '%QUEUE%-poison', connection: 'AzureWebJobsStorage',
      handler: (message) => { seen.push({ poisoned: message }); } });`;
    await start({ code: `${handler(`throw new Error('failed');`)} ${poisoned}`, hostJson: FIVE });
    await send({ a: 1 });
    await clock.runTo(NOON + 5 * MINUTE);
    expect(seen).toEqual([
      { at: 0, message: { a: 1 }, count: 1 },
      { at: 0.5, message: { a: 1 }, count: 2 },
      { at: 1, message: { a: 1 }, count: 3 },
      { poisoned: { a: 1 } },
    ]);
  });

  it('repeat at once where host.json says nothing', async () => {
    const host = await start({ code: handler(`throw new Error('failed');`) });
    await send({ a: 1 });
    await host.quiesce();
    expect(seen.map((one) => (one as { count: number }).count)).toEqual([1, 2, 3, 4, 5]);
    expect((await queue(`${queueName()}-poison`).peekMessages()).peekedMessageItems).toHaveLength(1);
  });

  it('give what is not base64 to the poison queue unhandled', async () => {
    const host = await start({ code: handler() });
    await queue().sendMessage('{"a":1}');
    await host.quiesce();
    expect(seen).toEqual([]);
    const { peekedMessageItems } = await queue(`${queueName()}-poison`).peekMessages();
    expect(peekedMessageItems.map((one) => one.messageText)).toEqual(['{"a":1}']);
  });

  it('keep what fails in a poison queue for ten minutes, for ever', async () => {
    await start({ code: handler(`throw new Error('failed');`) }, { QUEUE: `${queueName()}-poison` });
    await queue(`${queueName()}-poison`).sendMessage(Buffer.from('"x"').toString('base64'));
    await clock.runTo(NOON + 25 * MINUTE);
    expect(seen).toMatchObject([
      { at: 0, count: 1 },
      { at: 10, count: 2 },
      { at: 20, count: 3 },
    ]);
  });

  it('hold envelopes until they are due, to the millisecond, however many and in whatever order', async () => {
    await start({ code: handler() });
    const dues = Array.from({ length: 40 }, (_, n) => ((n * 7) % 40) * 1500 + 250);
    for (const due of dues) await send(envelope(NOON + due, { due }));
    await clock.runTo(NOON + 2 * MINUTE);
    expect(seen).toEqual(dues.toSorted((a, b) => a - b).map((due) => ({ at: due / MINUTE, message: { due }, count: 1 })));
    expect((await queue().getProperties()).approximateMessagesCount).toBe(0);
  });

  it('let no time pass between a message and those that it causes', async () => {
    const next = `if (message.body.depth < 5) {
      const { QueueServiceClient } = await import('@azure/storage-queue');
      const queue = QueueServiceClient.fromConnectionString(process.env.AzureWebJobsStorage!).getQueueClient(process.env.QUEUE!);
      const sent = { v: 1, due: (globalThis as any).now() + (message.body.depth % 2) * 60000, body: { depth: message.body.depth + 1 } };
      await queue.sendMessage(Buffer.from(JSON.stringify(sent)).toString('base64'));
    }`;
    await start({ code: handler(next) });
    await send(envelope(NOON, { depth: 0 }));
    await clock.runTo(NOON + 10 * MINUTE);
    expect(seen.map((one) => (one as { at: number }).at)).toEqual([0, 0, 1, 1, 2, 2]);
  });

  it('hand a held message to the next host, still on time', async () => {
    const first = await start({ code: handler() });
    await send(envelope(NOON + 3 * MINUTE, {}));
    await clock.runTo(NOON + MINUTE);
    await stop(first);
    await start({ code: handler() });
    await clock.runTo(NOON + 5 * MINUTE);
    expect(seen).toMatchObject([{ at: 3 }]);
  });

  it('hand a held message over on time after everything was killed, and holding it was no attempt', async () => {
    const first = await start({ code: handler() });
    await send(envelope(NOON + 3 * MINUTE, {}));
    await clock.runTo(NOON + MINUTE);
    clock.close();
    await azurite.close();
    azurite = await startAzurite({ dataDir: azuriteDir });
    clock = virtualClock({ startAt: NOON + MINUTE, limit: NOON + MINUTE });
    await start({ code: handler() });
    await clock.runTo(NOON + 5 * MINUTE);
    expect(seen).toMatchObject([{ at: 3, count: 1 }]);
    hosts.splice(hosts.indexOf(first), 1);
  });

  it('are polled by the wall where time is not virtual', async () => {
    const wall = wallClock();
    const host = await start(
      { code: handler(), hostJson: { extensions: { queues: { maxPollingInterval: '00:00:01' } } } },
      {},
      wall,
    );
    await send(envelope(wall.now() + HOUR, { held: true }));
    await send(envelope(wall.now(), { held: false }));
    await vi.waitFor(() => expect(seen).toHaveLength(1), { timeout: 20_000 });
    await host.quiesce();
    expect(seen).toMatchObject([{ message: { held: false } }]);
    await stop(host);
    expect((await queue().peekMessages()).peekedMessageItems).toHaveLength(1);
  });

  it('are filled by output bindings, one message per element', async () => {
    const host = await start({
      code: `app.timer('source', { schedule: '0 0 0 1 1 *', return: output.storageQueue({ queueName: '%QUEUE%', connection: 'AzureWebJobsStorage' }),
        handler: () => ['a', { b: 1 }] });`,
    });
    await host.invoke('source');
    const { receivedMessageItems } = await queue().receiveMessages({ numberOfMessages: 32 });
    expect(receivedMessageItems.map((one) => Buffer.from(one.messageText, 'base64').toString())).toEqual(['a', '{\n  "b": 1\n}']);
  });
});

describe('HTTP', () => {
  const code = `
    app.http('open', { route: 'items/{id?}', authLevel: 'anonymous', methods: ['GET', 'POST', 'HEAD'], handler: async (request, context) => ({
      jsonBody: { url: request.url, id: request.params.id ?? null, q: request.query.get('q'), body: await request.text(),
        header: request.headers.get('x-test'), metadata: context.triggerMetadata ?? null },
      headers: { 'x-answer': 'yes' }, cookies: [{ name: 'c', value: '1', path: '/', httpOnly: true, sameSite: 'Lax' }] }) });
    app.http('closed', { route: 'closed', authLevel: 'function', methods: ['POST'], handler: async () => ({ status: 202 }) });
    app.http('failing', { route: 'failing', handler: async () => { throw new Error('secret'); } });
    app.http('silent', { route: 'silent', handler: async () => undefined as any });
    app.http('rest', { route: '{*rest}', authLevel: 'anonymous', methods: ['GET'], handler: async (request) => ({ body: request.params.rest }) });`;
  const hostJson = { extensions: { http: { routePrefix: '' } } };

  it('answers with what the handler returns', async () => {
    const { url } = await start({ code, hostJson });
    const response = await fetch(`${url}/items/a%20b?q=1&q=2`, { method: 'POST', body: 'content', headers: { 'X-Test': 'h' } });
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-answer': 'yes',
      'content-type': 'application/json',
      'set-cookie': 'c=1; Path=/; HttpOnly; SameSite=Lax',
    });
    expect(await response.json()).toEqual({
      url: `${url}/items/a%20b?q=1&q=2`,
      id: 'a b',
      q: '1,2',
      body: 'content',
      header: 'h',
      metadata: null,
    });
    expect((await fetch(`${url}/items`, { method: 'HEAD' })).status).toBe(200);
    expect(await (await fetch(`${url}/a/b%2Fc`)).text()).toBe('a/b%2Fc');
  });

  it('discards the body of a GET', async () => {
    const { url } = await start({ code, hostJson });
    const request = get(`${url}/items`, { headers: { 'content-length': 4 } });
    request.end('body');
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    expect(JSON.parse((await response.toArray()).join(''))).toMatchObject({ body: '' });
  });

  it('wants the key where the function says so, and keeps it between runs', async () => {
    const host = await start({ code, hostJson });
    const status = async (path: string, headers: Record<string, string> = {}) =>
      (await fetch(`${host.url}${path}`, { method: 'POST', headers })).status;
    expect(await status('/closed')).toBe(401);
    expect(await status('/closed', { 'x-functions-key': 'wrong' })).toBe(401);
    expect(await status('/closed', { 'x-functions-key': host.key })).toBe(202);
    expect(await status(`/closed?code=${host.key}`)).toBe(202);
    expect(statSync(join(dataDir, 'host.key')).mode & 0o077).toBe(0);
    await stop(host);
    expect((await start({ code, hostJson })).key).toBe(host.key);
  });

  it('says nothing of what went wrong, and nothing of what is not there', async () => {
    const { url } = await start({ code });
    const answer = async (path: string, method = 'GET') => {
      const response = await fetch(`${url}${path}`, { method });
      return [response.status, await response.text()];
    };
    expect(await answer('/api/failing')).toEqual([500, '']);
    expect(await answer('/api/silent')).toEqual([204, '']);
    expect(await answer('/failing')).toEqual([404, '']);
    expect(await answer('/api/closed', 'DELETE')).toEqual([404, '']);
  });

  it('says when the port is taken, and leaves nothing behind', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const appDir = await buildApp({ code: `seen.push(process.env.MARK); ${code}` });
    const options = { appDir, env: { MARK: 'here' }, clock, storage: azurite.connectionString, port, dataDir, log: silent };
    await expect(startHost(options)).rejects.toMatchObject({ code: 'TCN-L001' });
    expect(seen).toEqual(['here']);
    expect(process.env.MARK).toBeUndefined();
    server.close();
  });
});

describe('event hubs', () => {
  let hub: Hub;

  beforeEach(async () => {
    hub = await startHub({ partitions: 2, dataDir: newFolder(), clock });
  });

  afterEach(async () => {
    for (const host of hosts.splice(0)) await host.stop();
    await hub.close();
  });

  const forward = (body = '', options = '') => ({
    hostJson: { extensions: { eventHubs: { maxEventBatchSize: 10 } } },
    code: `${CLOCKED} app.generic('forward', { trigger: { ...trigger.eventHub({ connection: 'HubConnection', eventHubName: '%HUB%',
      consumerGroup: '$Default', cardinality: 'many' }), dataType: 'binary' } as any, ${options}
      handler: async (events: any, context) => {
        const texts = events.map(String);
        seen.push({ at: ${MINUTES}, partition: (context.triggerMetadata as any).partitionContext.partitionId, texts });
        ${body} } });`,
  });
  // Checkpoints are kept per namespace and hub, and the namespace is always this machine.
  const env = () => ({ HUB: `hub-${count}`, HubConnection: hub.connectionString(`hub-${count}`) });
  const write = async (...texts: string[]) => {
    for (const text of texts) await hub.stream(`hub-${count}`).append(0, Buffer.from(text));
  };
  const texts = () => seen.flatMap((one) => (one as { texts: string[] }).texts);

  it('hand over batches in order, all of them before time moves on', async () => {
    await start(forward(), env(), clock, hub);
    const written = Array.from({ length: 35 }, (_, n) => `event ${n}`);
    const producer = async () => {
      for (const [n, text] of written.entries()) {
        await clock.sleepUntil(NOON + Math.floor(n / 7) * MINUTE);
        await clock.busy(() => write(text));
      }
    };
    void producer();
    await clock.runTo(NOON + 10 * MINUTE);
    expect(texts()).toEqual(written);
    expect(seen.every((one) => (one as { texts: string[] }).texts.length <= 10)).toBe(true);
    expect(seen.flatMap((one) => (one as { texts: string[]; at: number }).texts.map(() => (one as { at: number }).at))).toEqual(
      written.map((_, n) => Math.floor(n / 7)),
    );
  });

  it('go on after a restart with what is new, whether the handler had succeeded or not', async () => {
    const first = await start(forward(`throw new Error('failed');`), env(), clock, hub);
    await write('old');
    await first.quiesce();
    expect(texts()).toEqual(['old']);
    await stop(first);
    await write('new');
    const second = await start(forward(), env(), clock, hub);
    await second.quiesce();
    expect(texts()).toEqual(['old', 'new']);
  });

  it('know by themselves how far the hub is', async () => {
    const host = await start(forward(), env());
    await write('one', 'two');
    await host.quiesce();
    expect(texts()).toEqual(['one', 'two']);
  });

  it('stand still in a partition while a batch is tried again, on the clock', async () => {
    const options = `retry: { strategy: 'fixedDelay', maxRetryCount: 2, delayInterval: { seconds: 30 } },`;
    await start(forward(`if (texts.includes('bad')) throw new Error('failed');`, options), env(), clock, hub);
    await write('bad');
    await clock.settled();
    await write('next');
    await hub.stream(`hub-${count}`).append(1, Buffer.from('other'));
    await clock.runTo(NOON + 5 * MINUTE);
    expect(seen).toEqual([
      { at: 0, partition: '0', texts: ['bad'] },
      { at: 0, partition: '1', texts: ['other'] },
      { at: 0.5, partition: '0', texts: ['bad'] },
      { at: 1, partition: '0', texts: ['bad'] },
      { at: 1, partition: '0', texts: ['next'] },
    ]);
  });
});

describe('the host', () => {
  it('lists functions with their settings as written and resolved, and runs those that it can', async () => {
    const host = await start({
      code: `app.timer('lost', { schedule: '%ABSENT%', handler: () => {} });
        app.storageQueue('work', { queueName: '%QUEUE%', connection: 'AzureWebJobsStorage', handler: () => { seen.push('worked'); } });`,
    });
    expect(host.functions).toMatchObject([
      { name: 'lost', trigger: 'timer', resolved: null, error: { code: 'TCN-C001' } },
      { name: 'work', trigger: 'queue', resolved: { queueName: queueName() }, error: null },
    ]);
    expect(Object.values(host.functions[1]?.bindings ?? {})[0]).toMatchObject({ queueName: '%QUEUE%' });
    await send({});
    await host.quiesce();
    expect(seen).toEqual(['worked']);
  });

  it('runs with no functions at all when the entry point throws', async () => {
    const host = await start({ code: `throw new Error('bad');` });
    expect(host).toMatchObject({ functions: [], indexing: 'Success', loadError: { message: 'bad' } });
    expect((await fetch(host.url)).status).toBe(404);
  });

  it('invokes any function past its trigger', async () => {
    const host = await start({
      code: `app.timer('t', { schedule: '0 0 0 1 1 *', handler: (timer) => ({ past: timer.isPastDue }) });
        app.storageQueue('q', { queueName: '%QUEUE%', connection: 'AzureWebJobsStorage', handler: (message: any) => message.n + 1 });
        app.eventHub('e', { connection: 'AzureWebJobsStorage', eventHubName: '%ABSENT%', cardinality: 'many', handler: (events: any) => events.length });
        app.http('h', { handler: async (request) => ({ status: 201, body: (await request.text()) + request.query.get('x') }) });
        app.timer('bad', { schedule: '0 0 0 1 1 *', handler: () => { throw new Error('bad'); } });`,
    });
    expect(await host.invoke('t', { isPastDue: true })).toEqual({ past: true });
    expect(await host.invoke('q', { n: 1 })).toBe(2);
    expect(await host.invoke('h', { method: 'POST', path: '/?x=1', body: 'b' })).toMatchObject({ status: 201, body: 'b1' });
    await expect(host.invoke('bad')).rejects.toThrow('bad');
    await expect(host.invoke('absent')).rejects.toThrow('TCN-L005');
  });

  it('waits for what runs before it has stopped', async () => {
    const host = await start({
      code: `app.hook.appTerminate(() => { seen.push('terminated'); });
        app.http('slow', { handler: async () => { seen.push('begun'); await (globalThis as any).gate; seen.push('ended'); return {}; } });`,
    });
    let open = () => {};
    (globalThis as { gate?: Promise<void> }).gate = new Promise((resolve) => {
      open = resolve;
    });
    const answer = fetch(`${host.url}/api/slow`);
    await vi.waitFor(() => expect(seen).toEqual(['begun']));
    const stopped = stop(host);
    open();
    expect((await answer).status).toBe(200);
    await stopped;
    expect(seen).toEqual(['begun', 'ended', 'terminated']);
  });

  it.each([
    ['a promise that rejects with nobody waiting', `void Promise.reject(new Error('floating'));`],
    ['a throw from a timer callback', `setTimeout(() => { throw new Error('floating'); }, 0);`],
  ])('ends with %s, as the worker does', async (_, body) => {
    const appDir = await buildApp({ code: `app.http('f', { handler: async () => { ${body} return {}; } });` });
    const child = spawn(process.execPath, [
      fileURLToPath(new URL('./host-process.ts', import.meta.url)),
      appDir,
      azurite.connectionString,
      dataDir,
    ]);
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    const [url] = (await once(child.stdout, 'data')) as [Buffer];
    await fetch(`${String(url).trim()}/api/f`).catch(() => undefined);
    const [code] = await once(child, 'close');
    expect(code).toBe(1);
    expect(said).toContain('Worker uncaught exception: Error: floating');
  });
});

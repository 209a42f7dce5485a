import type { ReceivedEventData } from '@azure/event-hubs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { wallClock } from '../../../src/local/clock/wall.ts';
import type { RegisteredFunction, RetryContext } from '../../../src/local/host/core-api.ts';
import { batchInput, eventInput } from '../../../src/local/host/event-input.ts';
import { type InvocationRecord, Invoker, type TriggerInput } from '../../../src/local/host/invoker.ts';
import { type LoadedApp, loadApp } from '../../../src/local/host/load.ts';
import { queueInput } from '../../../src/local/host/queue-message.ts';
import { withRetries } from '../../../src/local/host/retry.ts';
import { json } from '../../../src/local/host/typed-data.ts';
import { buildApp, removeFolders, seen, silent } from './app.ts';

/* What a handler written with the real library sees of what the host encodes, trap by trap (docs of the traps: src/local/host). */

const AT = Date.UTC(2026, 10, 21, 8, 0, 0, 250);
const PARTITION = { fullyQualifiedNamespace: 'localhost', eventHubName: 'hub', consumerGroup: '$Default', partitionId: '3' };
const TEXT = { binary: false, keepEmpty: false };
const ECHO = `(input: any, context: any) => { seen.push({ input, metadata: context.triggerMetadata, retry: context.retryContext }); }`;

let app: LoadedApp;
let records: InvocationRecord[];
let fatal: unknown[];

beforeEach(() => {
  records = [];
  fatal = [];
  seen.length = 0;
});

afterEach(() => {
  app.unload();
  removeFolders();
});

async function load(code: string): Promise<void> {
  app = await loadApp({ appDir: await buildApp({ code }), env: {} });
}

function invoker(functionTimeout: number | null = null): Invoker {
  return new Invoker({
    registry: app.registry,
    clock: wallClock(),
    log: silent,
    functionTimeout,
    outputs: async () => undefined,
    onInvocation: (record) => records.push(record),
    onFatal: (error) => fatal.push(error),
  });
}

function fn(name = 'f'): RegisteredFunction {
  const found = app.registry.functions.get(name);
  if (found === undefined) throw new Error(`no function ${name}`);
  return found;
}

function event(body: unknown, more: Partial<ReceivedEventData> = {}): ReceivedEventData {
  return {
    body,
    offset: '4096',
    sequenceNumber: 7,
    enqueuedTimeUtc: new Date(AT),
    partitionKey: null,
    getRawAmqpMessage: () => ({ body }),
    ...more,
  };
}

async function handed(input: TriggerInput): Promise<{ input: unknown; metadata: Record<string, unknown> }> {
  const outcome = await invoker().invoke(fn(), input);
  expect(outcome).toMatchObject({ ok: true });
  return seen.at(-1) as { input: unknown; metadata: Record<string, unknown> };
}

const EVENTS = (options: string) =>
  `app.generic('f', { trigger: trigger.eventHub({ connection: 'C', eventHubName: 'hub', ${options} }), handler: ${ECHO} });`;

describe('a batch of events', () => {
  it('has its bodies parsed as JSON wherever that is possible', async () => {
    await load(EVENTS(`cardinality: 'many'`));
    const { input } = await handed(
      batchInput(
        ['{"a":1}', '42', 'true', 'text'].map((body) => event(Buffer.from(body))),
        PARTITION,
        TEXT,
      ),
    );
    expect(input).toEqual([{ a: 1 }, 42, true, 'text']);
  });

  it('stays bytes with dataType binary', async () => {
    await load(`app.generic('f', { trigger: { ...trigger.eventHub({ connection: 'C', eventHubName: 'hub', cardinality: 'many' }),
      dataType: 'binary' } as any, handler: ${ECHO} });`);
    const bodies = [Buffer.from('{"a":12345678901234567890}'), Buffer.alloc(0), Buffer.from([255])];
    const { input } = await handed(
      batchInput(
        bodies.map((body) => event(body)),
        PARTITION,
        { ...TEXT, binary: true },
      ),
    );
    expect(input).toEqual(bodies);
  });

  it('has offsets as numbers, times without a zone, and keys with a small first letter all the way down', async () => {
    await load(EVENTS(`cardinality: 'many'`));
    const properties = { DeviceType: 'gpu', Nested: { Inner: 1 } };
    const { metadata } = await handed(batchInput([event('x', { properties, partitionKey: 'k1' })], PARTITION, TEXT));
    expect(metadata).toEqual({
      partitionContext: { ...PARTITION, isCheckpointingAfterInvocation: true },
      enqueuedTimeUtcArray: ['2026-11-21T08:00:00.25'],
      propertiesArray: [{ deviceType: 'gpu', nested: { inner: 1 } }],
      systemPropertiesArray: [
        {
          'x-opt-sequence-number': 7,
          'x-opt-offset': '4096',
          'x-opt-enqueued-time': '2026-11-21T08:00:00.25+00:00',
          'x-opt-partition-key': 'k1',
          sequenceNumber: 7,
          offset: '4096',
          partitionKey: 'k1',
          enqueuedTimeUtc: '2026-11-21T08:00:00.25',
        },
      ],
      partitionKeyArray: ['k1'],
      offsetArray: [4096],
      sequenceNumberArray: [7],
    });
  });

  it('loses empty texts and absent keys from their arrays, and nothing from the others', async () => {
    await load(EVENTS(`cardinality: 'many'`));
    const events = [event('a', { partitionKey: 'k1' }), event(''), event('c', { partitionKey: 'k2' })];
    const { input, metadata } = await handed(batchInput(events, PARTITION, TEXT));
    expect(input).toEqual(['a', 'c']);
    expect(metadata.partitionKeyArray).toEqual(['k1', 'k2']);
    expect(metadata.offsetArray).toEqual([4096, 4096, 4096]);
  });

  it('keeps them for an app that has asked for it', async () => {
    await load(`app.setup({ capabilities: { IncludeEmptyEntriesInMessagePayload: true } }); ${EVENTS(`cardinality: 'many'`)}`);
    expect(app.capabilities.IncludeEmptyEntriesInMessagePayload).toBe('true');
    const { input, metadata } = await handed(batchInput([event('a'), event('')], PARTITION, { ...TEXT, keepEmpty: true }));
    expect(input).toEqual(['a', '']);
    expect(metadata.partitionKeyArray).toEqual(['', '']);
  });
});

describe('a single event', () => {
  it('is no array, and its members overwrite its metadata', async () => {
    await load(EVENTS(`cardinality: 'one'`));
    const { input, metadata } = await handed(eventInput(event('{"offset":"from-body"}'), PARTITION, TEXT));
    expect(input).toEqual({ offset: 'from-body' });
    expect(metadata).toMatchObject({ offset: 'from-body', sequenceNumber: 7, enqueuedTimeUtc: '2026-11-21T08:00:00.25' });
  });
});

describe('a queue message', () => {
  const message = {
    messageId: 'real-id',
    popReceipt: 'receipt',
    insertedOn: new Date(AT),
    expiresOn: new Date(AT),
    nextVisibleOn: new Date(AT),
    dequeueCount: 2,
    messageText: '',
  };

  it('is parsed as JSON, and its members overwrite its metadata', async () => {
    await load(`app.storageQueue('f', { queueName: 'q', connection: 'C', handler: ${ECHO} });`);
    const { input, metadata } = await handed(queueInput(message, Buffer.from('{"id":"payload-id","DequeueCount":99}'), false));
    expect(input).toEqual({ id: 'payload-id', DequeueCount: 99 });
    expect(metadata).toMatchObject({ id: 'payload-id', dequeueCount: 99, popReceipt: 'receipt' });
  });

  it('in an envelope leaves its metadata alone', async () => {
    await load(`app.storageQueue('f', { queueName: 'q', connection: 'C', handler: ${ECHO} });`);
    const { metadata } = await handed(queueInput(message, Buffer.from('{"v":1,"due":5,"body":{"id":"x"}}'), false));
    expect(metadata).toMatchObject({ id: 'real-id', dequeueCount: 2, insertionTime: '2026-11-21T08:00:00.25+00:00' });
  });
});

describe('a timer', () => {
  it('has no trigger metadata, and no status where it is not monitored', async () => {
    await load(`app.timer('f', { schedule: '*/10 * * * * *', handler: ${ECHO} });`);
    const { input, metadata } = await handed({
      data: json({ Schedule: { AdjustForDST: true }, ScheduleStatus: null, IsPastDue: false }),
      metadata: { TimerTrigger: { string: '' } },
    });
    expect(input).toEqual({ schedule: { adjustForDST: true }, scheduleStatus: null, isPastDue: false });
    expect(metadata).toBeUndefined();
  });
});

describe('an invocation', () => {
  const timer = { data: json({ IsPastDue: false }), metadata: {} };

  it('fails for a thrown text as for an error, and is recorded', async () => {
    await load(`app.timer('f', { schedule: '0 * * * * *', handler: () => { throw 'a text'; } });`);
    expect(await invoker().invoke(fn(), timer)).toEqual({ ok: false, error: 'a text' });
    expect(records).toMatchObject([{ function: 'f', error: 'a text' }]);
  });

  it('fails for a BigInt in its result, and for an HTTP answer that is a text', async () => {
    await load(`
      app.timer('f', { schedule: '0 * * * * *', handler: () => ({ n: 1n }) });
      app.http('h', { handler: (() => 'plain') as any });`);
    expect(await invoker().invoke(fn(), timer)).toMatchObject({ ok: false, error: { name: 'TypeError' } });
    const request = { data: { http: { method: 'GET', url: 'http://localhost/' } }, metadata: {} };
    expect(await invoker().invoke(fn('h'), request)).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('The HTTP response must be an object') },
    });
  });

  it('runs the hooks, which may change arguments, handler, result and error', async () => {
    await load(`
      app.hook.preInvocation((context) => { context.inputs = ['changed']; });
      app.hook.postInvocation((context) => { context.error = undefined; context.result = 'saved'; });
      app.timer('f', { schedule: '0 * * * * *', handler: (input) => { seen.push(input); throw new Error('lost'); } });`);
    expect(await invoker().invoke(fn(), timer)).toMatchObject({ ok: true, response: { returnValue: { string: 'saved' } } });
    expect(seen).toEqual(['changed']);
  });

  it('that outlasts functionTimeout is the end of the process, and not of the invocation', async () => {
    await load(`app.timer('f', { schedule: '0 * * * * *', handler: () => (globalThis as any).gate });`);
    let open = () => {};
    (globalThis as { gate?: Promise<void> }).gate = new Promise((resolve) => {
      open = resolve;
    });
    const running = invoker(1).invoke(fn(), timer);
    while (fatal.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(fatal).toMatchObject([{ code: 'TCN-L008' }]);
    open();
    expect(await running).toMatchObject({ ok: true });
  });
});

describe('retries', () => {
  const timer = { data: json({ IsPastDue: false }), metadata: {} };

  it('tell the handler which one it is, and round delays below a second to none', async () => {
    await load(`app.timer('f', { schedule: '0 * * * * *',
      retry: { strategy: 'fixedDelay', maxRetryCount: 2, delayInterval: { milliseconds: 400 } },
      handler: (input: any, context: any) => { seen.push(context.retryContext); if (seen.length < 3) throw new Error('try ' + seen.length); } });`);
    const pauses: number[] = [];
    const attempt = (retry: RetryContext | undefined) => invoker().invoke(fn(), timer, retry);
    const outcome = await withRetries(fn().metadata.retryOptions, async (ms) => void pauses.push(ms), attempt);
    expect(outcome.ok).toBe(true);
    expect(pauses).toEqual([0, 0]);
    expect(seen).toMatchObject([
      { retryCount: 0, maxRetryCount: 2 },
      { retryCount: 1, exception: { message: 'try 1' } },
      { retryCount: 2, exception: { message: 'try 2' } },
    ]);
    expect(new Set(records.map(({ invocationId }) => invocationId)).size).toBe(3);
  });

  it('end with the last failure', async () => {
    await load(`app.timer('f', { schedule: '0 * * * * *', retry: { strategy: 'exponentialBackoff', maxRetryCount: 3,
      minimumInterval: { seconds: 2 }, maximumInterval: { seconds: 5 } }, handler: () => { throw new Error('always'); } });`);
    const pauses: number[] = [];
    const attempt = (retry: RetryContext | undefined) => invoker().invoke(fn(), timer, retry);
    expect(await withRetries(fn().metadata.retryOptions, async (ms) => void pauses.push(ms), attempt)).toMatchObject({
      ok: false,
    });
    expect(pauses).toEqual([2000, 4000, 5000]);
  });

  it('are none, and without a context, where there is no policy', async () => {
    await load(`app.timer('f', { schedule: '0 * * * * *', handler: ${ECHO} });`);
    await withRetries(
      fn().metadata.retryOptions,
      async () => undefined,
      (retry) => invoker().invoke(fn(), timer, retry),
    );
    expect(seen).toMatchObject([{ retry: undefined }]);
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  EventHubBufferedProducerClient,
  EventHubConsumerClient,
  EventHubProducerClient,
  earliestEventPosition,
  latestEventPosition,
  type PartitionContext,
  type ReceivedEventData,
  type SubscribeOptions,
} from '@azure/event-hubs';
import { BlobCheckpointStore } from '@azure/eventhubs-checkpointstore-blob';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Azurite, startAzurite } from '../../../src/local/azurite/azurite.ts';
import { type Hub, startHub } from '../../../src/local/hub/hub.ts';

const NOON = Date.UTC(2026, 10, 21, 12);
let time: number;
const clock = { now: () => time, wall: () => Date.now() };
let dataDir: string;
let hub: Hub;
const open: { close(): Promise<unknown> }[] = [];

beforeEach(async () => {
  time = NOON;
  dataDir = mkdtempSync(join(tmpdir(), 'tocsin-hub-'));
  hub = await startHub({ partitions: 2, dataDir, clock });
});

afterEach(async () => {
  for (const client of open.splice(0).reverse()) await client.close();
  await hub.close();
  rmSync(dataDir, { recursive: true, force: true });
});

function keep<Client extends { close(): Promise<unknown> }>(client: Client): Client {
  open.push(client);
  return client;
}

function producer(): EventHubProducerClient {
  return keep(new EventHubProducerClient(hub.connectionString('diagnostics')));
}

interface Reading {
  readonly events: (ReceivedEventData & { partition: string })[];
  readonly errors: Error[];
  readonly context: { last?: PartitionContext };
  close(): Promise<void>;
}

function read(client: EventHubConsumerClient, options: SubscribeOptions = {}): Reading {
  const reading = { events: [] as Reading['events'], errors: [] as Error[], context: {} as Reading['context'] };
  const subscription = client.subscribe(
    {
      async processEvents(events, context) {
        reading.events.push(...events.map((event) => ({ ...event, partition: context.partitionId })));
        reading.context.last = context;
        const last = events.at(-1);
        if (last !== undefined) await context.updateCheckpoint(last);
      },
      async processError(error) {
        reading.errors.push(error);
      },
    },
    { startPosition: earliestEventPosition, maxWaitTimeInSeconds: 1, ...options },
  );
  return { ...reading, close: keep(subscription).close };
}

function consumer(): EventHubConsumerClient {
  return keep(new EventHubConsumerClient('$Default', hub.connectionString('diagnostics')));
}

async function until(condition: () => boolean): Promise<void> {
  await vi.waitFor(() => expect(condition()).toBe(true), { timeout: 30_000, interval: 10 });
}

describe('the real producer and consumer', () => {
  it('exchange bodies of every kind, with properties, keys, numbers and times', async () => {
    const sender = producer();
    await sender.sendBatch(
      [{ body: { records: [1] }, properties: { source: 'openai', n: 5 } }, { body: Buffer.from([0, 255]) }, { body: 'text' }],
      { partitionKey: 'resource-1' },
    );
    time += 1500;
    await sender.sendBatch(
      [
        { body: 'value', bodyType: 'value' },
        { body: [1, 2], bodyType: 'sequence' },
      ],
      { partitionId: '1' },
    );

    const reading = read(consumer());
    await until(() => reading.events.length === 5);
    const keyed = reading.events.filter((one) => one.partitionKey === 'resource-1');
    expect(keyed.map((one) => one.body)).toEqual([{ records: [1] }, Buffer.from([0, 255]), 'text']);
    expect(keyed.map((one) => one.properties)).toEqual([{ source: 'openai', n: 5 }, undefined, undefined]);
    expect(new Set(keyed.map((one) => one.partition)).size).toBe(1);
    expect(keyed.map((one) => one.sequenceNumber)).toEqual([0, 1, 2]);
    expect(keyed.map((one) => one.enqueuedTimeUtc.getTime())).toEqual([NOON, NOON, NOON]);

    const rest = reading.events.filter((one) => one.partitionKey === undefined);
    expect(rest.map((one) => [one.body, one.getRawAmqpMessage().bodyType])).toEqual([
      ['value', 'value'],
      [[1, 2], 'sequence'],
    ]);
    expect(rest.map((one) => one.enqueuedTimeUtc.getTime())).toEqual([NOON + 1500, NOON + 1500]);
    expect(hub.pending()).toBe(0);
  });

  it('are told what hubs and partitions there are', async () => {
    const client = producer();
    await client.sendBatch([{ body: 'one' }, { body: 'two' }], { partitionId: '1' });
    expect(await client.getEventHubProperties()).toMatchObject({ name: 'diagnostics', partitionIds: ['0', '1'] });
    expect(await client.getPartitionProperties('1')).toMatchObject({
      beginningSequenceNumber: 0,
      lastEnqueuedSequenceNumber: 1,
      isEmpty: false,
    });
    expect(await client.getPartitionProperties('0')).toMatchObject({ lastEnqueuedSequenceNumber: -1, isEmpty: true });
    await expect(client.getPartitionProperties('7')).rejects.toThrow('no partition 7');
    const stranger = keep(
      new EventHubProducerClient(hub.connectionString('diagnostics').replace('EntityPath=diagnostics', 'EntityPath=other')),
    );
    await expect(stranger.getEventHubProperties({})).rejects.toMatchObject({ code: 'MessagingEntityNotFoundError' });
    await expect(stranger.sendBatch([{ body: 'x' }])).rejects.toMatchObject({ code: 'MessagingEntityNotFoundError' });
  });

  it('spread events without a key, and keep up with thousands', async () => {
    const buffered = keep(
      new EventHubBufferedProducerClient(hub.connectionString('diagnostics'), {
        onSendEventsErrorHandler: async () => undefined,
      }),
    );
    const reading = read(consumer(), { maxBatchSize: 500 });
    for (let n = 0; n < 6000; n += 1) await buffered.enqueueEvent({ body: { n } });
    await buffered.flush();
    await until(() => reading.events.length === 6000);
    expect(new Set(reading.events.map((one) => one.body.n)).size).toBe(6000);
    expect(new Set(reading.events.map((one) => one.partition))).toEqual(new Set(['0', '1']));
  });

  it('hear only of what comes later from @latest', async () => {
    const stream = hub.stream('diagnostics');
    await stream.append(0, Buffer.from('"before"'));
    const reading = read(consumer(), { startPosition: latestEventPosition });
    const heard = async () => {
      for (const partition of [0, 1]) await stream.append(partition, Buffer.from('"after"'));
      return new Set(reading.events.map(({ partition }) => partition)).size;
    };
    // Of both: the client takes its time to close while one of its receivers is still attaching.
    await vi.waitFor(async () => expect(await heard()).toBe(2), { timeout: 30_000, interval: 50 });
    expect(new Set(reading.events.map((one) => one.body))).toEqual(new Set(['after']));
  });

  it('lose a partition to whoever comes later with the same or a higher owner level', async () => {
    await hub.stream('diagnostics').append(0, Buffer.from('1'));
    const first = read(consumer(), { ownerLevel: 1 });
    await until(() => first.events.length === 1);
    const second = read(consumer(), { ownerLevel: 2 });
    await until(() => second.events.length === 1);
    await until(() => first.errors.some((error) => (error as { code?: string }).code === 'ReceiverDisconnectedError'));
    await first.close();

    const third = read(consumer(), { ownerLevel: 1 });
    await until(() => third.errors.length > 0);
    expect(third.errors[0]).toMatchObject({ code: 'ReceiverDisconnectedError' });
    expect(third.events).toEqual([]);
  });
});

describe('events', () => {
  it('survive a restart with their numbers, and go on from there', async () => {
    await producer().sendBatch([{ body: 'one' }, { body: 'two' }], { partitionId: '0' });
    await open.pop()?.close();
    await hub.close();
    hub = await startHub({ partitions: 2, dataDir, clock });
    expect(hub.tails('diagnostics')).toEqual(
      new Map([
        ['0', 1],
        ['1', -1],
      ]),
    );
    await hub.stream('diagnostics').append(0, Buffer.from('"three"'));
    const reading = read(consumer());
    await until(() => reading.events.length === 3);
    expect(reading.events.map((one) => [one.sequenceNumber, one.body])).toEqual([
      [0, 'one'],
      [1, 'two'],
      [2, 'three'],
    ]);
  });

  it('of a minute that was interrupted can be taken back', async () => {
    const stream = hub.stream('diagnostics');
    await stream.append(0, Buffer.from('"kept"'));
    const sizes = await stream.sizes();
    await stream.append(0, Buffer.from('"half"'));
    await stream.append(1, Buffer.from('"half"'));
    await stream.truncateTo(sizes);
    await stream.append(1, Buffer.from('"again"'));
    expect(hub.pending()).toBe(2);
    const reading = read(consumer());
    await until(() => reading.events.length === 2);
    expect(reading.events.map((one) => one.body).sort()).toEqual(['again', 'kept']);
  });
});

describe('checkpoints in blobs', () => {
  let azurite: Azurite;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tocsin-hub-azurite-'));
    azurite = await startAzurite({ dataDir: folder });
  });

  afterAll(async () => {
    await azurite.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('make a consumer go on with what is new after both sides restart', async () => {
    const container = BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient('checkpoints');
    await container.create();
    const begin = () => {
      const store = new BlobCheckpointStore(container);
      return keep(
        new EventHubConsumerClient('$Default', hub.connectionString('diagnostics'), store, {
          loadBalancingOptions: { strategy: 'greedy' },
        }),
      );
    };
    const write = (text: string) =>
      Promise.all([0, 1].map((partition) => hub.stream('diagnostics').append(partition, Buffer.from(JSON.stringify(text)))));

    await write('old');
    const client = begin();
    const first = read(client);
    await until(() => first.events.length === 2);
    await first.close();
    await client.close();
    open.length = 0;
    await hub.close();

    hub = await startHub({ partitions: 2, dataDir, clock });
    await write('new');
    const second = read(begin());
    await until(() => second.events.length === 2);
    expect(second.events.map((one) => one.body)).toEqual(['new', 'new']);
  });
});

describe('the port', () => {
  it('is any free one, or the one asked for, or an error that says so', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.on('listening', resolve));
    const { port } = taken.address() as { port: number };
    await expect(startHub({ port, partitions: 1, dataDir, clock })).rejects.toMatchObject({ code: 'TCN-L001' });
    taken.close();
  });
});

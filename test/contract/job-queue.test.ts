import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loopbackCredential } from '../../src/azure/credential.ts';
import { CONTAINERS } from '../../src/azure/names.ts';
import { createJobQueue, parseEnvelope } from '../../src/azure/queue.ts';
import { createStorage } from '../../src/azure/storage.ts';
import { type Azurite, startAzurite } from '../support/azurite.ts';
import { serve } from '../support/loopback-server.ts';
import { FakeClock, MemoryQueue } from '../support/memory/index.ts';
import { DAY, HOUR, NOON } from '../support/samples.ts';
import { storageOf } from '../support/storage.ts';
import { jobQueueContract, type QueueUnderTest } from './job-queue.ts';

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite?.stop());

function memoryQueue(): QueueUnderTest {
  const clock = new FakeClock(NOON);
  const queue = new MemoryQueue<unknown>(clock);
  return { clock, queue, pending: async () => queue.pending() };
}

function storageQueue(): QueueUnderTest {
  const clock = new FakeClock(NOON);
  const storage = storageOf(azurite.account());
  const queue = createJobQueue<unknown>({ storage, queue: 'jobs', clock, delays: 'envelope' });
  const pending = async () => {
    const client = await storage.queue('jobs');
    const { receivedMessageItems } = await client.receiveMessages({ numberOfMessages: 32 });
    const messages = receivedMessageItems.map(({ messageText }) => messageText);
    const found = messages.map(async (text) => ({ due: JSON.parse(text).due, job: await parseEnvelope(text, storage) }));
    return (await Promise.all(found)).sort((a, b) => a.due - b.due);
  };
  return { clock, queue, pending };
}

jobQueueContract('MemoryQueue', memoryQueue);
jobQueueContract('a storage queue', storageQueue);

const TIME = 'Fri, 20 Nov 2026 12:00:00 GMT';
const RECEIPT = `<QueueMessagesList><QueueMessage><MessageId>m1</MessageId><InsertionTime>${TIME}</InsertionTime><ExpirationTime>${TIME}</ExpirationTime><PopReceipt>p</PopReceipt><TimeNextVisible>${TIME}</TimeNextVisible></QueueMessage></QueueMessagesList>`;

describe('a storage queue that keeps delays itself', () => {
  const sent = async (delay: number) => {
    const server = await serve(() => ({
      status: 201,
      headers: { 'content-type': 'application/xml' },
      body: RECEIPT,
    }));
    try {
      const queueUri = `${server.url}/account`;
      const connectionString = `DefaultEndpointsProtocol=http;AccountName=account;AccountKey=a2V5;QueueEndpoint=${queueUri};`;
      const storage = createStorage({ connectionString, blobUri: null, queueUri: null, tableUri: null }, loopbackCredential());
      const queue = createJobQueue({ storage, queue: 'jobs', clock: new FakeClock(NOON), delays: 'visibility' });
      await queue.send({ n: 1 }, delay);
      return server.asked[0]?.url.searchParams;
    } finally {
      await server.stop();
    }
  };

  it('hides a message for whole seconds, never too short, never longer than seven days', async () => {
    expect((await sent(0))?.get('visibilitytimeout')).toBeNull();
    expect((await sent(1))?.get('visibilitytimeout')).toBe('1');
    expect((await sent(30_001))?.get('visibilitytimeout')).toBe('31');
    expect((await sent(30 * DAY))?.get('visibilitytimeout')).toBe('604800');
  });

  it('keeps a message until somebody has handled it', async () => {
    expect((await sent(0))?.get('messagettl')).toBe('-1');
  });

  it('is hidden from readers until then', async () => {
    const storage = storageOf(azurite.account());
    await createJobQueue({ storage, queue: 'jobs', clock: new FakeClock(NOON), delays: 'visibility' }).send({ n: 1 }, HOUR);
    const client = await storage.queue('jobs');
    expect((await client.receiveMessages()).receivedMessageItems).toEqual([]);
    expect((await client.getProperties()).approximateMessagesCount).toBe(1);
  });
});

describe('parseEnvelope', () => {
  const storage = () => storageOf(azurite.account());
  const envelope = { v: 1, due: NOON, body: { kind: 'send', delivery: 'd1' } };

  it('takes what the host may hand over: an object, text or bytes', async () => {
    for (const message of [envelope, JSON.stringify(envelope), Buffer.from(JSON.stringify(envelope))]) {
      expect(await parseEnvelope(message, storage())).toEqual(envelope.body);
    }
  });

  it.each([
    ['text that is not JSON', '{"v":1,'],
    ['a number', 42],
    ['nothing', null],
    ['an array', []],
    ['another version', { ...envelope, v: 2 }],
    ['no due time', { v: 1, body: {} }],
    ['no body', { v: 1, due: NOON }],
    ['a body that is no object', { v: 1, due: NOON, body: 'send' }],
    ['a compressed body that is none', { v: 1, due: NOON, body: { $gzip: 'eyJ9' } }],
    ['a compressed body that is cut off', { v: 1, due: NOON, body: { $gzip: 'H4sIAAAAAAAAA6tW' } }],
    ['a long body that is gone', { v: 1, due: NOON, body: { $blob: 'jobs/none.json' } }],
  ])('refuses %s as TCN-Q001', async (_, message) => {
    await expect(parseEnvelope(message, storage())).rejects.toMatchObject({ code: 'TCN-Q001' });
  });

  it('reads no blob but those of long jobs', async () => {
    const account = storage();
    const container = await account.container(CONTAINERS.state);
    await container.createIfNotExists();
    await container.getBlockBlobClient('evaluations/r/s').upload('{"secret":1}', 12);
    const message = { v: 1, due: NOON, body: { $blob: 'evaluations/r/s' } };
    expect(await parseEnvelope(message, account)).toEqual({ $blob: 'evaluations/r/s' });
  });
});

import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAlertStore } from '../../src/azure/alert-store.ts';
import { loopbackCredential } from '../../src/azure/credential.ts';
import { createEvaluationStore } from '../../src/azure/evaluation-store.ts';
import { createFindingStore } from '../../src/azure/finding-store.ts';
import { createGroupStore } from '../../src/azure/group-store.ts';
import { CONTAINERS } from '../../src/azure/names.ts';
import { createJobQueue } from '../../src/azure/queue.ts';
import { createSentArchive } from '../../src/azure/sent-archive.ts';
import { createStorage } from '../../src/azure/storage.ts';
import { asTocsinError } from '../../src/model/errors.ts';
import { type Azurite, startAzurite } from '../support/azurite.ts';
import { serve } from '../support/loopback-server.ts';
import { FakeClock, MemoryLog } from '../support/memory/index.ts';
import { fired, NOON, sampleAlert, sampleFinding, sampleGroup, sampleState } from '../support/samples.ts';
import { storageOf } from '../support/storage.ts';

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite?.stop());

const KEY = { rule: 'AzureOpenAIThrottled', shard: 's' };
const BLOB = 'evaluations/AzureOpenAIThrottled/s.json';

/** One write of each kind of storage. */
function writes(connectionString: string): readonly (readonly [string, () => Promise<unknown>])[] {
  const storage = storageOf({ connectionString });
  const log = new MemoryLog();
  const queue = createJobQueue({ storage, queue: 'jobs', clock: new FakeClock(), delays: 'visibility' });
  return [
    ['blob', () => createSentArchive(storage).put('id', 'body')],
    ['table', () => createGroupStore(storage, log).replace(sampleGroup('g'), null)],
    ['projected table', () => createFindingStore(storage, log).put(sampleFinding('a'))],
    ['paged table', () => createAlertStore(storage, log).apply(fired(sampleAlert('a')), ['g'])],
    ['queue', () => queue.send({ n: 1 })],
  ];
}

describe('state that cannot be read', () => {
  it.each([
    ['bytes that are no gzip', Buffer.from('nonsense')],
    ['gzip of something else', gzipSync('[1,2]')],
    ['a state of another version', gzipSync(JSON.stringify({ ...sampleState(NOON), version: 2 }))],
    ['half a state', gzipSync(JSON.stringify(sampleState(NOON))).subarray(0, 40)],
    ['nothing', Buffer.alloc(0)],
  ])('is set aside and said: %s', async (_, damage) => {
    const storage = storageOf(azurite.account());
    const log = new MemoryLog();
    const store = createEvaluationStore(storage, log);
    await store.replace(KEY, sampleState(NOON), null);
    const container = await storage.container(CONTAINERS.state);
    await container.getBlockBlobClient(BLOB).upload(damage, damage.length);

    expect(await store.read(KEY)).toEqual({ value: null, version: null });
    expect(log.lines).toMatchObject([{ level: 'error', fields: { code: 'TCN-S002', rule: KEY.rule } }]);
    expect(await container.getBlobClient(`${BLOB}.corrupt`).downloadToBuffer()).toEqual(Buffer.from(damage));
    expect(await store.replace(KEY, sampleState(NOON), null)).toBe(true);
    expect((await store.read(KEY)).value).toEqual(sampleState(NOON));
  });
});

describe('storage', () => {
  it('creates what is missing when it first writes, not when it reads', async () => {
    const storage = storageOf(azurite.account());
    const log = new MemoryLog();
    expect(await createGroupStore(storage, log).overdue(NOON)).toEqual([]);
    expect((await createEvaluationStore(storage, log).read(KEY)).value).toBeNull();
    const container = await storage.container(CONTAINERS.state);
    expect(await container.exists()).toBe(false);
    expect(await createEvaluationStore(storage, log).replace(KEY, sampleState(NOON), null)).toBe(true);
    expect(await container.exists()).toBe(true);
  });

  it('lets many first writers create it together', async () => {
    const { connectionString } = azurite.account();
    const stores = [1, 2, 3, 4, 5].map((n) => ({ n, store: createGroupStore(storageOf({ connectionString }), new MemoryLog()) }));
    const written = await Promise.all(stores.map(({ n, store }) => store.replace(sampleGroup(`g${n}`), null)));
    expect(written).toEqual([true, true, true, true, true]);
  });

  it('that is not reached is TCN-S001', async () => {
    const closed = await serve(() => ({ status: 500 }));
    await closed.stop();
    const endpoints = ['Blob', 'Queue', 'Table'].map((service) => `${service}Endpoint=${closed.url}/account;`).join('');
    for (const [kind, write] of writes(`DefaultEndpointsProtocol=http;AccountName=account;AccountKey=a2V5;${endpoints}`)) {
      await expect(write(), kind).rejects.toMatchObject({ code: 'TCN-S001', kind: 'transient' });
    }
  });

  it('that refuses the key is TCN-A003, and the key is not told', async () => {
    const account = azurite.account();
    const wrong = Buffer.from('another key').toString('base64');
    for (const [kind, write] of writes(account.connectionString.replace(account.key, wrong))) {
      const error = asTocsinError(await write().catch((thrown: unknown) => thrown));
      expect(error, kind).toMatchObject({ code: 'TCN-A003' });
      expect(`${error.stack} ${(error.cause as Error).stack}`).not.toContain(wrong);
    }
  });

  it.each([
    [507, 'TCN-S003', ['blob', 'table', 'projected table', 'paged table', 'queue']],
    // The first call of the others is a read.
    [500, 'TCN-S003', ['blob', 'table', 'queue']],
    [503, 'TCN-S001', ['blob', 'table', 'projected table', 'paged table', 'queue']],
  ])('that answers %s to a write is %s', async (status, code, kinds) => {
    const server = await serve(() => ({ status, body: { error: { code: 'Some', message: 'words' } } }));
    const endpoints = ['Blob', 'Queue', 'Table'].map((service) => `${service}Endpoint=${server.url}/account;`).join('');
    try {
      for (const [kind, write] of writes(`DefaultEndpointsProtocol=http;AccountName=account;AccountKey=a2V5;${endpoints}`)) {
        if (kinds.includes(kind)) await expect(write(), kind).rejects.toMatchObject({ code, kind: 'transient' });
      }
    } finally {
      await server.stop();
    }
  });

  it('without an address is TCN-C001, naming the setting', async () => {
    const storage = createStorage(
      { connectionString: null, blobUri: null, queueUri: null, tableUri: null },
      loopbackCredential(),
    );
    await expect(createSentArchive(storage).get('x')).rejects.toMatchObject({
      code: 'TCN-C001',
      message: expect.stringContaining('AzureWebJobsStorage__blobServiceUri'),
    });
  });
});

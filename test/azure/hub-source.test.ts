import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHubSource } from '../../src/azure/hub-source.ts';
import { createHubViewStore } from '../../src/azure/hub-view-store.ts';
import { azureAccess } from '../../src/azure/loopback.ts';
import { type Hub, startHub } from '../../src/local/hub/hub.ts';
import { type Azurite, startAzurite } from '../support/azurite.ts';
import { MemoryLog } from '../support/memory/index.ts';
import { storageOf } from '../support/storage.ts';

const access = azureAccess(null, 'http://127.0.0.1:9');
let folder: string;
let azurite: Azurite;
let hub: Hub;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hub-source-'));
  azurite = await startAzurite();
  hub = await startHub({ partitions: 2, dataDir: join(folder, 'hub'), clock: { now: Date.now, wall: Date.now } });
}, 60_000);

afterAll(async () => {
  await hub?.close();
  await azurite?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('the hub, asked with the real client', () => {
  it('says of every partition what it holds', async () => {
    const source = createHubSource(
      { name: 'diagnostics', consumerGroup: 'tocsin', connection: hub.connectionString('diagnostics'), namespace: null },
      access,
    );
    expect(await source.partitions()).toEqual([
      { id: '0', firstSequenceNumber: 0, last: null },
      { id: '1', firstSequenceNumber: 0, last: null },
    ]);
    const before = Date.now();
    for (const text of ['a', 'b', 'c']) await hub.stream('diagnostics').append(1, Buffer.from(text));
    const [empty, full] = await source.partitions();
    expect(empty?.last).toBeNull();
    expect(full).toMatchObject({ id: '1', firstSequenceNumber: 0, last: { sequenceNumber: 2 } });
    expect(full?.last?.enqueuedAt).toBeGreaterThanOrEqual(before);
  });

  it('that is not there is an error of ours, and is asked anew', async () => {
    const connection = 'Endpoint=sb://127.0.0.1:1/;SharedAccessKeyName=k;SharedAccessKey=SECRET;UseDevelopmentEmulator=true';
    const source = createHubSource({ name: 'diagnostics', consumerGroup: 'tocsin', connection, namespace: null }, access);
    for (const _ of [1, 2]) {
      const failure = await source.partitions().catch((thrown: unknown) => thrown);
      expect(failure).toMatchObject({ code: 'TCN-F011', kind: 'transient' });
      expect(String(failure)).not.toContain('SECRET');
    }
  }, 30_000);
});

describe('what was seen of it', () => {
  it('is kept, and written only over what was read', async () => {
    const views = createHubViewStore(storageOf(azurite.account()), new MemoryLog());
    const view = {
      hub: 'diagnostics',
      at: 1,
      alertedSince: null,
      partitions: [
        {
          partition: 'diagnostics/0',
          last: { sequenceNumber: 3, enqueuedAt: 5 },
          read: null,
          allReadAt: null,
          unread: 4,
          waiting: { sequenceNumber: 3, enqueuedAt: 5, since: 1 },
          expired: 0,
        },
      ],
    };
    expect(await views.read('diagnostics')).toEqual({ value: null, version: null });
    expect(await views.replace(view, null)).toBe(true);
    expect(await views.replace({ ...view, at: 2 }, null)).toBe(false);
    const { value, version } = await views.read('diagnostics');
    expect(value).toEqual(view);
    expect(await views.replace({ ...view, at: 3 }, version)).toBe(true);
  });
});

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { EventHubConsumerClient } from '@azure/event-hubs';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ForwardEvent, forward } from '../../src/app/forward.ts';
import { azureAccess } from '../../src/azure/loopback.ts';
import { createSinkClients } from '../../src/azure/sink-clients.ts';
import { openArchive } from '../../src/local/archive/archive.ts';
import { type Hub, startHub } from '../../src/local/hub/hub.ts';
import type { Sink } from '../../src/model/sink.ts';
import { createHttpSender } from '../../src/net/http.ts';
import { type Azurite, startAzurite } from '../support/azurite.ts';
import { requestResponse, wrapped } from '../support/diagnostic-records.ts';
import {
  FakeClock,
  MemoryFindingStore,
  MemoryForwardMarks,
  MemoryLog,
  MemoryParkingStore,
  MemoryQuarantineStore,
} from '../support/memory/index.ts';

const clients = createSinkClients(azureAccess(null, 'http://127.0.0.1:9'));
let folder: string;
let azurite: Azurite;
let hub: Hub;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sink-clients-'));
  azurite = await startAzurite();
  hub = await startHub({ partitions: 4, dataDir: join(folder, 'hub'), clock: { now: Date.now, wall: Date.now } });
}, 60_000);

afterAll(async () => {
  await hub?.close();
  await azurite?.stop();
  await rm(folder, { recursive: true, force: true });
});

const event = (sequence: number, records: readonly string[], changes: Partial<ForwardEvent> = {}): ForwardEvent => ({
  body: wrapped(records),
  partition: '0',
  sequenceNumber: String(sequence),
  offset: String(sequence),
  enqueuedAt: '2026-03-10T21:42:00.000Z',
  ...changes,
});

function deps(sink: Sink) {
  const parking = new MemoryParkingStore();
  return {
    sinks: [sink],
    http: createHttpSender(),
    clients,
    quarantine: new MemoryQuarantineStore(),
    parking,
    marks: new MemoryForwardMarks(),
    findings: new MemoryFindingStore(),
    clock: new FakeClock(),
    log: new MemoryLog(),
  };
}

describe('the archive sink', () => {
  it('writes the layout of Azure, which the archive reads back, every record in the hour of its receipt', async () => {
    const account = azurite.account();
    const records = ['a', 'b', 'c'].map((correlationId) => requestResponse({ correlationId }));
    const told = deps({ kind: 'blob', name: 'archive', connection: account.connectionString, url: '' });
    const outcome = await forward({ hub: 'h', events: [event(1, records.slice(0, 2)), event(2, records.slice(2))] }, told);
    expect(outcome).toMatchObject({ records: 3, delivered: 3, parked: 0 });
    const later = event(3, [requestResponse({ correlationId: 'd' })], { enqueuedAt: '2026-03-10T22:00:01Z' });
    expect(await forward({ hub: 'h', events: [later] }, told)).toMatchObject({ delivered: 1 });

    const copied = join(folder, 'archive');
    const service = BlobServiceClient.fromConnectionString(account.connectionString);
    const names: string[] = [];
    for await (const { name: container } of service.listContainers()) {
      for await (const { name } of service.getContainerClient(container).listBlobsFlat()) {
        const path = join(copied, container, name);
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, await service.getContainerClient(container).getBlobClient(name).downloadToBuffer());
        names.push(`${container}/${name}`);
      }
    }
    expect(names).toHaveLength(2);
    for (const name of names) {
      expect(name).toMatch(
        /^insights-logs-requestresponse\/resourceId=\/SUBSCRIPTIONS\/.*\/y=2026\/m=03\/d=10\/h=2[12]\/m=00\/PT1H\.json$/,
      );
    }
    const archive = await openArchive(copied);
    try {
      const day = { start: Date.UTC(2026, 2, 10), end: Date.UTC(2026, 2, 11) };
      const tables = await archive.received(['AzureDiagnostics'], day);
      expect(tables.get('AzureDiagnostics')?.rows).toBe(4);
      expect(await archive.loggedResourceIds()).toHaveLength(1);
    } finally {
      await archive.close();
    }
  });

  it('keeps records waiting for an account that does not answer', async () => {
    const connection = 'DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;BlobEndpoint=http://127.0.0.1:9/a;';
    const told = deps({ kind: 'blob', name: 'archive', connection, url: '', tries: 1 });
    expect(await forward({ hub: 'h', events: [event(1, [requestResponse()])] }, told)).toMatchObject({ parked: 1, delivered: 0 });
  });
});

describe('the hub sink', () => {
  it('passes records on under the partition keys that they came with', async () => {
    const connection = hub.connectionString('next');
    const told = deps({ kind: 'eventHub', name: 'next', connection, namespace: '', hub: 'next' });
    const of = (sequence: number, id: string, partitionKey?: string) =>
      event(sequence, [requestResponse({ correlationId: id })], partitionKey === undefined ? {} : { partitionKey });
    const events = [of(1, 'a', 'k1'), of(2, 'b', 'k2'), of(3, 'c', 'k1'), of(4, 'd')];
    expect(await forward({ hub: 'h', events }, told)).toMatchObject({ delivered: 4, parked: 0, sinkRequests: 3 });

    const consumer = new EventHubConsumerClient('$Default', connection, 'next');
    const received = new Map<string, string>();
    const subscription = consumer.subscribe(
      {
        processEvents: async (batch) => {
          for (const { body, partitionKey } of batch) {
            for (const record of (body as { readonly records: readonly { readonly correlationId: string }[] }).records) {
              received.set(record.correlationId, partitionKey ?? '');
            }
          }
        },
        processError: async () => {},
      },
      { startPosition: { offset: '-1' }, maxWaitTimeInSeconds: 1 },
    );
    try {
      await expect.poll(() => received.size, { timeout: 20_000 }).toBe(4);
    } finally {
      await subscription.close();
      await consumer.close();
    }
    expect(Object.fromEntries(received)).toEqual({ a: 'k1', b: 'k2', c: 'k1', d: '' });
  }, 40_000);
});

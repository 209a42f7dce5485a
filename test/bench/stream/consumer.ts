import { createInterface } from 'node:readline';
import { EventHubConsumerClient, earliestEventPosition } from '@azure/event-hubs';
import { BlobCheckpointStore } from '@azure/eventhubs-checkpointstore-blob';
import { ContainerClient } from '@azure/storage-blob';
import { Circuits } from '../../../src/app/forward/circuits.ts';
import { type ForwardEvent, forward } from '../../../src/app/forward.ts';
import { loopbackCredential } from '../../../src/azure/credential.ts';
import { createFindingStore } from '../../../src/azure/finding-store.ts';
import { createForwardMarks } from '../../../src/azure/forward-marks.ts';
import { createParkingStore } from '../../../src/azure/parking-store.ts';
import { createQuarantineStore } from '../../../src/azure/quarantine-store.ts';
import { createStorage } from '../../../src/azure/storage.ts';
import type { Sink } from '../../../src/model/sink.ts';
import { createHttpSender } from '../../../src/net/http.ts';

/*
 * What the host does with the forward function, without the host: real consumer, checkpoints after every batch, real stores. Prints a
 * line when it owns every partition, and its figures when as many events as it is told have come and nothing is under way.
 */

const [connection = '', storageConnection = '', url = '', kind = 'otlp'] = process.argv.slice(2);
const log = { debug() {}, info() {}, warn: console.error, error: console.error };
const storage = createStorage(
  { connectionString: storageConnection, blobUri: null, queueUri: null, tableUri: null },
  loopbackCredential(),
);
const container = new ContainerClient(storageConnection, 'azure-webjobs-eventhub');
await container.createIfNotExists();
const consumer = new EventHubConsumerClient('$Default', connection, 'diagnostics', new BlobCheckpointStore(container), {
  loadBalancingOptions: { strategy: 'greedy' },
});
const sink: Sink =
  kind === 'ndjson' ? { kind, name: 'bench', url, headers: {} } : { kind: 'otlp', name: 'bench', url, headers: {} };
const deps = {
  sinks: [sink],
  http: createHttpSender(),
  circuits: new Circuits(),
  quarantine: createQuarantineStore(storage),
  parking: createParkingStore(storage),
  marks: createForwardMarks(storage, log),
  findings: createFindingStore(storage, log),
  clock: { now: Date.now, wall: Date.now },
  log,
};

const STEP = 1;
const lags: number[] = [];
const memory: number[] = [];
let [events, records, delivered, parked, duplicates] = [0, 0, 0, 0, 0];
let [first, last] = [0, 0];
let cpu = process.cpuUsage();

const partitions = new Set(await consumer.getPartitionIds());
consumer.subscribe(
  {
    processInitialize: async ({ partitionId }) => {
      if (partitions.delete(partitionId) && partitions.size === 0) console.log('listening');
    },
    processEvents: async (received, context) => {
      const newest = received.at(-1);
      if (newest === undefined) return;
      if (first === 0) {
        first = performance.now();
        cpu = process.cpuUsage();
      }
      const batch = received.map(
        (event): ForwardEvent => ({
          body: event.body as Buffer,
          partition: context.partitionId,
          sequenceNumber: String(event.sequenceNumber),
          offset: String(event.offset),
          enqueuedAt: event.enqueuedTimeUtc.toISOString(),
        }),
      );
      const outcome = await forward({ hub: 'diagnostics', events: batch }, deps);
      const now = Date.now();
      for (const event of received) lags.push(now - event.enqueuedTimeUtc.getTime());
      events += received.length;
      records += outcome.records;
      delivered += outcome.delivered;
      parked += outcome.parked;
      duplicates += outcome.duplicates;
      await context.updateCheckpoint(newest);
      last = performance.now();
    },
    processError: async (error) => console.error(error.message),
  },
  {
    startPosition: earliestEventPosition,
    maxBatchSize: 200,
    prefetchCount: 600,
    maxWaitTimeInSeconds: 1,
    skipParsingBodyAsJson: true,
  },
);
setInterval(() => memory.push(process.memoryUsage().rss / 2 ** 20), STEP * 1000);

for await (const line of createInterface({ input: process.stdin })) {
  const expected = Number(line);
  const limit = Date.now() + 60_000;
  while (events < expected && Date.now() < limit) await new Promise((resolve) => setTimeout(resolve, 100));
  const { user, system } = process.cpuUsage(cpu);
  const sorted = lags.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.ceil(sorted.length * share) - 1] ?? 0;
  const seconds = (last - first) / 1000;
  const median = (samples: readonly number[]): number => samples.toSorted((a, b) => a - b)[samples.length >> 1] ?? 0;
  const third = Math.floor(memory.length / 3);
  const rounded = (value: number): number => Math.round(value * 100) / 100;
  console.log(
    JSON.stringify({
      records,
      delivered,
      lostEvents: expected - events,
      duplicates,
      parked,
      seconds: rounded(seconds),
      recordsPerSecond: Math.round(records / seconds),
      cpuMicrosPerRecord: rounded((user + system) / records),
      p50LagMs: at(0.5),
      p99LagMs: at(0.99),
      rssMiB: Math.round(Math.max(...memory, 0)),
      rssGrowthMiB: Math.round(median(memory.slice(-third)) - median(memory.slice(third, -third))),
    }),
  );
  break;
}

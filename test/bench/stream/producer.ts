import { setTimeout as sleep } from 'node:timers/promises';
import { EventHubProducerClient } from '@azure/event-hubs';
import { makeBatches } from '../forward-workload.ts';

/*
 * Sends bodies of ten records at a fixed rate, to the partitions in turn, whether or not what was sent before has been accepted. The
 * batches are encoded once and sent again and again, so that the rate costs little. Prints what was sent in which time, and how long
 * after its turn a batch was accepted: a hub that cannot keep up cannot hide it.
 */

const [connection = '', partitions = '4', rate = '20000', seconds = '120'] = process.argv.slice(2);
const RECORDS = 10;
const EVENTS = 50;
const DISTINCT = 10;
const bodies = makeBatches(DISTINCT * Number(partitions), EVENTS, RECORDS);
const producer = new EventHubProducerClient(connection, 'diagnostics');
const batches = await Promise.all(
  bodies.map(async (events, index) => {
    const batch = await producer.createBatch({ partitionId: String(index % Number(partitions)) });
    for (const body of events) if (!batch.tryAdd({ body })) throw new Error('a batch is full');
    return batch;
  }),
);

const perSecond = Number(rate) / RECORDS / EVENTS;
const total = Math.round(perSecond * Number(seconds));
const delays: number[] = [];
const sending: Promise<void>[] = [];
const began = performance.now();
for (let turn = 0; turn < total; turn++) {
  const due = began + (turn * 1000) / perSecond;
  const early = due - performance.now();
  if (early > 1) await sleep(early);
  const batch = batches[turn % batches.length];
  if (batch === undefined) break;
  sending.push(producer.sendBatch(batch).then(() => void delays.push(performance.now() - due)));
}
await Promise.all(sending);
const elapsed = (performance.now() - began) / 1000;
const acceptedP99Ms = Math.round(delays.toSorted((a, b) => a - b)[Math.ceil(delays.length * 0.99) - 1] ?? 0);
console.log(JSON.stringify({ events: total * EVENTS, records: total * EVENTS * RECORDS, seconds: elapsed, acceptedP99Ms }));
await producer.close();
process.exit(0);

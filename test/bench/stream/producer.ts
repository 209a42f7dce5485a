import { EventHubProducerClient } from '@azure/event-hubs';
import { makeBatches } from '../forward-workload.ts';

/* Sends bodies of ten records at a steady rate, to the partitions in turn, and prints what it sent. */

const [connection = '', partitions = '4', rate = '20000', seconds = '120'] = process.argv.slice(2);
const RECORDS = 10;
const TICK = 50;
const bodies = makeBatches(20, 100, RECORDS).flat();
const producer = new EventHubProducerClient(connection, 'diagnostics');
const perSecond = Number(rate) / RECORDS;
const began = performance.now();
let events = 0;

for (;;) {
  const elapsed = (performance.now() - began) / 1000;
  if (elapsed >= Number(seconds)) break;
  const due = Math.floor(perSecond * elapsed) - events;
  if (due < 1) {
    await new Promise((resolve) => setTimeout(resolve, TICK));
    continue;
  }
  const lanes = Array.from({ length: Number(partitions) }, async (_, lane) => {
    const share = Math.min(200, Math.ceil(due / Number(partitions)));
    const batch = await producer.createBatch({ partitionId: String(lane) });
    for (let index = 0; index < share; index++) {
      const body = bodies[(events + lane * share + index) % bodies.length];
      if (body === undefined || !batch.tryAdd({ body })) break;
    }
    await producer.sendBatch(batch);
    return batch.count;
  });
  for (const count of await Promise.all(lanes)) events += count;
}
console.log(JSON.stringify({ events, records: events * RECORDS, seconds: (performance.now() - began) / 1000 }));
await producer.close();
process.exit(0);

/* A process of its own: starts Azurite in the folder given, writes to all three services, says so, and waits to be killed. */
import { TableClient } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { startAzurite } from '../../../src/local/azurite/azurite.ts';

const { connectionString } = await startAzurite({ dataDir: process.argv[2] ?? '' });
const queue = QueueServiceClient.fromConnectionString(connectionString).getQueueClient('jobs');
await queue.create();
for (const text of ['leased', 'waiting']) await queue.sendMessage(text);
await queue.receiveMessages({ numberOfMessages: 1, visibilityTimeout: 600 });
await queue.sendMessage('delayed', { visibilityTimeout: 600 });
const container = BlobServiceClient.fromConnectionString(connectionString).getContainerClient('states');
await container.create();
await container.getBlockBlobClient('one').upload('state', 5);
const table = TableClient.fromConnectionString(connectionString, 'alerts', { allowInsecureConnection: true });
await table.createTable();
for (let row = 0; row < 200; row += 1) await table.createEntity({ partitionKey: 'p', rowKey: String(row), value: row });
process.stdout.write('written\n');
setInterval(() => undefined, 1000);

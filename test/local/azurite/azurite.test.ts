import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TableClient } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Azurite, startAzurite } from '../../../src/local/azurite/azurite.ts';

let dataDir: string;
const running: Azurite[] = [];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'tocsin-azurite-'));
});

afterEach(async () => {
  for (const azurite of running.splice(0)) await azurite.close();
  rmSync(dataDir, { recursive: true, force: true });
});

async function start(): Promise<Azurite> {
  const azurite = await startAzurite({ dataDir });
  running.push(azurite);
  return azurite;
}

describe('Azurite as a child', () => {
  it('keeps what it acknowledged when its parent is killed, and frees what the parent had leased', async () => {
    const writer = spawn(process.execPath, [fileURLToPath(new URL('./writer.ts', import.meta.url)), dataDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said] = (await once(writer.stdout, 'data')) as [Buffer];
    expect(said.toString()).toBe('written\n');
    writer.kill('SIGKILL');
    await once(writer, 'exit');

    // The folder is free only once the orphan has saved and gone: starting waits for it.
    const { connectionString } = await start();
    const queue = QueueServiceClient.fromConnectionString(connectionString).getQueueClient('jobs');
    const { receivedMessageItems } = await queue.receiveMessages({ numberOfMessages: 32 });
    expect(receivedMessageItems.map((one) => [one.messageText, one.dequeueCount]).sort()).toEqual([
      ['leased', 2],
      ['waiting', 1],
    ]);
    expect((await queue.getProperties()).approximateMessagesCount).toBe(3);

    const blob = BlobServiceClient.fromConnectionString(connectionString).getContainerClient('states').getBlobClient('one');
    expect((await blob.downloadToBuffer()).toString()).toBe('state');
    const table = TableClient.fromConnectionString(connectionString, 'alerts', { allowInsecureConnection: true });
    const rows = [];
    for await (const row of table.listEntities()) rows.push(row);
    expect(rows).toHaveLength(200);
  });

  it('refuses a folder that another run uses', async () => {
    await start();
    await expect(startAzurite({ dataDir })).rejects.toMatchObject({ code: 'TCN-L006' });
  });

  it('says why it does not start', async () => {
    writeFileSync(join(dataDir, '__azurite_db_table__.json'), 'not a database');
    await expect(startAzurite({ dataDir })).rejects.toMatchObject({ code: 'TCN-L002' });
  });

  it('is gone after close, and starts again on the same folder', async () => {
    const first = await startAzurite({ dataDir });
    await first.close();
    expect(await first.exited).toBe(0);
    const second = await start();
    expect(second.connectionString).toContain('http://127.0.0.1:');
  });
});

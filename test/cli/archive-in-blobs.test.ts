import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { BlobServiceClient, ContainerSASPermissions } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { logPath } from '../../src/local/archive/layout.ts';
import { type Azurite, type AzuriteAccount, startAzurite } from '../support/azurite.ts';
import { tocsin } from '../support/run-tocsin.ts';

const RESOURCE = '/subscriptions/s/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/chat';
const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 4, 1, 12, 30);
const QUERY = 'AzureDiagnostics | summarize n = count() by ResultSignature | order by ResultSignature asc';

let azurite: Azurite;
let account: AzuriteAccount;
let container: string;
let sas: string;

beforeAll(async () => {
  azurite = await startAzurite();
  account = azurite.account();
  const client = BlobServiceClient.fromConnectionString(account.connectionString).getContainerClient('diagnostics');
  await client.create();
  for (const [hours, status] of [
    [0, '200'],
    [0, '429'],
    [30, '500'],
  ] as const) {
    const time = NOW - hours * HOUR - 60_000;
    const blob = client.getAppendBlobClient(logPath('RequestResponse', RESOURCE, time));
    const line = `${JSON.stringify({ time: new Date(time).toISOString(), resourceId: RESOURCE, resultSignature: status })}\n`;
    await blob.createIfNotExists();
    await blob.appendBlock(line, line.length);
  }
  container = `${account.blobUri}/diagnostics`;
  const url = await client.generateSasUrl({
    permissions: ContainerSASPermissions.parse('rl'),
    expiresOn: new Date(Date.now() + HOUR),
  });
  sas = new URL(url).search;
});

afterAll(() => azurite.stop());

const now = ['--now', new Date(NOW).toISOString()];

describe('an archive in Blob Storage', () => {
  it('is queried with a SAS in its URL', async () => {
    const { code, stdout, stderr } = await tocsin(['query', QUERY, '--archive', `${container}${sas}`, '--output', 'csv', ...now])
      .finished;
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'ResultSignature,n\r\n200,1\r\n429,1\r\n500,1\r\n', stderr: '' });
  });

  it('is queried with a connection string in the environment, within a timespan', async () => {
    const args = ['query', QUERY, '--archive', container, '--timespan', 'PT6H', '--output', 'csv', ...now];
    const { code, stdout, stderr } = await tocsin(args, { AZURE_STORAGE_CONNECTION_STRING: account.connectionString }).finished;
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'ResultSignature,n\r\n200,1\r\n429,1\r\n', stderr: '' });
  });

  it('is served by the stand-in for Azure Monitor', async () => {
    const running = tocsin(['monitor', '--archive', `${container}${sas}`]);
    if (running.child.stdout === null) throw new Error('no stdout');
    const [url] = (await once(createInterface({ input: running.child.stdout }), 'line')) as [string];
    const answer = await fetch(`${url}/v1/workspaces/any/query`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer any' },
      body: JSON.stringify({ query: QUERY, timespan: '2026-05-01T00:00:00Z/P1D' }),
    });
    expect(((await answer.json()) as { tables: { rows: unknown }[] }).tables[0]?.rows).toEqual([
      ['200', 1],
      ['429', 1],
    ]);
    running.child.kill('SIGTERM');
    const { code, stderr } = await running.finished;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it.each([
    [
      'a signature that is wrong',
      () => `${container}${sas.replace(/sig=[^&]*/, `sig=${encodeURIComponent('c2VjcmV0')}`)}`,
      'TCN-L013',
    ],
    ['a container that does not exist', () => `${account.blobUri}/nowhere${sas}`, 'TCN-L013'],
    ['no credentials', () => container, 'TCN-C002'],
    ['http to another machine', () => `http://198.51.100.7/diagnostics${sas}`, 'TCN-C002'],
    ['a password in it', () => 'https://user:s3cret@account.blob.core.windows.net/c', 'TCN-C002'],
  ])('is refused with %s, and no secret is told', async (_, url, errorCode) => {
    const { code, stdout, stderr } = await tocsin(['query', QUERY, '--archive', url(), ...now], {
      AZURE_STORAGE_CONNECTION_STRING: '',
    }).finished;
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain(errorCode);
    expect(stderr).not.toMatch(/sig=|c2VjcmV0|s3cret|AccountKey/);
    expect(stderr).not.toContain(new URLSearchParams(sas).get('sig'));
  });
});

import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appendLogRecord, flush } from '../../src/local/archive/append.ts';

const TOCSIN = fileURLToPath(new URL('../../src/cli/tocsin.mjs', import.meta.url));
const ACCOUNT = '/subscriptions/s/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/chat';
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tocsin-query-'));
  for (const [minute, status] of [
    ['00', '200'],
    ['05', '429'],
    ['10', '200'],
  ]) {
    appendLogRecord(
      { dir, category: 'RequestResponse', resourceId: ACCOUNT, receivedAt: Date.UTC(2026, 4, 1, 12) },
      {
        time: `2026-05-01T12:${minute}:00Z`,
        resourceId: ACCOUNT,
        category: 'RequestResponse',
        resultSignature: status,
        resultDescription: 'a "b", c',
      },
    );
  }
  await flush(dir);
});

afterAll(() => rm(dir, { recursive: true, force: true }));

function tocsin(...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [TOCSIN, 'query', ...args], (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1, stdout, stderr });
    });
  });
}

const COUNT = 'AzureDiagnostics | summarize Calls = count() by ResultSignature | sort by Calls';

describe('tocsin query', () => {
  it('prints a table, JSON or CSV, and nothing else on stdout', async () => {
    const text = await tocsin(COUNT, '--archive', dir);
    expect(text).toEqual({
      code: 0,
      stderr: '',
      stdout: 'ResultSignature  Calls\n---------------  -----\n200                  2\n429                  1\n',
    });
    const json = await tocsin(COUNT, '--archive', dir, '--output', 'json');
    expect(JSON.parse(json.stdout)).toMatchObject({
      columns: [{ name: 'ResultSignature', type: 'string' }, { type: 'long' }],
      rows: [
        ['200', 2],
        ['429', 1],
      ],
    });
    const csv = await tocsin(
      'AzureDiagnostics | take 1 | project ResultDescription, TimeGenerated',
      '--archive',
      dir,
      '--output',
      'csv',
    );
    expect(csv.stdout).toBe('ResultDescription,TimeGenerated\r\n"a ""b"", c",2026-05-01T12:00:00Z\r\n');
  });

  it('counts from --now and hides what happened later', async () => {
    const answer = await tocsin(
      'AzureDiagnostics | where TimeGenerated > ago(4m) | count',
      '--archive',
      dir,
      '--now',
      '2026-05-01T12:08:00Z',
      '--output',
      'csv',
    );
    expect(answer.stdout).toBe('Count\r\n1\r\n');
  });

  it('says where a query is wrong and ends with 1; wrong usage ends with 2', async () => {
    expect(await tocsin('AzureDiagnostics | where Nope == 1', '--archive', dir)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^1:26 TCN-R015 KS142 The name 'Nope'/),
    });
    expect((await tocsin('AzureDiagnostics | evaluate autocluster()', '--archive', dir)).stderr).toMatch(
      /^1:20 TCN-L003 the plugin autocluster/,
    );
    expect((await tocsin('print 1')).code).toBe(2);
    expect((await tocsin('print 1', '--archive', dir, '--output', 'xml')).code).toBe(2);
    expect((await tocsin('print 1', '--archive', dir, '--frobnicate')).code).toBe(2);
  });
});

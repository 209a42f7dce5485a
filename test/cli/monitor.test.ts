import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appendLogRecord, appendMetric, flush } from '../../src/local/archive/append.ts';

const TOCSIN = fileURLToPath(new URL('../../src/cli/tocsin.mjs', import.meta.url));
const ACCOUNT = '/subscriptions/s/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/chat';
const HOUR_AGO = Math.floor(Date.now() / 60_000) * 60_000 - 3_600_000;
let dir: string;
let running: ChildProcess | null = null;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tocsin-monitor-'));
  const time = new Date(HOUR_AGO).toISOString();
  appendLogRecord({ dir, category: 'RequestResponse', resourceId: ACCOUNT, receivedAt: HOUR_AGO }, { time, resourceId: ACCOUNT });
  const namespace = 'Microsoft.CognitiveServices/accounts';
  appendMetric(dir, {
    time: HOUR_AGO,
    resourceId: ACCOUNT,
    namespace,
    metric: 'ModelRequests',
    dimensions: {},
    total: 3,
    count: 3,
    minimum: 1,
    maximum: 1,
  });
  await flush(dir);
});

afterEach(async () => {
  if (running !== null && running.exitCode === null) {
    running.kill('SIGKILL');
    await once(running, 'exit');
  }
  await rm(dir, { recursive: true, force: true });
});

function start(...args: readonly string[]): ChildProcess {
  running = spawn(process.execPath, [TOCSIN, 'monitor', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  return running;
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('no stdout');
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error('no line');
}

describe('tocsin monitor', () => {
  it('prints its URL first, answers for whatever wrote to the archive, and stops when interrupted', async () => {
    const child = start('--archive', dir);
    const url = await firstLine(child);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const query = await fetch(`${url}/v1/workspaces/any-workspace/query`, {
      method: 'POST',
      body: '{"query":"AzureDiagnostics | count"}',
    });
    expect(await query.json()).toMatchObject({ tables: [{ rows: [[1]] }] });
    const metrics = await fetch(
      `${url}${ACCOUNT}/providers/Microsoft.Insights/metrics?metricnames=ModelRequests&timespan=PT2H&interval=PT1H`,
    );
    const { value } = (await metrics.json()) as { value: { timeseries: { data: { total?: number }[] }[] }[] };
    expect(value[0]?.timeseries[0]?.data.reduce((sum, point) => sum + (point.total ?? 0), 0)).toBe(3);
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('answers with the faults of a file, and refuses a file of another form', async () => {
    const faults = join(dir, 'faults.json');
    await writeFile(faults, JSON.stringify([{ path: '/query$', status: 429, headers: { 'Retry-After': '7' } }]));
    const url = await firstLine(start('--archive', dir, '--inject', faults));
    const answer = await fetch(`${url}/v1/workspaces/w/query?query=print%201`);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '7']);
    running?.kill('SIGINT');
    await writeFile(faults, JSON.stringify([{ path: '/query$', statsu: 429 }]));
    const refused = start('--archive', dir, '--inject', faults);
    const [stderr, [code]] = await Promise.all([text(refused.stderr ?? process.stdin), once(refused, 'exit')]);
    expect(stderr).toMatch(/TCN-C003.*statsu/);
    expect(code).toBe(1);
  });

  it('says so when its port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? String(address.port) : '';
    const child = start('--archive', dir, '--port', port);
    const [stderr] = await Promise.all([text(child.stderr ?? process.stdin), once(child, 'exit')]);
    other.close();
    expect(stderr).toMatch(/TCN-L001/);
  });
});

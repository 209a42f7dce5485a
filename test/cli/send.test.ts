import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startReceiver } from '../net/receiver.ts';

const TOCSIN = fileURLToPath(new URL('../../src/cli/tocsin.mjs', import.meta.url));
const SECRET = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-send-'));
  const receiver = [
    '  - name: on-call',
    '    webhook:',
    `      url: \${HOOK}`,
    `      secret: \${KEY}`,
    '      allowPrivate: true',
  ];
  await writeFile(join(folder, 'tocsin.yaml'), ['version: 1', 'receivers:', ...receiver, ''].join('\n'));
});
afterAll(() => rm(folder, { recursive: true }));

interface Result {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function tocsin(args: readonly string[], env: Record<string, string> = {}): Promise<Result> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [TOCSIN, 'send', ...args], { cwd: folder, env: { PATH: process.env.PATH, ...env } });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.on('close', (exit) => resolve({ exit, stdout, stderr }));
  });
}

describe('tocsin send', () => {
  it('sends a signed test notification to a receiver of tocsin.yaml', async () => {
    await using receiver = await startReceiver((_, response) => response.writeHead(204).end());
    const { exit, stdout } = await tocsin(['on-call'], { HOOK: `${receiver.url}/secret-path`, KEY: SECRET });
    expect(exit).toBe(0);
    expect(stdout).toContain('on-call took the test notification: HTTP 204');
    expect(stdout).not.toContain('secret-path');
    const [{ body = '', headers = {} } = {}] = receiver.received;
    expect(new Webhook(SECRET).verify(body, headers as Record<string, string>)).toMatchObject({
      receiver: 'on-call',
      alerts: [{ labels: { alertname: 'TocsinTest', test: 'true' } }],
    });
  });

  it('sends wherever --url says, also to a receiver that is not configured', async () => {
    await using receiver = await startReceiver((_, response) => response.end());
    const { exit, stdout } = await tocsin(['new', '--url', receiver.url, '--secret', SECRET, '--output', 'json']);
    expect(exit).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      receiver: 'new',
      status: 200,
      id: receiver.received[0]?.headers['webhook-id'],
    });
  });

  it('ends with 1 and says why when the receiver refuses', async () => {
    await using receiver = await startReceiver((_, response) => response.writeHead(401).end('bad signature'));
    const { exit, stdout, stderr } = await tocsin(['on-call', '--url', receiver.url], { KEY: SECRET });
    expect(exit).toBe(1);
    expect(stdout).toContain('TCN-N002');
    expect(stderr).toContain('bad signature');
  });

  it('ends with 1 when the keys are none, without showing them', async () => {
    const { exit, stdout, stderr } = await tocsin(['on-call'], { HOOK: 'https://127.0.0.1:1', KEY: 'whsec_c2hvcnQ=' });
    expect(exit).toBe(1);
    expect(stdout).toContain('TCN-N006');
    expect(stdout + stderr).not.toContain('c2hvcnQ');
  });

  it('ends with 4 when the receiver cannot be reached', async () => {
    const receiver = await startReceiver(() => {});
    await receiver[Symbol.asyncDispose]();
    const { exit, stdout } = await tocsin(['new', '--url', receiver.url, '--output', 'json']);
    expect(exit).toBe(4);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, status: null, code: 'TCN-N003' });
  });

  it('names the setting that is missing', async () => {
    const { exit, stderr } = await tocsin(['on-call'], { KEY: SECRET });
    expect(exit).toBe(1);
    expect(stderr).toMatch(/TCN-C001.*HOOK/);
  });

  it.each([[[]], [['nobody']], [['on-call', '--output', 'xml']], [['on-call', '--loud']], [['on-call', 'other']]])(
    'ends with 2 for wrong usage: %j',
    async (args) => {
      const { exit, stderr, stdout } = await tocsin(args);
      expect(exit).toBe(2);
      expect(stderr).not.toBe('');
      expect(stdout).toBe('');
    },
  );
});

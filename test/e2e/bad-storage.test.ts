import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { otlpReceiver, SECRET, webhookReceiver } from '../support/receivers.ts';
import { readClock, tocsin } from '../support/run-tocsin.ts';
import { expectAllElseWell, folderOfPacks, REPORTED, type Troubled, troubledWorld } from '../support/troubled-world.ts';

/*
 * A full disk without a disk: a process whose files may not grow (RLIMIT_FSIZE, set from outside while it runs) gets an error from
 * every write, as it does from a disk without space; no privilege is needed. Measured beside a full tmpfs: Azurite answers both in the
 * same way, HTTP 500 and nothing more to blobs and queues, while tables, which it holds in memory, still work.
 */
function fill(pid: number): { free(): void } {
  const limit = (value: string) => execFileSync('prlimit', ['--pid', String(pid), `--fsize=${value}:`]);
  const before = execFileSync('prlimit', ['--pid', String(pid), '--fsize', '--noheadings', '--raw', '-o', 'SOFT']);
  limit('0');
  return { free: () => void limit(before.toString().trim()) };
}

const withoutPrlimit = process.platform !== 'linux';
const made: string[] = [];
afterEach(() => {
  for (const path of made.splice(0)) rmSync(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

function emptyFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'tocsin-full-'));
  made.push(path);
  return path;
}

describe('Azurite with a full disk', () => {
  let troubled: Troubled | undefined;
  afterEach(() => troubled?.close());

  it.skipIf(withoutPrlimit)(
    'is said with its code by log, health and console; when there is space again, nothing is lost',
    async () => {
      const webhook = await webhookReceiver();
      const otlp = await otlpReceiver();
      const configDir = folderOfPacks('azure-openai');
      made.push(configDir);
      troubled = await troubledWorld({ configDir, webhook: { url: webhook.url, secret: SECRET }, otlp: otlp.url });
      const { world, dataDir, runTo, page, stderr, status } = troubled;

      // The tick of minute 9 would have made the alert fire.
      await runTo(8.5);
      const { pid } = JSON.parse(readFileSync(join(dataDir, 'azurite/owner.json'), 'utf8')) as { pid: number };
      const disk = fill(pid);
      await runTo(9.5);
      expect(stderr()).toMatch(/invocation failed: tick TCN-S003 storage is full or refuses writes: queue evaluations: HTTP 500/);
      expect(stderr()).toMatch(/TCN-S003 storage is full or refuses writes: free space or raise the limit/);
      const reason = /last try failed: TCN-S003 storage is full or refuses writes \(free space or raise the limit/;
      expect((await page('/api/health')).text).toMatch(reason);
      expect((await page('/')).text).toMatch(reason);
      expect(await status()).toMatchObject({ errors: [], alerts: { open: [] } });
      expect(otlp.ids).toHaveLength(world.traffic.streamed.records);
      expect(webhook.got).toEqual([]);

      disk.free();
      await runTo(REPORTED);
      await expectAllElseWell(troubled, webhook.got, otlp.ids);
      expect((await page('/api/health')).text).toMatch(/"reason":"ticking"/);
      webhook.close();
      otlp.close();
    },
    120_000,
  );
});

describe('a machine whose own disk is full', () => {
  it.skipIf(withoutPrlimit)(
    'ends `tocsin start` with a code and what could not be written',
    async () => {
      const dataDir = emptyFolder();
      const running = tocsin(['start', '--once', '--port', '0', '--data', dataDir]);
      const begun = readClock(dataDir);
      while (readClock(dataDir) === begun && running.child.exitCode === null) await setTimeout(20);
      fill(running.child.pid ?? 0);
      const { code, stderr } = await running.finished;
      expect(code).not.toBe(0);
      expect(stderr).toMatch(/TCN-L012 file on this machine cannot be written: EFBIG (?:.*\/clock|generated traffic)$/m);
    },
    60_000,
  );

  it('as does a data folder that cannot be one', async () => {
    const file = join(emptyFolder(), 'file');
    writeFileSync(file, '');
    const { code, stderr, stdout } = await tocsin(['start', '--once', '--data', join(file, 'data')]).finished;
    expect([code, stdout]).toEqual([4, '']);
    expect(stderr).toMatch(/TCN-L012 file on this machine cannot be written: ENOTDIR .*file\/data\n {2}free space on its disk/);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

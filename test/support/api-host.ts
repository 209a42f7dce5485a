import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from '../../src/local/build/bundle.ts';
import { wallClock } from '../../src/local/clock/wall.ts';
import { startHost } from '../../src/local/host/host.ts';
import type { Compiled } from '../../src/model/config.ts';
import { loadConfig } from '../../src/rules/config.ts';
import { startAzurite } from './azurite.ts';
import { MemoryLog } from './memory/index.ts';

export interface ApiHost extends AsyncDisposable {
  readonly url: string;
  /** Until no message of the notifications queue is under way. */
  quiesce(): Promise<void>;
}

/**
 * The real functions behind Alertmanager's API in the function host, over Azurite: its routing, its parameters and the composition are the
 * product's. Much less than the whole product, so that it starts in seconds.
 */
export async function startApiHost(config: string, env: Readonly<Record<string, string>> = {}): Promise<ApiHost> {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-api-'));
  const [azurite, { code }] = await Promise.all([startAzurite(), bundle('test/support/api-app.ts', false)]);
  const loaded = loadConfig('tocsin.yaml', config);
  if (loaded.config === null) throw new Error(JSON.stringify(loaded.diagnostics));
  const compiled: Compiled = { version: 1, builtAt: '2026-11-20T00:00:00Z', rules: [], leftOut: [], config: loaded.config };
  const files = {
    'main.js': code,
    'compiled.json': JSON.stringify(compiled),
    'package.json': '{"main":"main.js"}',
    'host.json': await readFile(fileURLToPath(new URL('../../host.json', import.meta.url)), 'utf8'),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const clock = wallClock();
  const host = await startHost({
    appDir: folder,
    env: {
      EVALUATIONS_QUEUE: 'evaluations',
      NOTIFICATIONS_QUEUE: 'notifications',
      EVENT_HUB_NAME: 'diagnostics',
      TOCSIN_SUBSCRIPTIONS: 'none',
      TOCSIN_CONSOLE_URL: 'http://127.0.0.1',
      TOCSIN_CONSOLE_ACCESS: 'open',
      ...env,
    },
    clock,
    storage: azurite.account().connectionString,
    port: 0,
    dataDir: folder,
    log: new MemoryLog(),
  });
  return {
    url: host.url,
    quiesce: () => host.quiesce(),
    async [Symbol.asyncDispose]() {
      await host.stop();
      clock.close();
      await azurite.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

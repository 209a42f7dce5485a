import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { startAzurite } from '../support/azurite.ts';

/*
 * Ten thousand alerts from what evaluations hand on to a receiver that answers at once: queue, alerts, groups and notification log on
 * Azurite. The worker is a process of its own, bundled as the app is; so are Azurite and the receiver, whose CPU is not in the figures.
 * Their time is, because everything waits for storage.
 */

/** What Node gives itself on an instance of 2 GiB, which infra/ deploys: V8 collects late where a machine has more, whatever it needs. */
const HEAP_MIB = '1024';

const { values } = parseArgs({
  options: { alerts: { type: 'string', default: '10000' }, heap: { type: 'string', default: HEAP_MIB } },
});

const dir = await mkdtemp(join(tmpdir(), 'tocsin-bench-deliver-'));
const azurite = await startAzurite();
try {
  const script = join(dir, 'worker.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('deliver/worker.ts', import.meta.url))],
    outfile: script,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    // CommonJS among the dependencies asks for it.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  const receiver = fileURLToPath(new URL('deliver/receiver.ts', import.meta.url));
  const accounts = [1, 2, 3].map(() => azurite.account().connectionString);
  const child = spawn(process.execPath, [`--max-old-space-size=${Number(values.heap)}`, script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(JSON.stringify({ alerts: Number(values.alerts), receiver, accounts }));
  const [printed, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  process.stdout.write(printed);
  process.exitCode = code ?? 1;
} finally {
  await azurite.stop();
  await rm(dir, { recursive: true });
}

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { claimFolder } from './folder.ts';
import { releaseLeases } from './leases.ts';

/*
 * The process in which Azurite runs. It lives as long as its parent is connected, then has Azurite close, which saves its databases.
 * Azurite's own entry point is used as its command line would: arguments in, addresses on the console, "shutdown" as a message.
 */

/** What the child tells its parent, once. */
export type FromChild =
  | { readonly kind: 'ready'; readonly blob: string; readonly queue: string; readonly table: string }
  | { readonly kind: 'in-use'; readonly folder: string; readonly pid: number }
  | { readonly kind: 'failed'; readonly reason: string };

const SERVICES = ['Blob', 'Queue', 'Table'] as const;
const LISTENING = /Azurite (Blob|Queue|Table) service is successfully listening at (\S+)/;
const CLOSED = /Azurite (Blob|Queue|Table) service successfully closed/;
/** Ms after which a child whose services have closed leaves, though something still holds it. */
const LINGER = 2_000;
/** Seconds for which Azurite keeps idle connections open, so that a client never meets one that is just closing. */
const KEEP_ALIVE = '3600';

async function run(dataDir: string): Promise<void> {
  const claim = await claimFolder(dataDir);
  if (claim.kind === 'in-use') return leave({ kind: 'in-use', folder: dataDir, pid: claim.pid });
  if (!process.connected) return;
  releaseLeases(join(dataDir, '__azurite_db_queue__.json'), Date.now());

  process.on('disconnect', () => {
    claim.closing();
    process.emit('message', 'shutdown', undefined);
  });
  const addresses = new Map<string, string>();
  const closed = new Set<string>();
  console.log = (line: unknown) => {
    const [, started, address] = LISTENING.exec(String(line)) ?? [];
    if (started !== undefined && address !== undefined) addresses.set(started, address);
    const [, ended] = CLOSED.exec(String(line)) ?? [];
    if (ended !== undefined) closed.add(ended);
    if (closed.size === SERVICES.length) setTimeout(() => process.exit(0), LINGER).unref();
  };
  process.argv = [process.argv[0] ?? 'node', 'azurite', ...argumentsOf(dataDir)];
  createRequire(import.meta.url)('azurite/dist/src/azurite.js');
  await untilListening();
  // Azurite heeds messages only from here on, and the parent may have gone while it started.
  if (!process.connected) {
    process.emit('message', 'shutdown', undefined);
    return;
  }
  const [blob = '', queue = '', table = ''] = SERVICES.map((service) => addresses.get(service));
  tell({ kind: 'ready', blob, queue, table });
}

/** Azurite says nothing when it has begun to heed messages, so look for its listener. */
async function untilListening(): Promise<void> {
  while (process.listenerCount('message') === 0) await new Promise((resolve) => setTimeout(resolve, 5));
}

function argumentsOf(dataDir: string): readonly string[] {
  const perService = SERVICES.map((service) => service.toLowerCase()).flatMap((service) => [
    `--${service}Host`,
    '127.0.0.1',
    `--${service}Port`,
    '0',
    `--${service}KeepAliveTimeout`,
    KEEP_ALIVE,
  ]);
  return ['--location', dataDir, '--silent', '--loose', '--skipApiVersionCheck', '--disableTelemetry', ...perService];
}

function tell(message: FromChild): void {
  if (process.connected) process.send?.(message);
}

function leave(message: FromChild): void {
  tell(message);
  if (process.connected) process.disconnect();
}

await run(process.argv[2] ?? '.').catch((thrown: unknown) => {
  leave({ kind: 'failed', reason: thrown instanceof Error ? thrown.message : String(thrown) });
});

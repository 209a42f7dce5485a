import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { TocsinError } from '../../model/errors.ts';
import type { FromChild } from './child.ts';

/** The account and key that every Azurite has: documented, and worth nothing anywhere else. */
const ACCOUNT = 'devstoreaccount1';
const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';
const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url));

export interface Azurite {
  /** For the storage clients: blobs, queues and tables. */
  readonly connectionString: string;
  /** The exit code, once the process is gone for whatever reason; `null` if a signal ended it. */
  readonly exited: Promise<number | null>;
  /** Ends it; resolves when its data is on disk. */
  close(): Promise<void>;
}

/**
 * Azurite as a child process on free ports of 127.0.0.1, without telemetry. Azurite writes its databases every five seconds only;
 * so the child outlives this process for a moment, even if that is killed, saves what was acknowledged and exits by itself. What is
 * lost after all: up to five seconds of writes if the child itself is killed.
 *
 * Queue messages that an earlier run had leased are visible at once: whoever leased them is gone. Throws TCN-L002 if it does not start,
 * TCN-L006 if another run uses the folder.
 */
export async function startAzurite({ dataDir }: { readonly dataDir: string }): Promise<Azurite> {
  mkdirSync(dataDir, { recursive: true });
  const child = fork(CHILD, [dataDir], {
    // Its own process group, so that Ctrl-C in a terminal reaches only the parent, which then closes it in order.
    detached: true,
    execArgv: [],
    env: withoutAzuriteSettings(process.env),
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const complaints = collect(child);
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const first = await Promise.race([nextMessage(child), exited.then(() => null)]);
  if (first?.kind !== 'ready') throw failure(first, complaints());
  return {
    connectionString: connectionString(first.blob, first.queue, first.table),
    exited,
    async close() {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}

async function nextMessage(child: ChildProcess): Promise<FromChild> {
  const [message] = (await once(child, 'message')) as [FromChild];
  return message;
}

function failure(message: FromChild | null, complaints: string): TocsinError {
  if (message?.kind === 'in-use') {
    return new TocsinError('TCN-L006', `${message.folder} is used by process ${message.pid}`);
  }
  const reason = message?.kind === 'failed' ? message.reason : complaints.trim();
  return new TocsinError('TCN-L002', `Azurite: ${reason || 'it exited without a word'}`);
}

/** Keeps the end of what the child writes to stderr. */
function collect(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-4000);
  });
  return () => text;
}

function connectionString(blob: string, queue: string, table: string): string {
  return [
    'DefaultEndpointsProtocol=http',
    `AccountName=${ACCOUNT}`,
    `AccountKey=${KEY}`,
    `BlobEndpoint=${blob}/${ACCOUNT}`,
    `QueueEndpoint=${queue}/${ACCOUNT}`,
    `TableEndpoint=${table}/${ACCOUNT};`,
  ].join(';');
}

/** A developer's own settings for Azurite (accounts, an SQL database) must not change this one. */
function withoutAzuriteSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('AZURITE_')));
}

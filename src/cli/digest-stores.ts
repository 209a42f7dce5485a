import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { adapters } from '../app/compose/adapters.ts';
import { environment, readSettings } from '../app/settings.ts';
import { startAzurite } from '../local/azurite/azurite.ts';
import { compileFolder } from '../local/build/build.ts';
import { readTime } from '../local/clock/saved.ts';
import { TocsinError } from '../model/errors.ts';
import type { Clock, Log } from '../ports.ts';
import type { DigestCliDeps } from './digest.ts';

/** Where local runs keep their data, the one to prefer first. */
const LOCAL_RUNS = ['.tocsin/live', '.tocsin/once'];

const SILENT: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/**
 * Opens the stores that a digest is compiled from: those of the storage account in the environment, else those of the last local run,
 * as of the time that its clock had reached.
 */
export async function withStores(work: (deps: DigestCliDeps) => Promise<number>): Promise<number> {
  const env = environment();
  if (env.AzureWebJobsStorage !== undefined || env.AzureWebJobsStorage__blobServiceUri !== undefined) {
    return work(await depsOf(env, { now: () => Date.now(), wall: () => Date.now() }));
  }
  const folder = LOCAL_RUNS.find((path) => existsSync(join(path, 'azurite')));
  if (folder === undefined) {
    throw new TocsinError('TCN-C001', 'AzureWebJobsStorage; and there is no local run either: `tocsin start` makes one');
  }
  const saved = readTime(join(folder, 'clock'));
  const azurite = await startAzurite({ dataDir: join(folder, 'azurite') });
  try {
    const clock: Clock = { now: () => saved ?? Date.now(), wall: () => Date.now() };
    return await work(await depsOf({ ...env, AzureWebJobsStorage: azurite.connectionString }, clock));
  } finally {
    await azurite.close();
  }
}

/** Queues and hub are named by no digest; they stand here because settings are read as a whole. */
const UNUSED = {
  EVALUATIONS_QUEUE: 'evaluations',
  NOTIFICATIONS_QUEUE: 'notifications',
  EVENT_HUB_NAME: 'diagnostics',
  TOCSIN_SUBSCRIPTIONS: 'none',
};

async function depsOf(env: Readonly<Record<string, string | undefined>>, clock: Clock): Promise<DigestCliDeps> {
  const ports = adapters(readSettings({ ...UNUSED, ...env }), clock, SILENT);
  const { compiled } = await compileFolder('.');
  return {
    sources: {
      alerts: ports.alerts,
      findings: ports.findings,
      evaluations: ports.evaluations,
      notifications: ports.notificationLog,
      forward: ports.forwardMarks,
      digests: ports.digests,
      rules: compiled?.rules ?? [],
      clock,
    },
    stdout: (text) => process.stdout.write(text),
    stderr: (text) => process.stderr.write(text),
  };
}

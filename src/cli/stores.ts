import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { adapters } from '../app/compose/adapters.ts';
import { environment, readSettings } from '../app/settings.ts';
import { startAzurite } from '../local/azurite/azurite.ts';
import { readTime } from '../local/clock/saved.ts';
import { TocsinError } from '../model/errors.ts';
import type { Clock, Log } from '../ports.ts';

/** Where local runs keep their data, the one to prefer first. */
const LOCAL_RUNS = ['.tocsin/live', '.tocsin/once'];

const SILENT: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

type Adapters = ReturnType<typeof adapters>;

/** Opens the storage account in the environment, else that of the last local run, as of the time that its clock had reached. */
export async function withAdapters<Result>(work: (ports: Adapters, clock: Clock) => Promise<Result>): Promise<Result> {
  const env = environment();
  if (env.AzureWebJobsStorage !== undefined || env.AzureWebJobsStorage__blobServiceUri !== undefined) {
    const clock: Clock = { now: () => Date.now(), wall: () => Date.now() };
    return work(adapters(readSettings({ ...UNUSED, ...env }), clock, SILENT), clock);
  }
  const folder = LOCAL_RUNS.find((path) => existsSync(join(path, 'azurite')));
  if (folder === undefined) {
    throw new TocsinError('TCN-C001', 'AzureWebJobsStorage; and there is no local run either: `tocsin start` makes one');
  }
  const saved = readTime(join(folder, 'clock'));
  const azurite = await startAzurite({ dataDir: join(folder, 'azurite') });
  try {
    const clock: Clock = { now: () => saved ?? Date.now(), wall: () => Date.now() };
    const settings = readSettings({ ...UNUSED, ...env, AzureWebJobsStorage: azurite.connectionString });
    return await work(adapters(settings, clock, SILENT), clock);
  } finally {
    await azurite.close();
  }
}

/** Queues and hub are used by no verb that reads the stores; they stand here because settings are read as a whole. */
const UNUSED = {
  EVALUATIONS_QUEUE: 'evaluations',
  NOTIFICATIONS_QUEUE: 'notifications',
  EVENT_HUB_NAME: 'diagnostics',
  TOCSIN_SUBSCRIPTIONS: 'none',
};

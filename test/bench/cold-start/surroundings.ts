import { join } from 'node:path';
import { QueueClient } from '@azure/storage-queue';
import { openArchive } from '../../../src/local/archive/archive.ts';
import { startMonitor } from '../../../src/local/monitor/monitor.ts';
import { ESTATE } from '../../../src/local/traffic/estate.ts';
import { scenarioNamed } from '../../../src/local/traffic/scenarios.ts';
import { openWriter, type Stream } from '../../../src/local/traffic/writer.ts';
import { startAzurite } from '../../support/azurite.ts';
import { serve } from '../../support/loopback-server.ts';

const MINUTE = 60_000;
const EVALUATIONS = 'evaluations';
/** An afternoon; the minutes of the measured evaluations come last. */
const END = Date.UTC(2026, 2, 10, 15);
const HISTORY_MINUTES = 150;
const MEASURED_MINUTES = 60;

/** What the app finds around it in Azure: storage, Azure Monitor with two and a half hours of traffic, an endpoint for tokens. */
export interface Surroundings {
  /** The settings of the app. */
  readonly env: Readonly<Record<string, string>>;
  /** The first minute (epoch ms) of an hour whose windows can be judged one after the other. */
  readonly from: number;
  /** The bodies of what waits in the evaluations queue. */
  jobs(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export async function surroundings(dir: string): Promise<Surroundings> {
  const archive = join(dir, 'archive');
  const run = { seed: 1, scenario: scenarioNamed('quiet-day'), startedAt: END };
  const writer = await openWriter(run, { archive, journal: join(dir, 'traffic.json') }, NOWHERE, HISTORY_MINUTES);
  await writer.writeUntil(END);
  const monitor = await startMonitor({ archive: openArchive(archive), clock: () => END, estate: ESTATE });
  const tokens = await serve(() => ({ status: 200, body: token() }));
  const azurite = await startAzurite();
  const { connectionString } = azurite.account();
  return {
    env: {
      AzureWebJobsStorage: connectionString,
      EVALUATIONS_QUEUE: EVALUATIONS,
      NOTIFICATIONS_QUEUE: 'notifications',
      EVENT_HUB_NAME: 'diagnostics',
      TOCSIN_SUBSCRIPTIONS: ESTATE.subscriptions.map((subscription) => subscription.id).join(','),
      TOCSIN_WORKSPACES: ESTATE.workspace.customerId,
      TOCSIN_STAND_IN: monitor.url,
      // As App Service tells an app where its managed identity is.
      IDENTITY_ENDPOINT: `${tokens.url}/msi/token`,
      IDENTITY_HEADER: 'loopback',
    },
    from: END - MEASURED_MINUTES * MINUTE,
    jobs: async () => {
      const queue = new QueueClient(connectionString, EVALUATIONS);
      const { receivedMessageItems } = await queue.receiveMessages({ numberOfMessages: 32 });
      return receivedMessageItems.map(({ messageText }) => messageText);
    },
    close: async () => {
      await Promise.all([azurite.stop(), monitor.close(), tokens.stop()]);
    },
  };
}

/** History is archived; nothing of it is streamed. */
const NOWHERE: Stream = {
  partitions: 1,
  append: async () => undefined,
  sizes: async () => ({}),
  truncateTo: async () => undefined,
};

function token(): object {
  const expires = Math.floor(Date.now() / 1000) + 3_600;
  return { access_token: 'loopback', expires_on: String(expires), resource: 'loopback', token_type: 'Bearer' };
}

import { mkdir, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { type Diagnostic, TocsinError } from '../model/errors.ts';
import type { Log } from '../ports.ts';
import { type Azurite, startAzurite } from './azurite/azurite.ts';
import { type BuildResult, buildApp } from './build/build.ts';
import type { LocalClock } from './clock/clock.ts';
import { type Host, startHost } from './host/host.ts';
import { type Hub, startHub } from './hub/hub.ts';

export interface ServiceOptions {
  /** Where everything is kept between runs. */
  readonly dataDir: string;
  readonly fresh: boolean;
  readonly port: number;
  readonly webhook: { readonly url: string; readonly secret: string };
  /** Base URL of an OTLP/HTTP receiver. */
  readonly otlp: string;
  /** Folder with rule packs and `tocsin.yaml`, relative to the project. */
  readonly configDir?: string;
}

/** What a service tells while it comes up and runs. */
export interface ServiceEvents {
  progress(step: string): void;
  built(build: BuildResult): void;
  log(level: keyof Log, line: string): void;
}

/** The app and what it stands on: built code, storage and an event hub. What it watches is the caller's. */
export interface Ground {
  readonly build: BuildResult;
  readonly azurite: Azurite;
  readonly hub: Hub;
  /** Run in reverse order by whoever owns the ground. */
  readonly closers: (() => Promise<void>)[];
}

/** What the app is told to watch. */
export interface Watched {
  /** URL of an Azure Monitor stand-in; `null`: Azure itself, with the credentials of this machine. */
  readonly standIn: string | null;
  readonly subscriptions: readonly string[];
  readonly workspaces: readonly string[];
}

export const HUB = 'diagnostics';

/**
 * Builds the app and starts storage and hub. Rules with errors are left out and told; a tocsin.yaml with one throws TCN-C003. The clock
 * is made by the caller, because a kept one lies in the data folder.
 */
export async function startGround(
  { dataDir, fresh, configDir }: ServiceOptions,
  makeClock: () => Promise<LocalClock>,
  events: ServiceEvents,
): Promise<Ground & { readonly clock: LocalClock }> {
  if (fresh) await rm(dataDir, { recursive: true, force: true });
  await mkdir(dataDir, { recursive: true });
  const closers: (() => Promise<void>)[] = [];
  try {
    events.progress('building the app');
    const build = await buildApp({ outDir: resolve(dataDir, 'app'), ...(configDir === undefined ? {} : { configDir }) });
    events.built(build);
    if (!build.usable) throw new TocsinError('TCN-C003', build.diagnostics.filter(isOfConfig).map(placed).join('; '));

    const clock = await makeClock();
    closers.push(async () => clock.close());
    events.progress('starting storage');
    const azurite = await startAzurite({ dataDir: join(dataDir, 'azurite') });
    closers.push(() => azurite.close());
    const hub = await startHub({ partitions: 4, dataDir: join(dataDir, 'hub'), clock });
    closers.push(() => hub.close());
    return { build, azurite, hub, closers, clock };
  } catch (thrown) {
    await closeAll(closers);
    throw thrown;
  }
}

/** Runs the built functions on the ground. */
export async function startFunctions(
  ground: Ground & { readonly clock: LocalClock },
  watched: Watched,
  options: ServiceOptions,
  events: ServiceEvents,
): Promise<{ readonly host: Host; readonly consoleUrl: string }> {
  const { build, azurite, hub, clock, closers } = ground;
  events.progress('starting the functions');
  const port = options.port === 0 ? await freePort() : options.port;
  const consoleUrl = `http://127.0.0.1:${port}`;
  const host = await startHost({
    appDir: build.appDir,
    dataDir: join(options.dataDir, 'host'),
    clock,
    port,
    storage: azurite.connectionString,
    eventHubTails: (name) => hub.tails(name),
    env: {
      EventHubConnection: hub.connectionString(HUB),
      EVENT_HUB_NAME: HUB,
      EVENT_HUB_CONSUMER_GROUP: 'tocsin',
      EVALUATIONS_QUEUE: 'evaluations',
      NOTIFICATIONS_QUEUE: 'notifications',
      TICK_SCHEDULE: '0 * * * * *',
      DIGEST_SCHEDULE: '0 */15 * * * *',
      COVERAGE_SCHEDULE: '0 30 */6 * * *',
      TOCSIN_SUBSCRIPTIONS: watched.subscriptions.join(','),
      TOCSIN_WORKSPACES: watched.workspaces.join(','),
      TOCSIN_CONSOLE_URL: consoleUrl,
      TOCSIN_CONSOLE_ACCESS: 'open',
      TOCSIN_QUEUE_DELAY: clock.virtual ? 'envelope' : 'visibility',
      ...(watched.standIn === null ? {} : { TOCSIN_STAND_IN: watched.standIn }),
      WEBHOOK_URL: options.webhook.url,
      WEBHOOK_SECRET: options.webhook.secret,
      OTLP_ENDPOINT: options.otlp,
    },
    log: hostLog(events),
  });
  closers.push(() => host.stop());
  return { host, consoleUrl };
}

/** Closes in the reverse order of starting; each once. */
export async function closeAll(closers: (() => Promise<void>)[]): Promise<void> {
  for (const closer of closers.splice(0).reverse()) await closer();
}

/** Lines of the app come as text; what the host itself has to say comes with the error that it speaks of. */
function hostLog({ log }: ServiceEvents): Log {
  const through =
    (level: keyof Log) =>
    (fields: object, message: string): void => {
      const { err, function: name } = fields as { err?: unknown; function?: string };
      log(level, err === undefined ? message : `${message}: ${name ?? ''} ${err instanceof Error ? err.message : String(err)}`);
    };
  return { debug: through('debug'), info: through('info'), warn: through('warn'), error: through('error') };
}

function isOfConfig({ file, severity }: Diagnostic): boolean {
  return severity === 'error' && file === 'tocsin.yaml';
}

function placed({ file, line, column, message }: Diagnostic): string {
  return `${file}:${line}:${column} ${message}`;
}

/** A port that nobody listens on now; the app must know the console's address before the host listens there. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

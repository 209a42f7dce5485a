import { mkdir, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { type Diagnostic, TocsinError } from '../model/errors.ts';
import type { Log } from '../ports.ts';
import { openArchive } from './archive/archive.ts';
import { startAzurite } from './azurite/azurite.ts';
import { type BuildResult, buildApp } from './build/build.ts';
import type { LocalClock } from './clock/clock.ts';
import { virtualClock } from './clock/virtual.ts';
import { wallClock } from './clock/wall.ts';
import { type Host, startHost } from './host/host.ts';
import { startHub } from './hub/hub.ts';
import { type Monitor, startMonitor } from './monitor/monitor.ts';
import { ESTATE } from './traffic/estate.ts';
import { runTraffic } from './traffic/run.ts';
import { type Scenario, scenarioNamed } from './traffic/scenarios.ts';
import { openWriter, readJournal, type TrafficWriter } from './traffic/writer.ts';

export interface WorldOptions {
  /** Where everything is kept between runs. */
  readonly dataDir: string;
  readonly fresh: boolean;
  readonly scenario: string;
  /** `scenario`: time jumps from event to event, at rest in between; `wall`: as fast as life. */
  readonly time: 'scenario' | 'wall';
  readonly port: number;
  readonly webhook: { readonly url: string; readonly secret: string };
  /** Base URL of an OTLP/HTTP receiver. */
  readonly otlp: string;
  /** Folder with rule packs and `tocsin.yaml`, relative to the project. */
  readonly configDir?: string;
  /** Hours of traffic written before the run begins. */
  readonly historyHours?: number;
}

/** What a world tells while it comes up and runs. */
export interface WorldEvents {
  progress(step: string): void;
  built(build: BuildResult): void;
  log(level: keyof Log, line: string): void;
}

/** Tocsin and everything that surrounds it in Azure, on this machine. */
export interface World {
  readonly scenario: Scenario;
  readonly clock: LocalClock;
  readonly host: Host;
  readonly monitor: Monitor;
  readonly traffic: TrafficWriter;
  readonly build: BuildResult;
  readonly consoleUrl: string;
  /** Connection strings, for any client of the real services. */
  readonly connections: { readonly storage: string; readonly eventHub: string };
  close(): Promise<void>;
}

const HUB = 'diagnostics';
const MINUTE = 60_000;
const DAY = 86_400_000;
const SEED = 20_231_116;
const HISTORY_HOURS = 30;

/**
 * Starts everything in the order in which Azure would already have had it: storage, hub, telemetry, then the app. Rules with errors are
 * left out and told; a tocsin.yaml with one throws TCN-C003.
 */
export async function startWorld(options: WorldOptions, events: WorldEvents): Promise<World> {
  const { dataDir, time } = options;
  if (options.fresh) await rm(dataDir, { recursive: true, force: true });
  await mkdir(dataDir, { recursive: true });
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    events.progress('building the app');
    const build = await buildApp({
      outDir: resolve(dataDir, 'app'),
      ...(options.configDir === undefined ? {} : { configDir: options.configDir }),
    });
    events.built(build);
    if (!build.usable) throw new TocsinError('TCN-C003', build.diagnostics.filter(isOfConfig).map(placed).join('; '));

    const journalPath = join(dataDir, 'traffic.json');
    const before = await readJournal(journalPath);
    const scenario = scenarioNamed(before?.scenario ?? options.scenario);
    const startedAt = before?.startedAt ?? startOf(scenario, time);
    const clock =
      time === 'wall' ? wallClock() : virtualClock({ startAt: startedAt, limit: 0, persistTo: join(dataDir, 'clock') });
    closers.push(async () => clock.close());

    events.progress('starting storage');
    const azurite = await startAzurite({ dataDir: join(dataDir, 'azurite') });
    closers.push(() => azurite.close());

    const hub = await startHub({ partitions: 4, dataDir: join(dataDir, 'hub'), clock });
    closers.push(() => hub.close());

    const archiveDir = join(dataDir, 'archive');
    const writer = await openWriter(
      { seed: SEED, scenario, startedAt },
      { archive: archiveDir, journal: journalPath },
      hub.stream(HUB),
      (options.historyHours ?? HISTORY_HOURS) * 60,
    );
    events.progress('writing the traffic of the day before');
    await writer.writeUntil(Math.floor(clock.now() / MINUTE) * MINUTE);

    const monitor = await startMonitor({ archive: openArchive(archiveDir), clock: () => clock.now(), estate: ESTATE });
    closers.push(() => monitor.close());

    const traffic = runTraffic(writer, clock);
    closers.push(() => traffic.stop());

    events.progress('starting the functions');
    const port = options.port === 0 ? await freePort() : options.port;
    const consoleUrl = `http://127.0.0.1:${port}`;
    const host = await startHost({
      appDir: build.appDir,
      dataDir: join(dataDir, 'host'),
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
        TOCSIN_SUBSCRIPTIONS: ESTATE.subscriptions.map((subscription) => subscription.id).join(','),
        TOCSIN_WORKSPACES: ESTATE.workspace.customerId,
        TOCSIN_CONSOLE_URL: consoleUrl,
        TOCSIN_CONSOLE_ACCESS: 'open',
        TOCSIN_STAND_IN: monitor.url,
        TOCSIN_QUEUE_DELAY: clock.virtual ? 'envelope' : 'visibility',
        WEBHOOK_URL: options.webhook.url,
        WEBHOOK_SECRET: options.webhook.secret,
        OTLP_ENDPOINT: options.otlp,
      },
      log: hostLog(events),
    });
    closers.push(() => host.stop());
    const connections = { storage: azurite.connectionString, eventHub: hub.connectionString(HUB) };
    return { scenario, clock, host, monitor, traffic: writer, build, consoleUrl, connections, close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

/** Lines of the app come as text; what the host itself has to say comes with the error that it speaks of. */
function hostLog({ log }: WorldEvents): Log {
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

/** On the wall the scenario begins now; on its own clock yesterday at its time of day, so that nothing lies in the future. */
function startOf(scenario: Scenario, time: WorldOptions['time']): number {
  const now = Date.now();
  if (time === 'wall') return Math.floor(now / MINUTE) * MINUTE;
  return Math.floor(now / DAY) * DAY - DAY + scenario.startsAt * MINUTE;
}

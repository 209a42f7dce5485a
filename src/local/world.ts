import { join } from 'node:path';
import { openArchive } from './archive/archive.ts';
import type { BuildResult } from './build/build.ts';
import type { LocalClock } from './clock/clock.ts';
import { virtualClock } from './clock/virtual.ts';
import { wallClock } from './clock/wall.ts';
import type { Host } from './host/host.ts';
import { type Monitor, startMonitor } from './monitor/monitor.ts';
import { closeAll, HUB, type ServiceEvents, type ServiceOptions, startFunctions, startGround } from './service.ts';
import { ESTATE } from './traffic/estate.ts';
import { runTraffic } from './traffic/run.ts';
import { type Scenario, scenarioNamed } from './traffic/scenarios.ts';
import { openWriter, readJournal, type TrafficWriter } from './traffic/writer.ts';

export interface WorldOptions extends ServiceOptions {
  readonly scenario: string;
  /** `scenario`: time jumps from event to event, at rest in between; `wall`: as fast as life. */
  readonly time: 'scenario' | 'wall';
  /** Hours of traffic written before the run begins. */
  readonly historyHours?: number;
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

const MINUTE = 60_000;
const DAY = 86_400_000;
const SEED = 20_231_116;
const HISTORY_HOURS = 30;

/** Starts everything in the order in which Azure would already have had it: storage, hub, telemetry, then the app. */
export async function startWorld(options: WorldOptions, events: ServiceEvents): Promise<World> {
  const { dataDir, time } = options;
  const journalPath = join(dataDir, 'traffic.json');
  let run = { scenario: scenarioNamed(options.scenario), startedAt: 0 };
  const ground = await startGround(
    options,
    async () => {
      const before = await readJournal(journalPath);
      const scenario = scenarioNamed(before?.scenario ?? options.scenario);
      run = { scenario, startedAt: before?.startedAt ?? startOf(scenario, time) };
      if (time === 'wall') return wallClock();
      return virtualClock({ startAt: run.startedAt, limit: 0, persistTo: join(dataDir, 'clock') });
    },
    events,
  );
  const { azurite, hub, clock, closers, build } = ground;
  try {
    const archive = join(dataDir, 'archive');
    const history = (options.historyHours ?? HISTORY_HOURS) * 60;
    const writer = await openWriter({ seed: SEED, ...run }, { archive, journal: journalPath }, hub.stream(HUB), history);
    events.progress('writing the traffic of the day before');
    await writer.writeUntil(Math.floor(clock.now() / MINUTE) * MINUTE);

    const monitor = await startMonitor({ archive: openArchive(archive), clock: () => clock.now(), estate: ESTATE });
    closers.push(() => monitor.close());
    const traffic = runTraffic(writer, clock);
    closers.push(() => traffic.stop());

    const watched = {
      standIn: monitor.url,
      subscriptions: ESTATE.subscriptions.map((subscription) => subscription.id),
      workspaces: [ESTATE.workspace.customerId],
    };
    const { host, consoleUrl } = await startFunctions(ground, watched, options, events);
    const connections = { storage: azurite.connectionString, eventHub: hub.connectionString(HUB) };
    const close = () => closeAll(closers);
    return { scenario: run.scenario, clock, host, monitor, traffic: writer, build, consoleUrl, connections, close };
  } catch (thrown) {
    await closeAll(closers);
    throw thrown;
  }
}

/** On the wall the scenario begins now; on its own clock yesterday at its time of day, so that nothing lies in the future. */
function startOf(scenario: Scenario, time: WorldOptions['time']): number {
  const now = Date.now();
  if (time === 'wall') return Math.floor(now / MINUTE) * MINUTE;
  return Math.floor(now / DAY) * DAY - DAY + scenario.startsAt * MINUTE;
}

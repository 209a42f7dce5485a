import { environment } from '../app/settings.ts';
import { TocsinError } from '../model/errors.ts';
import { openArchiveAt } from './archive/open.ts';
import { wallClock } from './clock/wall.ts';
import { estateOfArchive } from './monitor/estate-of-archive.ts';
import { startMonitor } from './monitor/monitor.ts';
import { closeAll, HUB, type ServiceEvents, type ServiceOptions, startFunctions, startGround, type Watched } from './service.ts';

/** Tocsin on this machine over signals that are not generated. */
export interface Onlooker {
  readonly rules: number;
  readonly functions: number;
  readonly consoleUrl: string;
  /** Function key of the API. */
  readonly key: string;
  readonly about: string;
  /** Connection string of the hub from which diagnostics are forwarded. */
  readonly eventHub: string;
  close(): Promise<void>;
}

/**
 * Watches an archive of diagnostics as it grows, or, without one, Azure itself with this machine's credentials and the subscriptions and
 * workspaces of the environment. Storage and event hub are local all the same: nothing is written to Azure.
 */
export async function startOnlooker(
  options: ServiceOptions,
  archivePlace: string | null,
  events: ServiceEvents,
): Promise<Onlooker> {
  const azure = archivePlace === null ? azureItself() : null;
  const ground = await startGround(options, async () => wallClock(), events);
  try {
    const watched = azure ?? (await archiveOf(archivePlace ?? '', ground.closers));
    const { host, consoleUrl } = await startFunctions(ground, watched, options, events);
    return {
      rules: ground.build.rules,
      functions: host.functions.length,
      consoleUrl,
      key: host.key,
      about: watched.about,
      eventHub: ground.hub.connectionString(HUB),
      close: () => closeAll(ground.closers),
    };
  } catch (thrown) {
    await closeAll(ground.closers);
    throw thrown;
  }
}

async function archiveOf(place: string, closers: (() => Promise<void>)[]): Promise<Watched & { readonly about: string }> {
  const archive = await openArchiveAt(place);
  closers.push(() => archive.close());
  const estate = await estateOfArchive(archive);
  const monitor = await startMonitor({ archive, clock: Date.now, estate });
  closers.push(() => monitor.close());
  return {
    about: `the archive in ${archive.name}`,
    standIn: monitor.url,
    subscriptions: estate.subscriptions.map((subscription) => subscription.id),
    workspaces: [estate.workspace.customerId === '*' ? '00000000-0000-0000-0000-000000000000' : estate.workspace.customerId],
  };
}

function azureItself(): Watched & { readonly about: string } {
  const { TOCSIN_SUBSCRIPTIONS = '', TOCSIN_WORKSPACES = '' } = environment();
  const list = (text: string): readonly string[] => text.split(',').filter((each) => each.trim() !== '');
  if (list(TOCSIN_SUBSCRIPTIONS).length === 0)
    throw new TocsinError('TCN-C001', 'TOCSIN_SUBSCRIPTIONS: what to watch with --azure');
  const subscriptions = list(TOCSIN_SUBSCRIPTIONS);
  return {
    about: `Azure: ${subscriptions.length} subscriptions`,
    standIn: null,
    subscriptions,
    workspaces: list(TOCSIN_WORKSPACES),
  };
}

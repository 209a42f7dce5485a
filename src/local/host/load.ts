import { globSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname, join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { TocsinError } from '../../model/errors.ts';
import type { Clock } from '../../ports.ts';
import { type CoreLog, coreApi, type FunctionMetadata, providing, Registry } from './core-api.ts';

export interface LoadOptions {
  /** The built app: a folder with package.json, whose `main` (a file or a glob) names the entry points. */
  readonly appDir: string;
  /** App settings, laid over `process.env` before anything is loaded. */
  readonly env: Readonly<Record<string, string>>;
  readonly log?: CoreLog;
}

export interface LoadedApp {
  /** In the order of their registration. Empty if an entry point threw: Azure then reports success and runs nothing. */
  readonly functions: readonly FunctionMetadata[];
  readonly registry: Registry;
  /** What Azure reports of the indexing, whether or not there is a function. */
  readonly indexing: 'Success';
  /** Why there are no functions: what an entry point threw, which Azure keeps to itself. */
  readonly loadError: unknown;
  /** What the app asked of the host with `app.setup`. */
  readonly capabilities: Readonly<Record<string, string>>;
  /** Gives the app a clock if it wants one (an entry point exports `useClock`). */
  useClock(clock: Clock): void;
  /** Takes the settings out of `process.env` again. */
  unload(): void;
}

let queue: Promise<unknown> = Promise.resolve();

/**
 * Loads an app as the Node worker does: settings first, then the `@azure/functions-core` module, then every entry point in turn, then the
 * appStart hooks; afterwards nothing more can be registered. Throws TCN-L005 if there is nothing to load, if an entry point throws
 * after functions were registered, or if the app streams HTTP.
 */
export function loadApp(options: LoadOptions): Promise<LoadedApp> {
  // The interception is one for the process, so apps load one after the other.
  const loaded = queue.then(() => load(options));
  queue = loaded.catch(() => undefined);
  return loaded;
}

async function load({ appDir, env, log = () => undefined }: LoadOptions): Promise<LoadedApp> {
  const folder = realpathSync(appDir);
  const entries = entryPoints(folder);
  const unload = applied(env);
  const registry = new Registry();
  const exported: Record<string, unknown> = {};
  let loadError: unknown = null;
  let capabilities: Readonly<Record<string, string>> = {};
  try {
    await providing(coreApi(registry, log), async () => {
      for (const entry of entries) Object.assign(exported, await loadEntry(folder, entry));
      for (const hook of registry.hooks.appStart) await hook({ hookData: {}, functionAppDirectory: folder });
    });
    capabilities = (await registry.model?.getCapabilities?.({ TypedDataCollection: 'true', RpcHttpBodyOnly: 'true' })) ?? {};
  } catch (thrown) {
    if (registry.functions.size > 0) {
      unload();
      throw new TocsinError('TCN-L005', `an entry point threw: ${messageOf(thrown)}`, { cause: thrown });
    }
    loadError = thrown;
  }
  registry.locked = true;
  if (capabilities.HttpUri !== undefined) {
    unload();
    throw new TocsinError('TCN-L005', 'enableHttpStream: it listens on every interface of this machine, and gains nothing');
  }
  return {
    functions: [...registry.functions.values()].map(({ metadata }) => metadata),
    registry,
    indexing: 'Success',
    loadError,
    capabilities,
    useClock(clock) {
      if (typeof exported.useClock === 'function') exported.useClock(clock);
    },
    unload,
  };
}

function entryPoints(folder: string): readonly string[] {
  let main: unknown;
  try {
    ({ main } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { main?: unknown });
  } catch (cause) {
    throw new TocsinError('TCN-L005', `${join(folder, 'package.json')} cannot be read`, { cause });
  }
  const pattern = typeof main === 'string' && main !== '' ? main : 'index.js';
  const found = globSync(pattern, { cwd: folder }).sort();
  if (found.length === 0) throw new TocsinError('TCN-L005', `no file matches "main": ${JSON.stringify(pattern)} in ${folder}`);
  return found.map((file) => join(folder, file));
}

async function loadEntry(folder: string, entry: string): Promise<object> {
  if (isModule(folder, entry)) return (await import(pathToFileURL(entry).href)) as object;
  const require = createRequire(entry);
  // A second host in this process needs the app to register anew.
  for (const file of Object.keys(require.cache)) {
    if (file.startsWith(folder + sep)) delete require.cache[file];
  }
  return require(entry) as object;
}

function isModule(folder: string, entry: string): boolean {
  const extension = extname(entry);
  if (extension === '.mjs') return true;
  if (extension === '.cjs') return false;
  return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { type?: string }).type === 'module';
}

/** Lays settings over the environment; returns how to restore what was there. */
function applied(env: Readonly<Record<string, string>>): () => void {
  const before = Object.fromEntries(Object.keys(env).map((name) => [name, process.env[name]]));
  Object.assign(process.env, env);
  return () => {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

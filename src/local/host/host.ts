import { join } from 'node:path';
import { type QueueClient, QueueServiceClient } from '@azure/storage-queue';
import { TocsinError } from '../../model/errors.ts';
import type { Log } from '../../ports.ts';
import type { LocalClock } from '../clock/clock.ts';
import type { Binding, CoreLog } from './core-api.ts';
import { directInput, directResult } from './direct.ts';
import { exitProcess, watchProcess } from './fatal.ts';
import { describeFunction, type HostFunction } from './functions.ts';
import { type HostJson, readHostJson } from './host-json.ts';
import { hostKey } from './host-key.ts';
import { HttpListener } from './http.ts';
import { type InvocationRecord, Invoker } from './invoker.ts';
import { type Listener, type ListenerOptions, listenerFor, type Runnable } from './listener.ts';
import { type LoadedApp, loadApp } from './load.ts';
import { sendOutputs } from './outputs.ts';
import { type AppSettings, connectionOf, resolved } from './settings.ts';

export interface HostOptions {
  /** The built app: host.json, package.json and what its `main` names. */
  readonly appDir: string;
  /** App settings. With `TOCSIN_QUEUE_DELAY=envelope`, queue delays run on the clock and not on the queue. */
  readonly env: Readonly<Record<string, string>>;
  readonly clock: LocalClock;
  /** Connection string that `AzureWebJobsStorage` gets; also for timer status and checkpoints. */
  readonly storage: string;
  /** 0: any free one. */
  readonly port: number;
  /** The host's own files: the key for functions that want one. */
  readonly dataDir: string;
  readonly log: Log;
  /** The last sequence number of every partition of a hub, where the hub is in this process; saves asking over AMQP. */
  readonly eventHubTails?: (hub: string) => ReadonlyMap<string, number>;
  readonly onInvocation?: (record: InvocationRecord) => void;
  /** What would end the worker process in Azure. Default: print it and exit with 1. */
  readonly onFatal?: (error: unknown) => void;
}

export interface Host {
  readonly functions: readonly HostFunction[];
  /** Why there are none: what an entry point threw, which Azure would not tell. */
  readonly loadError: unknown;
  readonly indexing: 'Success';
  /** Of the HTTP functions, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** For functions of level `function` or `admin`: header `x-functions-key` or `?code=`. */
  readonly key: string;
  /** Runs a function once, past its trigger; see `directInput` for what it takes. Throws what the function throws. */
  invoke(name: string, input?: unknown): Promise<unknown>;
  /** Resolves when no invocation runs and no queue and no hub has anything for one. */
  quiesce(): Promise<void>;
  /** Takes nothing new, waits for what runs, and takes the app's settings out of the environment. */
  stop(): Promise<void>;
}

/**
 * Runs a built function app on this machine as Azure would, down to what surprises there. Throws TCN-L005 if the app cannot be loaded,
 * TCN-L001 if the port is taken. A function whose settings are missing is not run; its `error` says so.
 */
export function startHost(options: HostOptions): Promise<Host> {
  return options.clock.busy(() => start(options));
}

async function start(options: HostOptions): Promise<Host> {
  const hostJson = readHostJson(options.appDir);
  const env = { AzureWebJobsStorage: options.storage, ...options.env };
  const onFatal = options.onFatal ?? exitProcess;
  const unwatch = watchProcess(onFatal);
  let app: LoadedApp | null = null;
  try {
    app = await loadApp({ appDir: options.appDir, env, log: coreLog(options.log) });
    return await run(options, { hostJson, app, settings: { ...process.env, ...env }, onFatal, unwatch });
  } catch (thrown) {
    app?.unload();
    unwatch();
    throw thrown;
  }
}

interface Loaded {
  readonly hostJson: HostJson;
  readonly app: LoadedApp;
  readonly settings: AppSettings;
  readonly onFatal: (error: unknown) => void;
  readonly unwatch: () => void;
}

async function run(options: HostOptions, { hostJson, app, settings, onFatal, unwatch }: Loaded): Promise<Host> {
  const { clock, log, storage } = options;
  const { registry } = app;
  app.useClock(clock);
  const registered = [...registry.functions.values()];
  const functions = registered.map((fn) => describeFunction(fn, settings));
  for (const { name, error } of functions) {
    if (error !== null) log.error({ function: name, err: error }, 'function not run');
  }

  const queueOf = queueClients(settings, storage);
  const invoker = new Invoker({
    registry,
    clock,
    log,
    functionTimeout: hostJson.functionTimeout,
    outputs: ({ metadata }, response) =>
      sendOutputs(metadata.bindings, response, (one) => queueOf(resolved(one, settings)), hostJson.queues.messageEncoding),
    onInvocation: options.onInvocation ?? (() => undefined),
    onFatal,
  });
  const keepEmpty = app.capabilities.IncludeEmptyEntriesInMessagePayload === 'true';
  const eventHubTails = options.eventHubTails ?? null;
  const listening: ListenerOptions = { settings, hostJson, storage, queueOf, keepEmpty, eventHubTails, invoker, clock, log };
  const runnable = registered.flatMap((fn, index) => {
    const binding = functions[index]?.resolved ?? null;
    return binding === null ? [] : [{ fn, binding }];
  });
  const isHttp = ({ binding }: Runnable) => binding.type === 'httpTrigger';
  const key = hostKey(join(options.dataDir, 'host.key'));
  const { routePrefix } = hostJson;
  const http = new HttpListener({ functions: runnable.filter(isHttp), routePrefix, port: options.port, key, invoker, log });
  const listeners = [http, ...runnable.filter((one) => !isHttp(one)).map((one) => listenerFor(one, listening))];
  const stop = await startAll(listeners);

  return {
    functions,
    loadError: app.loadError,
    indexing: app.indexing,
    url: http.url,
    port: http.port,
    key,
    async invoke(name, input) {
      const described = functions.find((one) => one.name === name);
      const fn = registry.functions.get(name);
      if (fn === undefined || described === undefined) throw new TocsinError('TCN-L005', `no function ${name}`);
      const binary = described.resolved?.dataType === 'binary';
      const outcome = await invoker.invoke(fn, directInput(described, input, clock.now(), { keepEmpty, binary }));
      if (!outcome.ok) throw outcome.error;
      return directResult(described, outcome.response);
    },
    quiesce: () => clock.settled(),
    async stop() {
      await stop();
      for (const hook of registry.hooks.appTerminate) await hook({ hookData: {} });
      app.unload();
      unwatch();
    },
  };
}

/** Starts listeners in order; if one does not start, stops those that did. Resolves to how to stop them all. */
async function startAll(listeners: readonly Listener[]): Promise<() => Promise<void>> {
  const started: Listener[] = [];
  const stop = async () => {
    await Promise.all(started.map((listener) => listener.stop()));
  };
  try {
    for (const listener of listeners) {
      await listener.start();
      started.push(listener);
    }
  } catch (thrown) {
    await stop();
    throw thrown;
  }
  return stop;
}

/** Clients by a binding's queue name and connection. */
function queueClients(settings: AppSettings, storage: string): (binding: Binding) => QueueClient {
  return (binding) =>
    QueueServiceClient.fromConnectionString(connectionOf(binding, settings, storage)).getQueueClient(String(binding.queueName));
}

/** What the library says outside of invocations. */
function coreLog(log: Log): CoreLog {
  return (level, category, message) => {
    if (level === 'error' || level === 'critical') log.error({ category }, message);
    else if (level === 'warning') log.warn({ category }, message);
    else log.debug({ category }, message);
  };
}

import { join } from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';
import { type QueueClient, QueueServiceClient } from '@azure/storage-queue';
import { TocsinError } from '../../model/errors.ts';
import type { Log } from '../../ports.ts';
import type { LocalClock } from '../clock/clock.ts';
import type { Binding, CoreLog, RegisteredFunction } from './core-api.ts';
import { directInput, directResult } from './direct.ts';
import { EventHubListener } from './event-hub.ts';
import { exitProcess, watchProcess } from './fatal.ts';
import { describeFunction, type HostFunction } from './functions.ts';
import { readHostJson } from './host-json.ts';
import { hostKey } from './host-key.ts';
import { HttpListener } from './http.ts';
import { type InvocationRecord, Invoker } from './invoker.ts';
import type { Listener } from './listener.ts';
import { loadApp } from './load.ts';
import { sendOutputs } from './outputs.ts';
import { QueueListener } from './queue.ts';
import { type AppSettings, connectionOf, resolved } from './settings.ts';
import { timerListener } from './timer.ts';
import { statusStore } from './timer-status.ts';

/** The containers that Azure's host keeps its own state in. */
const HOST_CONTAINER = 'azure-webjobs-hosts';
const CHECKPOINT_CONTAINER = 'azure-webjobs-eventhub';
const HOST_ID = 'tocsin-local';

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
  const { appDir, clock, storage, log, dataDir } = options;
  const hostJson = readHostJson(appDir);
  const env = { AzureWebJobsStorage: storage, ...options.env };
  const settings: AppSettings = { ...process.env, ...env };
  const onFatal = options.onFatal ?? exitProcess;
  const unwatch = watchProcess(onFatal);
  const app = await loadApp({ appDir, env, log: coreLog(log) });
  app.useClock(clock);

  const queues = queueClients(settings, storage);
  const invoker = new Invoker({
    registry: app.registry,
    clock,
    log,
    functionTimeout: hostJson.functionTimeout,
    outputs: ({ metadata }, response) =>
      sendOutputs(metadata.bindings, response, (binding) => queues(resolved(binding, settings)), hostJson.queues.messageEncoding),
    onInvocation: options.onInvocation ?? (() => undefined),
    onFatal,
  });
  const registered = [...app.registry.functions.values()];
  const functions = registered.map((fn) => describeFunction(fn, settings));
  for (const { name, error } of functions) {
    if (error !== null) log.error({ function: name, err: error }, 'function not run');
  }
  const runnable = registered.flatMap((fn, index) => {
    const binding = functions[index]?.resolved ?? null;
    return binding === null ? [] : [{ fn, binding }];
  });
  const encoding = { keepEmpty: app.capabilities.IncludeEmptyEntriesInMessagePayload === 'true' };

  const blobs = BlobServiceClient.fromConnectionString(storage);
  const hostContainer = blobs.getContainerClient(HOST_CONTAINER);
  await hostContainer.createIfNotExists();

  const listenerOf = ({ fn, binding }: Runnable): Listener => {
    const shared = { fn, binding, invoker, clock, log };
    switch (binding.type) {
      case 'timerTrigger':
        return timerListener({ ...shared, status: statusStore(hostContainer, HOST_ID, fn.metadata.name) });
      case 'queueTrigger': {
        const queue = queues(binding);
        return new QueueListener({
          ...shared,
          queue,
          poison: queue.name.endsWith('-poison') ? null : queues({ ...binding, queueName: `${queue.name}-poison` }),
          settings: hostJson.queues,
          envelopes: settings.TOCSIN_QUEUE_DELAY === 'envelope',
        });
      }
      case 'eventHubTrigger': {
        const { eventHubTails } = options;
        return new EventHubListener({
          ...shared,
          connectionString: connectionOf(binding, settings),
          container: blobs.getContainerClient(CHECKPOINT_CONTAINER),
          settings: hostJson.eventHubs,
          encoding: { ...encoding, binary: binding.dataType === 'binary' },
          tails: eventHubTails === undefined ? null : () => eventHubTails(String(binding.eventHubName)),
        });
      }
      default:
        throw new TocsinError('TCN-L005', `${fn.metadata.name}: ${binding.type} is not supported locally`);
    }
  };
  const key = hostKey(join(dataDir, 'host.key'));
  const isHttp = ({ binding }: Runnable) => binding.type === 'httpTrigger';
  const http = new HttpListener({
    functions: runnable.filter(isHttp),
    routePrefix: hostJson.routePrefix,
    port: options.port,
    key,
    invoker,
    log,
  });
  const listeners: Listener[] = [];
  const stop = async () => {
    await Promise.all(listeners.map((listener) => listener.stop()));
    for (const hook of app.registry.hooks.appTerminate) await hook({ hookData: {} });
    app.unload();
    unwatch();
  };
  try {
    for (const listener of [http, ...runnable.filter((one) => !isHttp(one)).map(listenerOf)]) {
      await listener.start();
      listeners.push(listener);
    }
  } catch (thrown) {
    await stop();
    throw thrown;
  }

  return {
    functions,
    loadError: app.loadError,
    indexing: app.indexing,
    url: http.url,
    port: http.port,
    key,
    async invoke(name, input) {
      const index = registered.findIndex((fn) => fn.metadata.name === name);
      const [fn, described] = [registered[index], functions[index]];
      if (fn === undefined || described === undefined) throw new TocsinError('TCN-L005', `no function ${name}`);
      const binary = described.resolved?.dataType === 'binary';
      const outcome = await invoker.invoke(fn, directInput(described, input, clock.now(), { ...encoding, binary }));
      if (!outcome.ok) throw outcome.error;
      return directResult(described, outcome.response);
    },
    quiesce: () => clock.settled(),
    stop,
  };
}

interface Runnable {
  readonly fn: RegisteredFunction;
  readonly binding: Binding;
}

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

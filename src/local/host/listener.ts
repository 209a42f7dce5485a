import { BlobServiceClient } from '@azure/storage-blob';
import type { QueueClient } from '@azure/storage-queue';
import { TocsinError } from '../../model/errors.ts';
import type { Log } from '../../ports.ts';
import type { LocalClock } from '../clock/clock.ts';
import type { Binding, RegisteredFunction } from './core-api.ts';
import { EventHubListener } from './event-hub.ts';
import type { HostJson } from './host-json.ts';
import type { Invoker } from './invoker.ts';
import { QueueListener } from './queue.ts';
import { type AppSettings, connectionOf } from './settings.ts';
import { timerListener } from './timer.ts';
import { statusStore } from './timer-status.ts';

/** Storage is on this machine: what does not answer soon is down, and a scenario's clock stands still while it is asked. */
const STORAGE_RETRY = { maxTries: 3, retryDelayInMs: 300 };

/** The containers that Azure's host keeps its own state in. */
const HOST_CONTAINER = 'azure-webjobs-hosts';
const CHECKPOINT_CONTAINER = 'azure-webjobs-eventhub';
const HOST_ID = 'tocsin-local';

/** What waits for a trigger to fire. */
export interface Listener {
  start(): Promise<void>;
  /** Takes nothing new; resolves when what runs has ended. */
  stop(): Promise<void>;
}

/** A function whose settings are all there, with its trigger's binding resolved. */
export interface Runnable {
  readonly fn: RegisteredFunction;
  readonly binding: Binding;
}

export interface ListenerOptions {
  readonly settings: AppSettings;
  readonly hostJson: HostJson;
  /** Connection string of the account that holds timer status and checkpoints. */
  readonly storage: string;
  readonly queueOf: (binding: Binding) => QueueClient;
  /** The app has set the capability `IncludeEmptyEntriesInMessagePayload`. */
  readonly keepEmpty: boolean;
  readonly eventHubTails: ((hub: string) => ReadonlyMap<string, number>) | null;
  readonly invoker: Invoker;
  readonly clock: LocalClock;
  readonly log: Log;
}

/** The listener for a timer, a queue or an event hub. Throws TCN-L005 for any other trigger, TCN-C001 if a connection is not set. */
export function listenerFor({ fn, binding }: Runnable, options: ListenerOptions): Listener {
  const { settings, hostJson, invoker, clock, log } = options;
  const container = (name: string) =>
    BlobServiceClient.fromConnectionString(options.storage, { retryOptions: STORAGE_RETRY }).getContainerClient(name);
  const shared = { fn, binding, invoker, clock, log };
  switch (binding.type) {
    case 'timerTrigger':
      return timerListener({ ...shared, status: statusStore(container(HOST_CONTAINER), HOST_ID, fn.metadata.name) });
    case 'queueTrigger': {
      const queue = options.queueOf(binding);
      return new QueueListener({
        ...shared,
        queue,
        poison: queue.name.endsWith('-poison') ? null : options.queueOf({ ...binding, queueName: `${queue.name}-poison` }),
        settings: hostJson.queues,
        envelopes: settings.TOCSIN_QUEUE_DELAY === 'envelope',
      });
    }
    case 'eventHubTrigger': {
      const { eventHubTails } = options;
      return new EventHubListener({
        ...shared,
        connectionString: connectionOf(binding, settings),
        container: container(CHECKPOINT_CONTAINER),
        settings: hostJson.eventHubs,
        encoding: { keepEmpty: options.keepEmpty, binary: binding.dataType === 'binary' },
        tails: eventHubTails === null ? null : () => eventHubTails(String(binding.eventHubName)),
      });
    }
    default:
      throw new TocsinError('TCN-L005', `${fn.metadata.name}: ${binding.type} is not supported locally`);
  }
}

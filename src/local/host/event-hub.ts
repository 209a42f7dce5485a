import {
  EventHubConsumerClient,
  earliestEventPosition,
  type PartitionContext,
  type ReceivedEventData,
  type Subscription,
} from '@azure/event-hubs';
import { BlobCheckpointStore } from '@azure/eventhubs-checkpointstore-blob';
import type { ContainerClient } from '@azure/storage-blob';
import type { Log } from '../../ports.ts';
import type { IdleSource, LocalClock } from '../clock/clock.ts';
import type { Binding, RegisteredFunction } from './core-api.ts';
import { batchInput, type EventEncoding, eventInput } from './event-input.ts';
import type { EventHubOptions } from './host-json.ts';
import type { Invoker } from './invoker.ts';
import type { Listener } from './listener.ts';
import { withRetries } from './retry.ts';

export interface EventHubListenerOptions {
  readonly fn: RegisteredFunction;
  /** With its settings resolved. */
  readonly binding: Binding;
  readonly connectionString: string;
  /** Where checkpoints are kept. */
  readonly container: ContainerClient;
  readonly settings: EventHubOptions;
  readonly encoding: EventEncoding;
  /** The last sequence number of every partition, where somebody in this process knows; else the hub is asked over AMQP. */
  readonly tails: (() => ReadonlyMap<string, number>) | null;
  readonly invoker: Invoker;
  readonly clock: LocalClock;
  readonly log: Log;
}

interface PartitionState {
  /** The last sequence number that is done with. */
  done: number;
  /** Batches since the last checkpoint. */
  batches: number;
  /** How many invocations of its batch wait on the clock before they are tried again. */
  resting: number;
}

/**
 * Hands events to a function with the real consumer client, batch by batch, one at a time per partition. The checkpoint advances
 * whether the function succeeded or not, after the retries of its policy, during which the partition stands still. What was being
 * handled when the host stopped, or was killed, is delivered again. `minEventBatchSize` above 1 is not reproduced.
 */
export class EventHubListener implements Listener, IdleSource {
  readonly #options: EventHubListenerOptions;
  readonly #client: EventHubConsumerClient;
  readonly #store: BlobCheckpointStore;
  readonly #stopping = new AbortController();
  readonly #partitions = new Map<string, PartitionState>();
  readonly #working = new Set<Promise<void>>();
  #subscription: Subscription | null = null;
  #unwatch = () => {};

  constructor(options: EventHubListenerOptions) {
    this.#options = options;
    const { binding, connectionString } = options;
    this.#store = new BlobCheckpointStore(options.container);
    const group = String(binding.consumerGroup ?? '$Default');
    // As in Azure, a hub in the connection string wins over the binding's.
    const hub = /;EntityPath=([^;]+)/i.exec(connectionString)?.[1] ?? String(binding.eventHubName);
    this.#client = new EventHubConsumerClient(group, connectionString, hub, this.#store, {
      loadBalancingOptions: { strategy: 'greedy' },
    });
  }

  async start(): Promise<void> {
    const { container, settings, log, fn } = this.#options;
    await container.createIfNotExists();
    await this.#takeOver();
    this.#subscription = this.#client.subscribe(
      {
        processEvents: (events, context) => this.#track(this.#process(events, context)),
        processError: async (err, { partitionId }) => {
          if (!this.#stopping.signal.aborted) log.warn({ function: fn.metadata.name, partition: partitionId, err }, 'event hub');
        },
      },
      {
        startPosition: earliestEventPosition,
        maxBatchSize: settings.maxEventBatchSize,
        prefetchCount: settings.prefetchCount,
        maxWaitTimeInSeconds: settings.maxWaitTime / 1000,
        skipParsingBodyAsJson: true,
      },
    );
    this.#unwatch = this.#options.clock.watch(this);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#unwatch();
    await Promise.allSettled(this.#working);
    await this.#subscription?.close();
    await this.#client.close();
  }

  async idle(): Promise<boolean> {
    for (const [partition, last] of await this.#tails()) {
      const { done, resting } = this.#state(partition);
      if (done < last && resting === 0) return false;
    }
    return true;
  }

  /** Frees the partitions that a host before this one owned, since it is gone, and learns how far it came. */
  async #takeOver(): Promise<void> {
    const { fullyQualifiedNamespace, eventHubName } = this.#client;
    const group = String(this.#options.binding.consumerGroup ?? '$Default');
    const owned = await this.#store.listOwnership(fullyQualifiedNamespace, eventHubName, group);
    await this.#store.claimOwnership(owned.map((one) => ({ ...one, ownerId: '' })));
    for (const checkpoint of await this.#store.listCheckpoints(fullyQualifiedNamespace, eventHubName, group)) {
      this.#state(checkpoint.partitionId).done = checkpoint.sequenceNumber;
    }
  }

  async #process(events: readonly ReceivedEventData[], context: PartitionContext): Promise<void> {
    const last = events.at(-1);
    if (last === undefined) return;
    const { fn, clock, log } = this.#options;
    const state = this.#state(context.partitionId);
    const pause = async (ms: number) => {
      state.resting += 1;
      try {
        await clock.sleepUntil(clock.now() + ms, this.#stopping.signal);
      } finally {
        state.resting -= 1;
      }
    };
    try {
      await Promise.all(
        this.#inputs(events, context).map((input) =>
          withRetries(fn.metadata.retryOptions, pause, (retry) => this.#options.invoker.invoke(fn, input, retry)),
        ),
      );
    } catch (thrown) {
      if (!this.#stopping.signal.aborted) throw thrown;
    }
    if (this.#stopping.signal.aborted) return;
    await clock
      .busy(() => this.#checkpoint(last, context, state))
      .catch((err: unknown) => {
        log.warn({ function: fn.metadata.name, partition: context.partitionId, err }, 'checkpoint not written');
      });
    state.done = last.sequenceNumber;
  }

  #inputs(events: readonly ReceivedEventData[], context: PartitionContext) {
    const { binding, encoding } = this.#options;
    if (binding.cardinality === 'many') return [batchInput(events, context, encoding)];
    return events.map((event) => eventInput(event, context, encoding));
  }

  async #checkpoint(last: ReceivedEventData, context: PartitionContext, state: PartitionState): Promise<void> {
    state.batches += 1;
    if (state.batches < this.#options.settings.batchCheckpointFrequency) return;
    state.batches = 0;
    await context.updateCheckpoint(last);
  }

  async #tails(): Promise<ReadonlyMap<string, number>> {
    if (this.#options.tails !== null) return this.#options.tails();
    const ids = await this.#client.getPartitionIds();
    const properties = await Promise.all(ids.map((id) => this.#client.getPartitionProperties(id)));
    return new Map(properties.map((one) => [one.partitionId, one.lastEnqueuedSequenceNumber]));
  }

  #state(partition: string): PartitionState {
    const state = this.#partitions.get(partition) ?? { done: -1, batches: 0, resting: 0 };
    this.#partitions.set(partition, state);
    return state;
  }

  #track(work: Promise<void>): Promise<void> {
    const tracked = work.finally(() => this.#working.delete(tracked));
    this.#working.add(tracked);
    return tracked;
  }
}

import type { EventHubConsumerClient } from '@azure/event-hubs';
import type { HubPartition } from '../model/hub.ts';
import type { CallOptions, HubSource } from '../ports.ts';
import type { AzureAccess } from './loopback.ts';
import { hubError } from './sdk-errors.ts';

/** Little: the next tick asks again. */
const RETRY = { maxRetries: 1, retryDelayInMs: 500, maxRetryDelayInMs: 2_000, timeoutInMs: 5_000 };

export interface HubAddress {
  readonly name: string;
  readonly consumerGroup: string;
  /** A connection string, or `null` with a namespace and the app's identity. */
  readonly connection: string | null;
  /** Host name. */
  readonly namespace: string | null;
}

/** The partitions of the hub that is forwarded. A connection is opened for each answer: one that is kept keeps the process alive. */
export function createHubSource(address: HubAddress, { credential }: AzureAccess): HubSource {
  return {
    partitions: async (options) => {
      try {
        const client = await connect(address, credential);
        try {
          return await read(client, options);
        } finally {
          await client.close().catch(() => {});
        }
      } catch (thrown) {
        throw hubError(thrown, address.name, { transient: 'TCN-F011', final: 'TCN-F011' });
      }
    },
  };
}

async function read(client: EventHubConsumerClient, options?: CallOptions): Promise<readonly HubPartition[]> {
  const abortable = options?.signal === undefined ? {} : { abortSignal: options.signal };
  const ids = await client.getPartitionIds(abortable);
  return Promise.all(
    ids.map(async (id): Promise<HubPartition> => {
      const properties = await client.getPartitionProperties(id, abortable);
      const { beginningSequenceNumber, lastEnqueuedSequenceNumber, lastEnqueuedOnUtc, isEmpty } = properties;
      const last = isEmpty
        ? null
        : { sequenceNumber: Number(lastEnqueuedSequenceNumber), enqueuedAt: lastEnqueuedOnUtc.getTime() };
      return { id, firstSequenceNumber: Number(beginningSequenceNumber), last };
    }),
  );
}

async function connect(
  { name, consumerGroup, connection, namespace }: HubAddress,
  credential: AzureAccess['credential'],
): Promise<EventHubConsumerClient> {
  const { EventHubConsumerClient } = await import('@azure/event-hubs');
  const options = { retryOptions: RETRY };
  if (connection !== null) return new EventHubConsumerClient(consumerGroup, connection, name, options);
  return new EventHubConsumerClient(consumerGroup, namespace ?? '', name, credential, options);
}

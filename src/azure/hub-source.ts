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

/** The partitions of the hub that is forwarded. The connection is kept as long as it answers. */
export function createHubSource(address: HubAddress, { credential }: AzureAccess): HubSource & { close(): Promise<void> } {
  let open: Promise<EventHubConsumerClient> | null = null;

  async function close(): Promise<void> {
    const client = open;
    open = null;
    await (await client)?.close().catch(() => {});
  }

  async function read(options?: CallOptions): Promise<readonly HubPartition[]> {
    open ??= connect(address, credential);
    const client = await open;
    const abortable = options?.signal === undefined ? {} : { abortSignal: options.signal };
    const ids = await client.getPartitionIds(abortable);
    return Promise.all(
      ids.map(async (id): Promise<HubPartition> => {
        const { beginningSequenceNumber, lastEnqueuedSequenceNumber, lastEnqueuedOnUtc, isEmpty } =
          await client.getPartitionProperties(id, abortable);
        const last = isEmpty
          ? null
          : { sequenceNumber: Number(lastEnqueuedSequenceNumber), enqueuedAt: lastEnqueuedOnUtc.getTime() };
        return { id, firstSequenceNumber: Number(beginningSequenceNumber), last };
      }),
    );
  }

  return {
    close,
    partitions: async (options) => {
      try {
        return await read(options);
      } catch (thrown) {
        await close();
        throw hubError(thrown, address.name, { transient: 'TCN-F011', final: 'TCN-F011' });
      }
    },
  };
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

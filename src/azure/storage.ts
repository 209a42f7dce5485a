import type { TableClient } from '@azure/data-tables';
import type { TokenCredential } from '@azure/identity';
import type { BlobServiceClient, ContainerClient } from '@azure/storage-blob';
import type { QueueClient, QueueServiceClient } from '@azure/storage-queue';
import { TocsinError } from '../model/errors.ts';

/** Where the storage account is: a connection string (on a laptop), or three endpoints and an identity. */
export interface StorageSettings {
  readonly connectionString: string | null;
  readonly blobUri: string | null;
  readonly queueUri: string | null;
  readonly tableUri: string | null;
}

/** Clients of one storage account, each made once; each library is loaded when the first of its clients is asked for. */
export interface Storage {
  container(name: string): Promise<ContainerClient>;
  queue(name: string): Promise<QueueClient>;
  table(name: string): Promise<TableClient>;
}

/** Queues try again after minutes; these bridge a dropped connection. */
const STORAGE_RETRY = { maxTries: 3, retryDelayInMs: 300, maxRetryDelayInMs: 2_000, tryTimeoutInMs: 30_000 };
const TABLE_RETRY = { maxRetries: 2, retryDelayInMs: 300, maxRetryDelayInMs: 2_000 };

export function createStorage(settings: StorageSettings, credential: TokenCredential): Storage {
  const blobs = once(() => blobService(settings, credential));
  const queues = once(() => queueService(settings, credential));
  const tables = new Map<string, Promise<TableClient>>();
  return {
    container: async (name) => (await blobs()).getContainerClient(name),
    queue: async (name) => (await queues()).getQueueClient(name),
    table: (name) => {
      const known = tables.get(name) ?? tableClient(settings, credential, name);
      tables.set(name, known);
      return known;
    },
  };
}

async function blobService(
  { connectionString, blobUri }: StorageSettings,
  credential: TokenCredential,
): Promise<BlobServiceClient> {
  const { BlobServiceClient } = await import('@azure/storage-blob');
  const options = { retryOptions: STORAGE_RETRY };
  if (connectionString !== null) return BlobServiceClient.fromConnectionString(connectionString, options);
  return new BlobServiceClient(required(blobUri, 'blob'), credential, options);
}

async function queueService(
  { connectionString, queueUri }: StorageSettings,
  credential: TokenCredential,
): Promise<QueueServiceClient> {
  const { QueueServiceClient } = await import('@azure/storage-queue');
  const options = { retryOptions: STORAGE_RETRY };
  if (connectionString !== null) return QueueServiceClient.fromConnectionString(connectionString, options);
  return new QueueServiceClient(required(queueUri, 'queue'), credential, options);
}

async function tableClient(
  { connectionString, tableUri }: StorageSettings,
  credential: TokenCredential,
  name: string,
): Promise<TableClient> {
  const { TableClient } = await import('@azure/data-tables');
  const options = { retryOptions: TABLE_RETRY };
  if (connectionString === null) return new TableClient(required(tableUri, 'table'), name, credential, options);
  // Azurite listens on http; the key signs requests and is not in them.
  return TableClient.fromConnectionString(connectionString, name, { ...options, allowInsecureConnection: true });
}

function required(uri: string | null, service: string): string {
  if (uri === null) throw new TocsinError('TCN-C001', `AzureWebJobsStorage or AzureWebJobsStorage__${service}ServiceUri`);
  return uri;
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

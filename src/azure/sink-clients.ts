import type { EventHubProducerClient } from '@azure/event-hubs';
import type { BlobServiceClient } from '@azure/storage-blob';
import { TocsinError } from '../model/errors.ts';
import type { BlobSink, EventHubSink } from '../model/sink.ts';
import type { CallOptions, SinkClients } from '../ports.ts';
import type { AzureAccess } from './loopback.ts';
import { codeOf, hubError, statusOf, storageError } from './sdk-errors.ts';

/** Little: what fails is parked and tried again at the next tick. */
const RETRY = { maxRetries: 1, retryDelayInMs: 500, maxRetryDelayInMs: 2_000 };
/** An event of several records costs the hub less than one of each; this leaves room in the smallest tier. */
const EVENT_BYTES = 200_000;
const LINE_FEED = 10;
const BLOCKS_FULL = 'BlockCountExceedsLimit';
const MOST_FILES = 100;

/** Sinks that are reached by Azure's own clients, made when they are first needed and kept as long as the worker. */
export function createSinkClients(access: AzureAccess): SinkClients {
  const hubs = new Map<string, Promise<EventHubProducerClient>>();
  const accounts = new Map<string, Promise<BlobServiceClient>>();
  return {
    token: async (scope, options) => {
      const token = await access.credential.getToken(scope, abortable(options));
      if (token === null) throw new TocsinError('TCN-A003', `no token for ${scope}`);
      return token.token;
    },
    sendToHub: async (sink, partitionKey, lines, options) => {
      const producer = await kept(hubs, `${sink.connection} ${sink.namespace} ${sink.hub}`, () => hubOf(sink, access));
      try {
        await sendEvents(producer, partitionKey, lines, options);
      } catch (thrown) {
        throw hubError(thrown, sink.hub);
      }
    },
    append: async (sink, path, lines, options) => {
      const account = await kept(accounts, sink.connection + sink.url, () => accountOf(sink, access));
      await append(account, path, lines, options);
    },
  };
}

function kept<Client>(clients: Map<string, Promise<Client>>, key: string, make: () => Promise<Client>): Promise<Client> {
  const known = clients.get(key);
  if (known !== undefined) return known;
  const made = make();
  clients.set(key, made);
  made.catch(() => clients.delete(key));
  return made;
}

async function hubOf({ connection, namespace, hub }: EventHubSink, { credential }: AzureAccess): Promise<EventHubProducerClient> {
  const { EventHubProducerClient } = await import('@azure/event-hubs');
  const options = { retryOptions: { ...RETRY, timeoutInMs: 10_000 } };
  if (connection !== '') return new EventHubProducerClient(connection, hub, options);
  return new EventHubProducerClient(namespace, hub, credential, options);
}

async function sendEvents(
  producer: EventHubProducerClient,
  partitionKey: string,
  lines: Uint8Array,
  options?: CallOptions,
): Promise<void> {
  const choice = { ...(partitionKey !== '' && { partitionKey }), ...abortable(options) };
  let batch = await producer.createBatch(choice);
  for (const body of eventsOf(lines)) {
    if (batch.tryAdd({ body })) continue;
    if (batch.count > 0) await producer.sendBatch(batch, abortable(options));
    batch = await producer.createBatch(choice);
    if (!batch.tryAdd({ body })) throw new TocsinError('TCN-F005', `a record of ${body.length} bytes is too large for the hub`);
  }
  if (batch.count > 0) await producer.sendBatch(batch, abortable(options));
}

/** Bodies as Azure sends them, `{"records":[…]}`, of some records each. */
function* eventsOf(lines: Uint8Array): Generator<Buffer> {
  const bytes = Buffer.from(lines.buffer, lines.byteOffset, lines.byteLength);
  let records: Buffer[] = [];
  let size = 0;
  for (let from = 0; from < bytes.length; ) {
    const feed = bytes.indexOf(LINE_FEED, from);
    const to = feed < 0 ? bytes.length : feed;
    if (records.length > 0 && size + to - from > EVENT_BYTES) {
      yield wrapped(records);
      records = [];
      size = 0;
    }
    if (to > from) records.push(bytes.subarray(from, to));
    size += to - from;
    from = to + 1;
  }
  if (records.length > 0) yield wrapped(records);
}

function wrapped(records: readonly Buffer[]): Buffer {
  const parts = records.flatMap((record, index) => (index === 0 ? [record] : [COMMA, record]));
  return Buffer.concat([OPEN, ...parts, CLOSE]);
}

const [OPEN, COMMA, CLOSE] = ['{"records":[', ',', ']}'].map((text) => Buffer.from(text)) as [Buffer, Buffer, Buffer];

async function accountOf({ connection, url }: BlobSink, { credential }: AzureAccess): Promise<BlobServiceClient> {
  const { BlobServiceClient } = await import('@azure/storage-blob');
  const options = { retryOptions: { maxTries: 2, retryDelayInMs: 300, tryTimeoutInMs: 10_000 } };
  if (connection !== '') return BlobServiceClient.fromConnectionString(connection, options);
  return new BlobServiceClient(url, credential, options);
}

/** A blob takes 50,000 appends; what comes after them goes to files beside it. */
async function append(account: BlobServiceClient, path: string, lines: Uint8Array, options?: CallOptions): Promise<void> {
  const slash = path.indexOf('/');
  const container = account.getContainerClient(path.slice(0, slash));
  const name = path.slice(slash + 1);
  try {
    for (let file = 0; file < MOST_FILES; file++) {
      const blob = container.getAppendBlobClient(file === 0 ? name : name.replace(/\.json$/, `.${file}.json`));
      const send = () => blob.appendBlock(lines, lines.length, abortable(options));
      try {
        await send().catch(async (thrown: unknown) => {
          if (statusOf(thrown) !== 404) throw thrown;
          await container.createIfNotExists();
          await blob.createIfNotExists({ blobHTTPHeaders: { blobContentType: 'application/json' } });
          await send();
        });
        return;
      } catch (thrown) {
        if (codeOf(thrown) !== BLOCKS_FULL) throw thrown;
      }
    }
    throw new TocsinError('TCN-S003', `${path} has no room for another append`);
  } catch (thrown) {
    const error = storageError(thrown, `archive ${path}`, 'write');
    if (error instanceof TocsinError) throw error;
    throw new TocsinError('TCN-S001', `archive ${path} did not answer in time`, { cause: thrown });
  }
}

function abortable(options: CallOptions | undefined): { abortSignal?: AbortSignal } {
  return options?.signal === undefined ? {} : { abortSignal: options.signal };
}

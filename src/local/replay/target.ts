import { EventHubProducerClient, parseEventHubConnectionString } from '@azure/event-hubs';
import { DefaultAzureCredential } from '@azure/identity';
import { TocsinError } from '../../model/errors.ts';
import { createHttpSender } from '../../net/http.ts';

/** A person waits: little is tried again. */
const CLIENT = { retryOptions: { maxRetries: 1, retryDelayInMs: 500, timeoutInMs: 15_000 } };

/** Where events go. */
export interface ReplayTarget {
  /** Without secrets. */
  readonly name: string;
  /** In their order; resolves when all are taken. Those that no event can hold are left out and returned. */
  send(bodies: readonly Uint8Array[]): Promise<readonly Uint8Array[]>;
  close(): Promise<void>;
}

/**
 * A hub by its connection string with `EntityPath`, or by `sb://NAMESPACE/HUB` with this machine's sign-in; or any receiver of HTTP,
 * which gets each body as a POST. Throws TCN-C002 for anything else.
 */
export function openTarget(to: string): ReplayTarget {
  if (/^https?:\/\//i.test(to)) return httpTarget(to);
  if (/^sb:\/\//i.test(to)) {
    const url = URL.parse(to);
    const hub = url?.pathname.replaceAll('/', '') ?? '';
    if (url === null || hub === '') throw new TocsinError('TCN-C002', '--to sb://NAMESPACE/HUB names no hub');
    return hubTarget(new EventHubProducerClient(url.host, hub, new DefaultAzureCredential(), CLIENT), `${url.host}/${hub}`);
  }
  let entity: string | undefined;
  try {
    entity = parseEventHubConnectionString(to).eventHubName;
  } catch (cause) {
    throw new TocsinError('TCN-C002', '--to is neither a connection string nor a URL', { cause });
  }
  if (entity === undefined) throw new TocsinError('TCN-C002', 'the connection string of --to has no EntityPath');
  return hubTarget(new EventHubProducerClient(to, CLIENT), entity);
}

function hubTarget(client: EventHubProducerClient, name: string): ReplayTarget {
  return {
    name,
    send: async (bodies) => {
      try {
        return await sendAll(client, bodies);
      } catch (thrown) {
        throw hubError(thrown, name);
      }
    },
    close: () => client.close(),
  };
}

/** The client says of its errors whether another try may help; those of connecting come in a bunch. */
function hubError(thrown: unknown, hub: string): TocsinError {
  const first: unknown = thrown instanceof AggregateError ? thrown.errors[0] : thrown;
  const { code = '', message = '', retryable } = (first ?? {}) as { code?: string; message?: string; retryable?: boolean };
  const canRetry = retryable === true || /^(?:ECONN|ENOTFOUND|ETIMEDOUT)/.test(code);
  return new TocsinError(canRetry ? 'TCN-L014' : 'TCN-L015', `hub ${hub}: ${code} ${message}`.trim(), { cause: thrown });
}

async function sendAll(client: EventHubProducerClient, bodies: readonly Uint8Array[]): Promise<readonly Uint8Array[]> {
  const tooLarge: Uint8Array[] = [];
  let batch = await client.createBatch();
  for (const bytes of bodies) {
    const event = { body: Buffer.from(bytes) };
    if (batch.tryAdd(event)) continue;
    if (batch.count > 0) await client.sendBatch(batch);
    batch = await client.createBatch();
    if (!batch.tryAdd(event)) tooLarge.push(bytes);
  }
  if (batch.count > 0) await client.sendBatch(batch);
  return tooLarge;
}

const TIMEOUT = 30_000;

function httpTarget(url: string): ReplayTarget {
  const http = createHttpSender();
  const name = URL.parse(url)?.host ?? 'URL';
  return {
    name,
    send: async (bodies) => {
      for (const bytes of bodies) {
        const headers = { 'content-type': 'application/json' };
        const { status } = await http.send({ url, method: 'POST', headers, body: bytes, timeout: TIMEOUT, allowPrivate: true });
        if (status >= 300)
          throw new TocsinError(status >= 500 || status === 429 ? 'TCN-L014' : 'TCN-L015', `${name} answered HTTP ${status}`);
      }
      return [];
    },
    close: async () => http.close(),
  };
}

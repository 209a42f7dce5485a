import type { HttpClient } from '@azure/core-rest-pipeline';
import type { TokenCredential } from '@azure/identity';
import { TocsinError } from '../model/errors.ts';
import { azureCredential, loopbackCredential } from './credential.ts';

/** How the clients of Azure Monitor and Azure Resource Manager reach them. */
export interface AzureAccess {
  readonly credential: TokenCredential;
  /** Whether a stand-in answers, which has no limits of use. */
  readonly standIn: boolean;
  /** Options for every client's constructor. */
  clientOptions(): Promise<ClientOptions>;
}

export interface ClientOptions {
  readonly httpClient?: HttpClient;
  readonly retryOptions: { readonly maxRetries: number; readonly retryDelayInMs: number; readonly maxRetryDelayInMs: number };
}

/** Little: a queue message or the next tick tries again, and a client that waits keeps one of few slots. */
const RETRY = { maxRetries: 1, retryDelayInMs: 500, maxRetryDelayInMs: 2_000 };

/**
 * Access by the app's identity; or, with the address of a stand-in, to that alone: every request goes there whatever its host, which
 * the stand-in finds in `x-forwarded-host`. Throws TCN-C004 for an address that is not loopback, because requests would carry
 * what they say to Azure in the clear.
 */
export function azureAccess(clientId: string | null, standIn: string | null): AzureAccess {
  if (standIn === null) {
    return { credential: azureCredential(clientId), standIn: false, clientOptions: async () => ({ retryOptions: RETRY }) };
  }
  const base = loopbackBase(standIn);
  let client: Promise<HttpClient> | undefined;
  return {
    credential: loopbackCredential(),
    standIn: true,
    clientOptions: async () => {
      client ??= readdressed(base);
      return { httpClient: await client, retryOptions: RETRY };
    },
  };
}

/** The origin of a loopback address without a slash at its end. Names are refused: `localhost` is whatever a resolver says. */
export function loopbackBase(address: string): string {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    throw new TocsinError('TCN-C004', 'it is not a URL');
  }
  const loopback = /^127\.\d+\.\d+\.\d+$/.test(url.hostname) || url.hostname === '[::1]';
  if (url.protocol !== 'http:' || !loopback || url.username !== '' || url.password !== '') {
    throw new TocsinError('TCN-C004', `${url.protocol}//${url.host}`);
  }
  return url.origin;
}

/**
 * Sends every request to `base`. The request's own URL stays https, which the clients' bearer policy demands, until here, the last step.
 */
export async function readdressed(base: string): Promise<HttpClient> {
  const { createDefaultHttpClient } = await import('@azure/core-rest-pipeline');
  const inner = createDefaultHttpClient();
  return {
    sendRequest: async (request) => {
      const asked = new URL(request.url);
      const url = request.url;
      request.url = base + asked.pathname + asked.search;
      request.allowInsecureConnection = true;
      request.headers.set('x-forwarded-host', asked.host);
      try {
        return await inner.sendRequest(request);
      } finally {
        // A retry runs the bearer policy over the same request again.
        request.url = url;
      }
    },
  };
}

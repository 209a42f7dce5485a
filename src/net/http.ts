import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { TocsinError } from '../model/errors.ts';
import type { CallOptions, HttpAnswer, HttpRequest, HttpSender } from '../ports.ts';
import { reachOf } from './address.ts';
import { guardedLookup, type Permitted, type Resolver } from './guarded-lookup.ts';
import { redactUrl } from './redact.ts';
import { parseRetryAfter } from './retry-after.ts';
import { signatureHeaders } from './webhook-signature.ts';

const BODY_LIMIT = 64 * 1024;
const SOCKETS_PER_HOST = 32;

export interface HttpSenderOptions {
  /** Instead of the system's resolver. */
  readonly resolve?: Resolver;
  /** PEM certificates to trust besides the system's. */
  readonly ca?: string;
  /** `http(s)://[user:password@]host:port` through which public addresses are reached; those of this network are reached directly. */
  readonly proxy?: string | null;
}

export interface ClosableHttpSender extends HttpSender {
  /** Ends idle connections. */
  close(): void;
}

/**
 * How a request may travel. Each kind has its own pool of connections: one opened where private addresses are allowed must never serve
 * a request for which they are not.
 */
interface Channel {
  readonly permitted: Permitted;
  readonly agent: HttpAgent;
  readonly request: (options: RequestOptions) => ClientRequest;
  /** What a proxy is asked to connect to: the address that was checked, so that its own resolver has no say. */
  readonly address?: string;
  /** Through a proxy TLS begins with the options of the request, not with those of the agent. */
  readonly ca?: string;
}

/** The guarded HTTPS client. Plain http goes to loopback and private addresses only, and only where they are allowed. */
export function createHttpSender({ resolve, ca, proxy = null }: HttpSenderOptions = {}): ClosableHttpSender {
  const pool = { keepAlive: true, maxSockets: SOCKETS_PER_HOST, scheduling: 'lifo' } as const;
  const trust = ca === undefined ? {} : { ca };
  const secure = (permitted: Permitted): Channel => {
    const agent = new HttpsAgent({ ...pool, ...trust, lookup: guardedLookup(permitted, resolve) });
    return { permitted, agent, request: httpsRequest };
  };
  const plain = (permitted: Permitted): Channel => {
    const agent = new HttpAgent({ ...pool, lookup: guardedLookup(permitted, resolve) });
    return { permitted, agent, request: httpRequest };
  };
  const https = secure((reach) => reach === 'public');
  const httpsInside = secure((reach) => reach !== 'forbidden');
  const httpInside = plain((reach) => reach === 'private');

  let tunnel: Promise<HttpAgent> | undefined;

  return {
    async send(request, options) {
      const url = URL.parse(request.url);
      if (url === null) throw new TocsinError('TCN-N004', 'not a URL');
      const channel = channelFor(url, request.allowPrivate);
      assertLiteralPermitted(url, channel.permitted);
      if (proxy === null || url.protocol !== 'https:') return exchange(url, request, channel, options);
      const address = await addressOf(hostOf(url), channel.permitted, resolve, url);
      if (reachOf(address) !== 'public') return exchange(url, request, channel, options);
      tunnel ??= openTunnel(proxy, trust);
      return exchange(url, request, { ...channel, agent: await tunnel, address, ...trust }, options);
    },
    close() {
      for (const { agent } of [https, httpsInside, httpInside]) agent.destroy();
      void tunnel?.then((agent) => agent.destroy());
    },
  };

  function channelFor(url: URL, allowPrivate: boolean): Channel {
    if (url.protocol === 'https:') return allowPrivate ? httpsInside : https;
    if (url.protocol === 'http:' && allowPrivate) return httpInside;
    throw new TocsinError('TCN-N004', `${redactUrl(url.href)} is not https`);
  }
}

/** `URL` has already turned the disguises (`0x7f.1`, `2130706433`) into dotted form. */
function assertLiteralPermitted(url: URL, permitted: Permitted): void {
  const host = hostOf(url);
  if (isIP(host) !== 0 && !permitted(reachOf(host))) {
    throw new TocsinError('TCN-N004', `${redactUrl(url.href)} is no address that may be sent to`);
  }
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

/** The agent of a proxy; its library is loaded only where one is set. */
async function openTunnel(proxy: string, trust: { readonly ca?: string }): Promise<HttpAgent> {
  const { HttpsProxyAgent } = await import('https-proxy-agent');
  return new HttpsProxyAgent(proxy, { keepAlive: true, maxSockets: SOCKETS_PER_HOST, ...trust });
}

/** The first address of a name that may be sent to. */
function addressOf(host: string, permitted: Permitted, resolve: Resolver | undefined, url: URL): Promise<string> {
  if (isIP(host) !== 0) return Promise.resolve(host);
  return new Promise((done, fail) => {
    guardedLookup(permitted, resolve)(host, {}, (error, address) => {
      if (error !== null) fail(asNetworkError(error, url));
      else done(String(address));
    });
  });
}

function exchange(url: URL, request: HttpRequest, channel: Channel, { signal }: CallOptions = {}): Promise<HttpAnswer> {
  const body = request.body ?? '';
  const outgoing = channel.request(requestOptions(url, request, body, channel));
  let answer: IncomingMessage | null = null;
  const stop = (why: string): void => {
    (answer ?? outgoing).destroy(new TocsinError('TCN-N003', `${redactUrl(url.href)} ${why}`));
  };
  const abort = (): void => stop('was not waited for');
  const timer = setTimeout(stop, request.timeout, `took longer than ${request.timeout} ms`);
  signal?.addEventListener('abort', abort, { once: true });

  return new Promise<HttpAnswer>((resolve, reject) => {
    outgoing.once('response', (incoming) => {
      answer = incoming;
      resolve(readAnswer(incoming, request.longestAnswer ?? BODY_LIMIT));
    });
    outgoing.on('error', (error) => {
      if (answer === null) reject(asNetworkError(error, url));
    });
    if (signal?.aborted === true) abort();
    else outgoing.end(body);
  }).finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  });
}

function requestOptions(
  url: URL,
  request: HttpRequest,
  body: string | Uint8Array,
  { agent, address, ca }: Channel,
): RequestOptions & { readonly servername?: string; readonly ca?: string } {
  const signed = request.sign === undefined ? {} : signatureHeaders(request.sign, body);
  const length = request.method === 'POST' ? { 'content-length': Buffer.byteLength(body) } : {};
  return {
    agent,
    ...(ca === undefined ? {} : { ca }),
    protocol: url.protocol,
    hostname: address ?? hostOf(url),
    ...(address === undefined || isIP(hostOf(url)) !== 0 ? {} : { servername: hostOf(url) }),
    port: url.port,
    path: `${url.pathname}${url.search}`,
    ...(url.username === '' ? {} : { auth: `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}` }),
    method: request.method,
    headers: { ...request.headers, ...signed, ...length, ...(address === undefined ? {} : { host: url.host }) },
  };
}

/** The status has come: whatever becomes of the rest of the body (too long, too slow, cut off), the receiver has answered. */
function readAnswer(incoming: IncomingMessage, limit: number): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  let length = 0;
  let over = false;
  // Listeners, because an iterator of a stream costs as much as all the rest of a request.
  return new Promise((resolve) => {
    const done = (): void => {
      if (!over) resolve(answerOf(incoming, Buffer.concat(chunks).subarray(0, limit)));
      over = true;
    };
    incoming.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= limit) incoming.destroy();
    });
    incoming.once('end', done);
    incoming.on('error', done);
    incoming.once('close', done);
  });
}

function answerOf(incoming: IncomingMessage, bytes: Buffer): HttpAnswer {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers))
    headers[name] = Array.isArray(value) ? value.join(', ') : (value ?? '');
  const theirNow = Date.parse(headers.date ?? '');
  const retryAfter = parseRetryAfter(headers['retry-after'], Number.isNaN(theirNow) ? Date.now() : theirNow);
  return {
    status: incoming.statusCode ?? 0,
    headers,
    body: bytes.toString('utf8'),
    bytes,
    ...(retryAfter === null ? {} : { retryAfter }),
  };
}

/** Messages of system errors may hold addresses that were asked for in confidence; their codes do not. */
function asNetworkError(error: NodeJS.ErrnoException, url: URL): TocsinError {
  if (error instanceof TocsinError) return error;
  return new TocsinError('TCN-N003', `${redactUrl(url.href)}: ${error.code ?? 'connection failed'}`, { cause: error });
}

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TocsinError } from '../../model/errors.ts';
import type { Archive } from '../archive/archive.ts';
import type { Estate } from '../estate.ts';
import { createSettingsStore } from './diagnostic-settings.ts';
import { json, type MonitorAnswer, type MonitorRequest, ServiceError } from './http.ts';
import { createInjector, type Injection } from './inject.ts';
import { route } from './routes.ts';
import type { MonitorWorld } from './world.ts';

export interface MonitorOptions {
  readonly archive: Archive;
  readonly estate: Estate;
  /** Epoch ms. What happened later is not there yet. */
  readonly clock: () => number;
  /** A free port when left out. */
  readonly port?: number;
  readonly inject?: readonly Injection[];
  /** Items per page of lists; Azure's are up to 1,000. */
  readonly pageSize?: number;
}

/** Stands in for Azure Monitor and Azure Resource Manager: one address for all their hosts. */
export interface Monitor {
  readonly url: string;
  /** Replaces the faults that requests meet. */
  inject(rules: readonly Injection[]): void;
  close(): Promise<void>;
}

const MOST_BODY = 16 * 1_048_576;

/** Listens on 127.0.0.1. Throws TCN-L001 when the port is taken. */
export async function startMonitor(options: MonitorOptions): Promise<Monitor> {
  const injector = createInjector(options.inject ?? []);
  const world: MonitorWorld = {
    archive: options.archive,
    estate: options.estate,
    clock: options.clock,
    settings: createSettingsStore(options.estate),
    pageSize: options.pageSize ?? 1_000,
    lateness: () => injector.lateness(),
  };

  async function answer(request: MonitorRequest): Promise<MonitorAnswer> {
    const fault = await injector.meet(request);
    if (fault.answer !== null) return fault.answer;
    try {
      return await route(world, request, fault.partial);
    } catch (error) {
      if (error instanceof ServiceError) return json(error.body, error.status);
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      return json({ error: { code: 'InternalServerError', message } }, 500);
    }
  }

  const server = createServer((incoming, outgoing) => {
    readRequest(incoming)
      .then(answer)
      .then((made) => write(outgoing, made))
      .catch(() => outgoing.destroy());
  });
  await listen(server, options.port ?? 0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    inject: (rules) => injector.set(rules),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? new TocsinError('TCN-L001', `port ${port} on 127.0.0.1`) : error);
    });
    server.listen(port, '127.0.0.1', resolve);
  });
}

async function readRequest(incoming: IncomingMessage): Promise<MonitorRequest> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BODY) throw new RangeError('request body too large');
    chunks.push(chunk);
  }
  const [path = '', query = ''] = (incoming.url ?? '/').split(/\?(.*)/s);
  const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
  const forwarded = headers['x-forwarded-host'];
  const own = headers.host ?? '';
  return {
    method: incoming.method ?? 'GET',
    // A resource id with a slash of its own makes two of them at the beginning.
    path: `/${decodeURIComponent(path).replace(/^\/+/, '').replace(/\/+/g, '/').replace(/\/$/, '')}`,
    query: new URLSearchParams(query),
    headers,
    body: Buffer.concat(chunks).toString(),
    host: forwarded ?? own,
    origin: forwarded === undefined ? `http://${own}` : `https://${forwarded}`,
  };
}

function write(outgoing: ServerResponse, { status, headers = {}, body }: MonitorAnswer): void {
  outgoing.writeHead(status, headers);
  outgoing.end(body);
}

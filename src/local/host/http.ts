import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TocsinError } from '../../model/errors.ts';
import type { Log } from '../../ports.ts';
import { bringsKey } from './host-key.ts';
import { httpInput, readBody, writeResponse } from './http-message.ts';
import type { Invoker } from './invoker.ts';
import type { Listener, Runnable } from './listener.ts';
import { parseRoute, type Route } from './routes.ts';

export interface HttpListenerOptions {
  readonly functions: readonly Runnable[];
  readonly routePrefix: string;
  /** 0: any free one. */
  readonly port: number;
  readonly key: string;
  readonly invoker: Invoker;
  readonly log: Log;
}

interface Endpoint extends Runnable {
  readonly route: Route;
  readonly methods: readonly string[];
  readonly needsKey: boolean;
}

/** Serves the HTTP functions on 127.0.0.1. What no route and method matches is 404; a function that fails is 500 without a word. */
export class HttpListener implements Listener {
  readonly #options: HttpListenerOptions;
  readonly #endpoints: readonly Endpoint[];
  readonly #server: Server;
  #inFlight = 0;
  #drained = () => {};

  constructor(options: HttpListenerOptions) {
    this.#options = options;
    this.#endpoints = options.functions
      .map((one) => endpointOf(one, options.routePrefix))
      .sort((a, b) => (a.route.rank < b.route.rank ? -1 : Number(a.route.rank > b.route.rank)));
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  /** Without a slash at the end. */
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Throws TCN-L001 if the port is taken. */
  async start(): Promise<void> {
    const { port } = this.#options;
    this.#server.listen(port, '127.0.0.1');
    try {
      await once(this.#server, 'listening');
    } catch (cause) {
      throw new TocsinError('TCN-L001', `function host, port ${port}`, { cause });
    }
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    if (this.#inFlight > 0) {
      await new Promise<void>((resolve) => {
        this.#drained = resolve;
      });
    }
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#inFlight += 1;
    try {
      await this.#answer(request, response);
    } catch (err) {
      this.#options.log.warn({ url: request.url, err }, 'request not answered');
      if (!response.headersSent) response.writeHead(err instanceof TocsinError ? 413 : 500);
      response.end();
    } finally {
      this.#inFlight -= 1;
      if (this.#inFlight === 0) this.#drained();
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? 'GET';
    const url = new URL(request.url ?? '/', `http://${request.headers.host ?? `127.0.0.1:${this.port}`}`);
    const found = this.#find(method, url.pathname);
    if (found === null) {
      response.writeHead(404).end();
      return;
    }
    const { endpoint, params } = found;
    if (endpoint.needsKey && !bringsKey(this.#options.key, header(request, 'x-functions-key'), url.searchParams)) {
      response.writeHead(401).end();
      return;
    }
    const input = httpInput(method, url, request.headers, params, await readBody(request));
    const outcome = await this.#options.invoker.invoke(endpoint.fn, input);
    if (outcome.ok) writeResponse(response, outcome.response.returnValue?.http);
    else response.writeHead(500).end();
  }

  #find(method: string, path: string) {
    for (const endpoint of this.#endpoints) {
      if (!endpoint.methods.includes(method)) continue;
      const params = endpoint.route.match(path);
      if (params !== null) return { endpoint, params };
    }
    return null;
  }
}

function endpointOf({ fn, binding }: Runnable, routePrefix: string): Endpoint {
  const route = String(binding.route ?? fn.metadata.name);
  const methods = (binding.methods as readonly string[] | undefined) ?? ['GET', 'POST'];
  return {
    fn,
    binding,
    route: parseRoute(`${routePrefix}/${route}`),
    methods: methods.map((method) => method.toUpperCase()),
    needsKey: String(binding.authLevel ?? 'function').toLowerCase() !== 'anonymous',
  };
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

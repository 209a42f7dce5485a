import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly method: string;
  /** Path and query as they came. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON unless it is a text. */
  readonly body?: unknown;
}

export interface LoopbackServer {
  readonly url: string;
  readonly asked: readonly Asked[];
  stop(): Promise<void>;
}

/** An HTTP server on 127.0.0.1 that answers as the script says and keeps what it was asked. */
export async function serve(script: (asked: Asked, index: number) => Answer): Promise<LoopbackServer> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const one = await readRequest(request);
    asked.push(one);
    const { status, headers = {}, body } = script(one, asked.length - 1);
    const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
    response.writeHead(status, { ...(typeof body === 'object' && { 'content-type': 'application/json' }), ...headers });
    response.end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readRequest(request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const url = new URL(`http://loopback${request.url?.replace(/^\/+/, '/')}`);
  return { method: request.method ?? '', url, headers: request.headers, body: Buffer.concat(chunks).toString('utf8') };
}

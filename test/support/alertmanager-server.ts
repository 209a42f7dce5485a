import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { type AlertmanagerDeps, answerAlertmanager } from '../../src/app/alertmanager.ts';

export interface AlertmanagerServer {
  readonly url: string;
  close(): Promise<void>;
}

/** `/api/v2` over given stores, on a free port of 127.0.0.1. `onAsked` gets the path with the query. */
export async function serveAlertmanager(
  deps: AlertmanagerDeps,
  onAsked: (method: string, path: string, body: string) => void = () => undefined,
): Promise<AlertmanagerServer> {
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const headers = new Headers(Object.entries(request.headers).map(([name, value]): [string, string] => [name, String(value)]));
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const text = Buffer.concat(chunks);
    onAsked(request.method ?? '', request.url ?? '', text.toString('utf8'));
    const call = { method: request.method ?? 'GET', url, headers, body: Readable.from([text]) };
    const reply = await answerAlertmanager(url.pathname.replace(/^\/api\/v2\//, ''), call, deps);
    response.writeHead(reply.status, reply.headers).end(reply.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

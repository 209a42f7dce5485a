import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ConsoleDeps, consolePage } from '../../src/app/console.ts';

export interface ConsoleServer {
  readonly url: string;
  close(): Promise<void>;
}

/** The console over given stores, on a free port of 127.0.0.1. */
export async function serveConsole(deps: ConsoleDeps): Promise<ConsoleServer> {
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    const { status, headers, body } = await consolePage(pathname, searchParams, request.headers.accept ?? '', deps);
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.closeAllConnections();
        server.close((error) => (error ? reject(error) : resolve()));
      }),
  };
}

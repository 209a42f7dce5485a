import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import type { AccessSettings } from '../../src/app/access.ts';
import { answerConsole, type ConsoleVisitDeps } from '../../src/app/console-visit.ts';
import { createRate } from '../../src/app/rate.ts';
import type { Estate } from './fixtures/estate.ts';

export interface ConsoleServer {
  readonly url: string;
  close(): Promise<void>;
}

export const OPEN_ACCESS: AccessSettings = {
  consoleAccess: 'open',
  authenticationEnabled: false,
  consoleUrl: 'https://tocsin.test',
  apiKeys: [],
  roles: { admin: ['Tocsin.Admin'], responder: ['Tocsin.Responder'], reader: [] },
};

/** What the console needs, over an estate's stores. */
export function visitDeps(estate: Estate, access: AccessSettings = OPEN_ACCESS): ConsoleVisitDeps {
  const { alerts, audit, clock, silenceStore } = estate;
  return {
    pages: estate,
    acks: { alerts, audit, clock },
    silences: { silences: silenceStore, declared: [], audit, clock },
    secret: { get: async () => 'the signing secret' },
    access,
    rate: createRate({ perMinute: 600, burst: 600 }, { perMinute: 600, burst: 600 }),
  };
}

/** The console over an estate, on a free port of 127.0.0.1; open to anybody. */
export async function serveConsole(estate: Estate): Promise<ConsoleServer> {
  const deps = visitDeps(estate);
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
    const headers = new Headers(Object.entries(request.headers).map(([name, value]): [string, string] => [name, String(value)]));
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Readable.from([Buffer.concat(chunks)]);
    const reply = await answerConsole({ method: request.method ?? 'GET', url, headers, body }, deps);
    response.writeHead(reply.status, reply.headers).end(reply.body);
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

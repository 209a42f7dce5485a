import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import type { SinkAnswer } from './otlp-sink.ts';

/** A request as a sink of any kind reads it. */
export interface Received {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** After decompression. */
  readonly text: string;
  readonly bytes: number;
  readonly index: number;
}

export interface HttpSinkServer {
  readonly url: string;
  readonly requests: readonly Received[];
  /** Those that were answered with success, or taken before the answer was lost. */
  readonly taken: readonly Received[];
  stop(): Promise<void>;
}

/** A receiver on 127.0.0.1 that answers as the script says; without one, success. */
export async function httpSink(
  script: (request: Received) => SinkAnswer & { readonly takes?: boolean } = () => ({}),
): Promise<HttpSinkServer> {
  const requests: Received[] = [];
  const taken: Received[] = [];
  const server = createServer(async (incoming, response) => {
    const request = await read(incoming, requests.length);
    requests.push(request);
    const { status = 200, headers = {}, body = '', reset = false, hang = false, takes } = script(request);
    if (takes ?? (status < 300 && !reset && !hang)) taken.push(request);
    if (reset) incoming.socket.destroy();
    if (reset || hang) return;
    response.writeHead(status, headers);
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    taken,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function read(incoming: IncomingMessage, index: number): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const plain = incoming.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
  return { path: incoming.url ?? '', headers: incoming.headers, text: plain.toString('utf8'), bytes: plain.length, index };
}

import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** What every sink reads of a request. */
export interface Sent {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Of the request before compression. */
  readonly bytes: number;
  readonly index: number;
}

export interface SinkAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  /** Ends the connection without an answer after the body was read. */
  readonly reset?: boolean;
  /** Never answers. */
  readonly hang?: boolean;
  /** Whether the sink keeps what it was sent; absent: when it answers with success. */
  readonly takes?: boolean;
}

export interface ScriptedSink<Request> {
  readonly url: string;
  readonly requests: readonly Request[];
  /** Those that the sink kept. */
  readonly taken: readonly Request[];
  stop(): Promise<void>;
}

/** A receiver on 127.0.0.1 that reads requests its own way and answers as the script says; without one, success. */
export async function scriptedSink<Request extends Sent>(
  read: (sent: Sent, plain: Buffer) => Request,
  script: (request: Request) => SinkAnswer = () => ({}),
): Promise<ScriptedSink<Request>> {
  const requests: Request[] = [];
  const taken: Request[] = [];
  const server = createServer(async (incoming, response) => {
    const plain = await plainBody(incoming);
    const sent = { path: incoming.url ?? '', headers: incoming.headers, bytes: plain.length, index: requests.length };
    const request = read(sent, plain);
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

async function plainBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  return incoming.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
}

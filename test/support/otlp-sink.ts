import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { decodeOtlpLogs, decodeOtlpMetrics, type OtlpLogRecord, type OtlpPoint } from './otlp.ts';

/** A request as the sink read it. */
export interface SinkRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly logs: readonly OtlpLogRecord[];
  readonly points: readonly OtlpPoint[];
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
}

export interface OtlpSinkServer {
  readonly url: string;
  readonly requests: readonly SinkRequest[];
  /** Log records of requests that were answered with success. */
  readonly logs: readonly OtlpLogRecord[];
  readonly points: readonly OtlpPoint[];
  stop(): Promise<void>;
}

/** An OTLP/HTTP receiver on 127.0.0.1 that decodes what it gets and answers as the script says; without one, success. */
export async function otlpSink(script: (request: SinkRequest) => SinkAnswer = () => ({})): Promise<OtlpSinkServer> {
  const requests: SinkRequest[] = [];
  const logs: OtlpLogRecord[] = [];
  const points: OtlpPoint[] = [];
  const server = createServer(async (incoming, response) => {
    const request = await readRequest(incoming, requests.length);
    requests.push(request);
    const { status = 200, headers = {}, body = '', reset = false, hang = false } = script(request);
    if (reset) incoming.socket.destroy();
    if (reset || hang) return;
    if (status < 300) {
      logs.push(...request.logs);
      points.push(...request.points);
    }
    response.writeHead(status, headers);
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    logs,
    points,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readRequest(incoming: IncomingMessage, index: number): Promise<SinkRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const plain = incoming.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
  const path = incoming.url ?? '';
  return {
    path,
    headers: incoming.headers,
    logs: path.endsWith('/v1/logs') ? decodeOtlpLogs(plain) : [],
    points: path.endsWith('/v1/metrics') ? decodeOtlpMetrics(plain) : [],
    bytes: plain.length,
    index,
  };
}

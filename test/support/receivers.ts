import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { decodeOtlpLogs } from './otlp.ts';

export const SECRET = `whsec_${Buffer.from('a test secret of thirty-two byte').toString('base64')}`;

export interface WebhookAlert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly fingerprint: string;
  readonly startsAt: string;
  readonly response?: { readonly action: string };
}

export interface GotWebhook {
  readonly id: string;
  readonly body: { readonly alerts: readonly WebhookAlert[]; readonly digest?: unknown; readonly groupKey: string };
  readonly raw: string;
}

async function serve(
  handle: (path: string, headers: Record<string, string>, body: Buffer) => number,
): Promise<{ url: string; server: Server; down: () => void; up: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      response
        .writeHead(handle(request.url ?? '', headers, Buffer.concat(chunks)), { 'content-type': 'application/json' })
        .end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    server,
    down: () => {
      server.close();
      server.closeAllConnections();
    },
    up: () => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve)),
  };
}

/** A webhook receiver of another make: signatures are verified by the standard's own package. */
export async function webhookReceiver(status: () => number = () => 200) {
  const got: GotWebhook[] = [];
  const bad: string[] = [];
  const verifier = new Webhook(SECRET);
  const { url, server } = await serve((_path, headers, body) => {
    const answer = status();
    if (answer !== 200) return answer;
    try {
      const parsed = verifier.verify(body.toString(), headers) as GotWebhook['body'];
      got.push({ id: headers['webhook-id'] ?? '', body: parsed, raw: body.toString() });
      return 200;
    } catch (error) {
      bad.push(String(error));
      return 401;
    }
  });
  return { url: `${url}/hook`, got, bad, close: () => server.close() };
}

/** An OTLP/HTTP receiver that keeps the ids of the records it took. While it is down, nobody listens on its port. */
export async function otlpReceiver() {
  const ids: string[] = [];
  const correlations: string[] = [];
  const { url, server, down, up } = await serve((path, _headers, body) => {
    if (path === '/v1/logs') {
      for (const record of decodeOtlpLogs(body)) {
        ids.push(String(record.attributes['log.record.uid']));
        correlations.push(String(record.attributes['azure.correlation_id'] ?? ''));
      }
    }
    return 200;
  });
  return { url, ids, correlations, down, up, close: () => server.close() };
}

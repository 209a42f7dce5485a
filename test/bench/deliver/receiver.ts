import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/*
 * A process of its own that takes webhooks and answers at once. Prints its port, then a line for every webhook: when it came (epoch ms
 * with fractions) and how many alerts it told of. Ends with its parent.
 */

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.once('end', () => {
    response.writeHead(204).end();
    const { alerts, truncatedAlerts } = JSON.parse(Buffer.concat(chunks).toString()) as {
      readonly alerts: readonly unknown[];
      readonly truncatedAlerts: number;
    };
    process.stdout.write(`${performance.timeOrigin + performance.now()} ${alerts.length + truncatedAlerts}\n`);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
process.stdin.resume().once('end', () => process.exit(0));

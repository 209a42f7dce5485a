import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/* A process of its own that reads every request to its end and answers at once. Prints its port; ends with its parent. */

const server = createServer((request, response) => {
  request.resume();
  request.once('end', () => response.writeHead(200, { 'content-length': 0 }).end());
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
process.stdin.resume().once('end', () => process.exit(0));

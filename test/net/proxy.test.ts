import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Resolver } from '../../src/net/guarded-lookup.ts';
import { createHttpSender } from '../../src/net/http.ts';
import type { HttpRequest } from '../../src/ports.ts';
import { CERTIFICATE } from './certificate.ts';
import { startReceiver } from './receiver.ts';

const post = (url: string, allowPrivate = false): HttpRequest => ({
  url,
  method: 'POST',
  headers: {},
  body: '{}',
  timeout: 5_000,
  allowPrivate,
});
const to =
  (address: string): Resolver =>
  (_, __, callback) =>
    callback(null, [{ address, family: 4 }]);

const servers: Server[] = [];
const sockets = new Set<Socket>();
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

/** A proxy that connects everything to one port of this machine, and keeps what it was asked for. */
async function startProxy(port: number) {
  const asked: string[] = [];
  const server = createServer();
  server.on('connect', (request, socket: Socket) => {
    asked.push(request.url ?? '');
    const onward = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    for (const each of [socket, onward]) {
      sockets.add(each);
      each.on('error', () => each.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

describe('a proxy', () => {
  it('is asked for the address that was checked, and TLS is with the host that was meant', async () => {
    await using receiver = await startReceiver((_, response) => response.writeHead(202).end(), { secure: true });
    const proxy = await startProxy(receiver.port);
    const sender = createHttpSender({ proxy: proxy.url, resolve: to('20.1.2.3'), ca: CERTIFICATE });
    const answer = await sender.send(post('https://receiver.test/hook'));
    sender.close();
    expect(answer.status).toBe(202);
    expect(proxy.asked).toEqual(['20.1.2.3:443']);
    expect(receiver.received[0]).toMatchObject({ path: '/hook', headers: { host: 'receiver.test' } });
  });

  it('is asked for nothing that may not be sent to', async () => {
    const proxy = await startProxy(1);
    const sender = createHttpSender({ proxy: proxy.url, resolve: to('169.254.169.254') });
    await expect(sender.send(post('https://rebound.test/'))).rejects.toMatchObject({ code: 'TCN-N004' });
    sender.close();
    expect(proxy.asked).toEqual([]);
  });

  it('is not asked for what is inside', async () => {
    await using receiver = await startReceiver((_, response) => response.end());
    const proxy = await startProxy(1);
    const sender = createHttpSender({ proxy: proxy.url });
    expect((await sender.send(post(receiver.url, true))).status).toBe(200);
    sender.close();
    expect(proxy.asked).toEqual([]);
  });
});

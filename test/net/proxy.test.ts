import { describe, expect, it } from 'vitest';
import type { Resolver } from '../../src/net/guarded-lookup.ts';
import { createHttpSender } from '../../src/net/http.ts';
import type { HttpRequest } from '../../src/ports.ts';
import { CERTIFICATE } from './certificate.ts';
import { startProxy } from './proxy.ts';
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

describe('a proxy', () => {
  it('is asked for the address that was checked, and TLS is with the host that was meant', async () => {
    await using receiver = await startReceiver((_, response) => response.writeHead(202).end(), { secure: true });
    await using proxy = await startProxy(receiver.port);
    const sender = createHttpSender({ proxy: proxy.url, resolve: to('20.1.2.3'), ca: CERTIFICATE });
    const answer = await sender.send(post('https://receiver.test/hook'));
    sender.close();
    expect(answer.status).toBe(202);
    expect(proxy.asked).toEqual(['20.1.2.3:443']);
    expect(receiver.received[0]).toMatchObject({ path: '/hook', headers: { host: 'receiver.test' } });
  });

  it('is asked for nothing that may not be sent to', async () => {
    await using proxy = await startProxy(1);
    const sender = createHttpSender({ proxy: proxy.url, resolve: to('169.254.169.254') });
    await expect(sender.send(post('https://rebound.test/'))).rejects.toMatchObject({ code: 'TCN-N004' });
    sender.close();
    expect(proxy.asked).toEqual([]);
  });

  it('is not asked for what is inside', async () => {
    await using receiver = await startReceiver((_, response) => response.end());
    await using proxy = await startProxy(1);
    const sender = createHttpSender({ proxy: proxy.url });
    expect((await sender.send(post(receiver.url, true))).status).toBe(200);
    sender.close();
    expect(proxy.asked).toEqual([]);
  });
});

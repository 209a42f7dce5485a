import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Resolver } from '../../src/net/guarded-lookup.ts';
import { type ClosableHttpSender, createHttpSender } from '../../src/net/http.ts';
import type { HttpRequest } from '../../src/ports.ts';
import { CERTIFICATE } from './certificate.ts';
import { startReceiver } from './receiver.ts';

const post = (url: string, fields: Partial<HttpRequest> = {}): HttpRequest => ({
  url,
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: '{}',
  timeout: 10_000,
  allowPrivate: true,
  ...fields,
});
const coded = (code: string) => expect.objectContaining({ code });
const always =
  (...addresses: string[]): Resolver =>
  (_, __, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );

let sender: ClosableHttpSender;
beforeEach(() => {
  sender = createHttpSender({ ca: CERTIFICATE });
});
afterEach(() => sender.close());

describe('an exchange', () => {
  it('carries method, path, headers and body, and gives back status, headers and body', async () => {
    await using receiver = await startReceiver((_, response) => response.writeHead(202, { 'x-said': 'yes' }).end('thanks'));
    const answer = await sender.send(post(`${receiver.url}/hook?token=t`, { body: '{"ü":1}' }));
    expect(answer).toMatchObject({ status: 202, body: 'thanks', headers: { 'x-said': 'yes' } });
    expect(receiver.received).toMatchObject([
      {
        method: 'POST',
        path: '/hook?token=t',
        body: '{"ü":1}',
        headers: { 'content-length': '8', 'content-type': 'application/json' },
      },
    ]);
  });

  it('keeps its connection for the next one', async () => {
    await using receiver = await startReceiver((_, response) => response.end('ok'));
    for (let round = 0; round < 3; round++) await sender.send(post(receiver.url));
    expect(receiver.connections).toBe(1);
  });

  it('signs so that the reference library accepts it', async () => {
    await using receiver = await startReceiver((_, response) => response.end());
    const secret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
    await sender.send(post(receiver.url, { body: '{"a":1}', sign: { id: 'msg_1', at: Date.now(), secret } }));
    const [request] = receiver.received;
    expect(new Webhook(secret).verify(request?.body ?? '', request?.headers as Record<string, string>)).toEqual({ a: 1 });
    expect(request?.headers['webhook-id']).toBe('msg_1');
  });

  it('speaks TLS to an address that is allowed, and checks the certificate', async () => {
    await using receiver = await startReceiver((_, response) => response.end('safe'), { secure: true });
    expect(await sender.send(post(receiver.url))).toMatchObject({ status: 200, body: 'safe' });
    const distrustful = createHttpSender();
    await expect(distrustful.send(post(receiver.url))).rejects.toThrow(coded('TCN-N003'));
    distrustful.close();
  });

  it('takes every status for an answer', async () => {
    await using receiver = await startReceiver((_, response) => response.writeHead(500).end());
    expect(await sender.send(post(receiver.url))).toMatchObject({ status: 500 });
  });

  it('does not follow a redirect', async () => {
    await using inner = await startReceiver((_, response) => response.end());
    await using outer = await startReceiver((_, response) => response.writeHead(307, { location: inner.url }).end());
    expect(await sender.send(post(outer.url))).toMatchObject({ status: 307 });
    expect(inner.received).toHaveLength(0);
  });

  it('says how long to wait, by the clock of the other side', async () => {
    const headers = { date: 'Sat, 21 Nov 2020 08:00:00 GMT', 'retry-after': 'Sat, 21 Nov 2020 08:02:00 GMT' };
    await using receiver = await startReceiver((_, response) => response.writeHead(429, headers).end());
    expect(await sender.send(post(receiver.url))).toMatchObject({ status: 429, retryAfter: 120_000 });
  });

  it('reads at most 64 KiB of the answer', async () => {
    await using receiver = await startReceiver((_, response) => response.end('x'.repeat(5 * 1024 * 1024)));
    const answer = await sender.send(post(receiver.url));
    expect(answer.status).toBe(200);
    expect(answer.body).toHaveLength(64 * 1024);
  });
});

describe('a receiver that misbehaves', () => {
  it('and never answers is left when the time is over', async () => {
    await using receiver = await startReceiver(() => {});
    await expect(sender.send(post(receiver.url, { timeout: 100 }))).rejects.toThrow(coded('TCN-N003'));
  });

  it('and answers drop by drop has answered with its status once it sent that', async () => {
    await using receiver = await startReceiver((_, response) => {
      response.writeHead(200).write('slow');
    });
    expect(await sender.send(post(receiver.url, { timeout: 200 }))).toMatchObject({ status: 200, body: 'slow' });
  });

  it('and cuts the connection after the status has answered', async () => {
    await using receiver = await startReceiver((_, response, socket) => {
      response.writeHead(200, { 'content-length': '100' }).write('part', () => socket.end());
    });
    expect(await sender.send(post(receiver.url))).toMatchObject({ status: 200, body: 'part' });
  });

  it('and resets the connection instead of an answer was not reached', async () => {
    await using receiver = await startReceiver((_, __, socket) => socket.resetAndDestroy());
    await expect(sender.send(post(receiver.url))).rejects.toThrow(coded('TCN-N003'));
  });

  it('and does not listen was not reached', async () => {
    const receiver = await startReceiver(() => {});
    await receiver[Symbol.asyncDispose]();
    await expect(sender.send(post(receiver.url))).rejects.toThrow(coded('TCN-N003'));
  });

  it('is not waited for once the caller gives up', async () => {
    await using receiver = await startReceiver(() => controller.abort());
    const controller = new AbortController();
    await expect(sender.send(post(receiver.url), { signal: controller.signal })).rejects.toThrow(coded('TCN-N003'));
    await expect(sender.send(post(receiver.url), { signal: AbortSignal.abort() })).rejects.toThrow(coded('TCN-N003'));
    expect(receiver.received).toHaveLength(1);
  });

  it('stands in errors without path, query or password', async () => {
    await using receiver = await startReceiver((_, __, socket) => socket.destroy());
    const url = `http://user:secret1@127.0.0.1:${receiver.port}/secret2?secret3`;
    await expect(sender.send(post(url))).rejects.toThrow(
      expect.objectContaining({
        message: expect.not.stringMatching(/secret\d/),
        detail: expect.stringContaining('http://127.0.0.1'),
      }),
    );
  });
});

describe('an address that may not be sent to', () => {
  it.each([
    'https://127.0.0.1',
    'https://127.1',
    'https://0x7f.1',
    'https://2130706433',
    'https://0177.0.0.1',
    'https://[::1]',
    'https://[::ffff:127.0.0.1]',
    'https://10.0.0.1',
    'https://169.254.169.254/metadata/instance',
    'https://[fe80::1]',
    'https://0.0.0.0',
    'https://localhost',
  ])('%s is refused', async (url) => {
    await expect(sender.send(post(url, { allowPrivate: false }))).rejects.toThrow(coded('TCN-N004'));
  });

  it.each(['http://1.1.1.1', 'http://127.0.0.1', 'ftp://example.com', 'file:///etc/passwd', 'nonsense', ''])(
    '%j is not https and is refused',
    async (url) => {
      await expect(sender.send(post(url, { allowPrivate: false }))).rejects.toThrow(coded('TCN-N004'));
    },
  );

  it.each(['https://169.254.169.254', 'http://169.254.169.254', 'http://168.63.129.16', 'http://0.0.0.0', 'http://1.1.1.1'])(
    '%s is refused even where private ones are allowed',
    async (url) => {
      await expect(sender.send(post(url))).rejects.toThrow(coded('TCN-N004'));
    },
  );

  it('is refused behind a name', async () => {
    for (const address of ['127.0.0.1', '169.254.169.254', '::1', '::ffff:10.0.0.1', '100.64.0.1']) {
      const guarded = createHttpSender({ resolve: always(address) });
      await expect(guarded.send(post('https://receiver.test', { allowPrivate: false }))).rejects.toThrow(coded('TCN-N004'));
      guarded.close();
    }
  });

  it('is passed over where a name also has another', async () => {
    await using receiver = await startReceiver((_, response) => response.end('inside'));
    const guarded = createHttpSender({ resolve: always('169.254.169.254', '127.0.0.1') });
    expect(await guarded.send(post(`http://receiver.test:${receiver.port}`))).toMatchObject({ body: 'inside' });
    guarded.close();
  });

  it('is refused when the name changes its mind between two calls', async () => {
    await using receiver = await startReceiver((_, response) => response.writeHead(200, { connection: 'close' }).end());
    const answers = ['127.0.0.1', '169.254.169.254'];
    const rebinding: Resolver = (hostname, options, callback) => always(answers.shift() ?? '')(hostname, options, callback);
    const guarded = createHttpSender({ resolve: rebinding });
    const request = post(`http://receiver.test:${receiver.port}`);
    expect(await guarded.send(request)).toMatchObject({ status: 200 });
    await expect(guarded.send(request)).rejects.toThrow(coded('TCN-N004'));
    guarded.close();
  });

  it('is not reached through a connection that was opened where it was allowed', async () => {
    await using receiver = await startReceiver((_, response) => response.end(), { secure: true });
    const guarded = createHttpSender({ ca: CERTIFICATE, resolve: always('127.0.0.1') });
    const url = `https://receiver.test:${receiver.port}`;
    expect(await guarded.send(post(url))).toMatchObject({ status: 200 });
    await expect(guarded.send(post(url, { allowPrivate: false }))).rejects.toThrow(coded('TCN-N004'));
    expect(receiver.received).toHaveLength(1);
    guarded.close();
  });

  it('is not hidden by a name that does not resolve', async () => {
    const failing: Resolver = (_, __, callback) => callback(Object.assign(new Error('nowhere'), { code: 'ENOTFOUND' }), []);
    const guarded = createHttpSender({ resolve: failing });
    await expect(guarded.send(post('https://receiver.test'))).rejects.toThrow(coded('TCN-N003'));
    guarded.close();
  });
});

import type { AddressInfo } from 'node:net';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import { createMailSender } from '../../src/net/mail.ts';
import type { MailMessage } from '../../src/ports.ts';
import { CERTIFICATE, PRIVATE_KEY } from './certificate.ts';
import { startProxy } from './proxy.ts';
import { startReceiver } from './receiver.ts';

const MESSAGE: MailMessage = {
  id: 'msg_1',
  from: 'Tocsin <tocsin@example.test>',
  to: ['ops@example.test', 'Zoë <zoe@example.test>'],
  subject: '[FIRING 1] größer · ü',
  text: 'plain ü',
  html: '<p>rich ü</p>',
  thread: 'tocsin-abc',
};
const OPTIONS = { timeout: 5_000, allowPrivate: true };
const coded = (code: string) => expect.objectContaining({ code });

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A real SMTP server on loopback that keeps what it takes. */
async function mailbox(options: SMTPServerOptions = {}) {
  const taken: Buffer[] = [];
  const server = new SMTPServer({
    key: PRIVATE_KEY,
    cert: CERTIFICATE,
    authOptional: true,
    disableReverseLookup: true,
    onData: (stream, _session, callback) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        taken.push(Buffer.concat(chunks));
        callback();
      });
    },
    ...options,
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => server.close(() => resolve())));
  const { port } = server.server.address() as AddressInfo;
  return { port, mails: (): Promise<readonly Email[]> => Promise.all(taken.map((raw) => PostalMime.parse(raw))) };
}

const sender = createMailSender({ ca: CERTIFICATE });

describe('an e-mail', () => {
  it('arrives over TLS in both forms, with its addresses, its id and its thread', async () => {
    const box = await mailbox({ secure: true });
    for (const _ of [1, 2]) await sender.send(`smtps://127.0.0.1:${box.port}`, MESSAGE, OPTIONS);
    const [mail, again] = await box.mails();
    expect(mail).toMatchObject({
      subject: MESSAGE.subject,
      from: { address: 'tocsin@example.test', name: 'Tocsin' },
      to: [{ address: 'ops@example.test' }, { address: 'zoe@example.test', name: 'Zoë' }],
      messageId: '<msg_1@tocsin.invalid>',
      references: '<tocsin-abc@tocsin.invalid>',
    });
    expect(mail?.text?.trim()).toBe('plain ü');
    expect(mail?.html?.trim()).toBe('<p>rich ü</p>');
    expect(again?.messageId).toBe(mail?.messageId);
  });

  it('signs in with the credentials of its address, and gives up where they are refused', async () => {
    const seen: (string | undefined)[] = [];
    const box = await mailbox({
      secure: true,
      authOptional: false,
      onAuth: ({ username, password }, _session, callback) => {
        seen.push(`${username} ${password}`);
        if (password === 'p@ss') callback(null, { user: username });
        else callback(new Error('no'));
      },
    });
    await sender.send(`smtps://user:p%40ss@127.0.0.1:${box.port}`, MESSAGE, OPTIONS);
    expect(seen).toEqual(['user p@ss']);
    await expect(sender.send(`smtps://user:wrong@127.0.0.1:${box.port}`, MESSAGE, OPTIONS)).rejects.toEqual(coded('TCN-N002'));
  });

  it.each([
    [550, 'TCN-N002'],
    [451, 'TCN-N001'],
  ])('that the server answers with %i is %s, and the error names nobody', async (responseCode, code) => {
    const refusal = Object.assign(new Error('ops@example.test is unknown here'), { responseCode });
    const box = await mailbox({ onRcptTo: (_address, _session, callback) => callback(refusal) });
    const error = await sender.send(`smtp://127.0.0.1:${box.port}`, MESSAGE, OPTIONS).catch((thrown: unknown) => thrown);
    expect(error).toEqual(coded(code));
    expect(String(error)).not.toContain('ops@');
  });

  it('waits no longer than it may for a server that says nothing', async () => {
    const box = await mailbox({ onConnect: () => {} });
    await expect(sender.send(`smtp://127.0.0.1:${box.port}`, MESSAGE, { ...OPTIONS, timeout: 50 })).rejects.toEqual(
      coded('TCN-N003'),
    );
  });

  it('goes to no address that is not allowed, whatever its name resolves to', async () => {
    const rebinding = createMailSender({ resolve: async () => ['169.254.169.254'] });
    await expect(rebinding.send('smtp://mail.test', MESSAGE, OPTIONS)).rejects.toEqual(coded('TCN-N004'));
    await expect(sender.send('smtp://127.0.0.1:25', MESSAGE, { ...OPTIONS, allowPrivate: false })).rejects.toEqual(
      coded('TCN-N004'),
    );
    await expect(sender.send('https://mail.test', MESSAGE, OPTIONS)).rejects.toEqual(coded('TCN-N004'));
  });

  it('goes through a proxy to public addresses: to the one that was checked, with TLS to the server that was meant', async () => {
    const box = await mailbox({ secure: true });
    await using proxy = await startProxy(box.port);
    const outside = createMailSender({ ca: CERTIFICATE, proxy: proxy.url, resolve: async () => ['20.1.2.3'] });
    await outside.send('smtps://receiver.test', MESSAGE, { ...OPTIONS, allowPrivate: false });
    expect(proxy.asked).toEqual(['20.1.2.3:465']);
    expect(await box.mails()).toHaveLength(1);
    await expect(outside.send('smtps://other.test', MESSAGE, OPTIONS)).rejects.toEqual(coded('TCN-N003'));
    await createMailSender({ ca: CERTIFICATE, proxy: proxy.url }).send(`smtps://127.0.0.1:${box.port}`, MESSAGE, OPTIONS);
    expect(proxy.asked).toEqual(['20.1.2.3:465', '20.1.2.3:465']);
  });

  it('is tried again where the proxy refuses', async () => {
    await using refusing = await startReceiver((_, response) => response.writeHead(403).end());
    const outside = createMailSender({ proxy: refusing.url, resolve: async () => ['20.1.2.3'] });
    await expect(outside.send('smtps://receiver.test', MESSAGE, OPTIONS)).rejects.toEqual(coded('TCN-N003'));
  });

  it('is tried again when nobody listens, or the certificate is not trusted', async () => {
    await expect(sender.send('smtp://127.0.0.1:1', MESSAGE, OPTIONS)).rejects.toEqual(coded('TCN-N003'));
    const box = await mailbox({ secure: true });
    await expect(createMailSender().send(`smtps://127.0.0.1:${box.port}`, MESSAGE, OPTIONS)).rejects.toEqual(coded('TCN-N003'));
  });
});

import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { TocsinError } from '../model/errors.ts';
import type { MailMessage, MailSender } from '../ports.ts';
import { reachOf } from './address.ts';

export interface MailSenderOptions {
  /** Instead of the system's resolver. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
  /** PEM certificates to trust besides the system's. */
  readonly ca?: string;
  /** `http(s)://[user:password@]host:port` through which servers at public addresses are reached, by CONNECT. */
  readonly proxy?: string | null;
}

/** Over SMTP by nodemailer, which is loaded by the first message. Addresses are guarded as those of webhooks are. */
export function createMailSender({ resolve = resolved, ca, proxy = null }: MailSenderOptions = {}): MailSender {
  return {
    async send(server, message, { timeout, allowPrivate }) {
      const url = URL.parse(server);
      if (url === null || !/^smtps?:$/.test(url.protocol))
        throw new TocsinError('TCN-N004', 'not an smtp:// or smtps:// address');
      const hostname = url.hostname.replace(/^\[|\]$/g, '');
      const host = await permitted(hostname, allowPrivate, resolve);
      const { createTransport } = await import('nodemailer');
      const secure = url.protocol === 'smtps:';
      const transport = createTransport({
        host,
        port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
        secure,
        ...(proxy !== null && reachOf(host) === 'public' ? { proxy } : {}),
        // Passwords and alerts do not cross a public network in the clear.
        requireTLS: !secure && !allowPrivate,
        ...(url.username === ''
          ? {}
          : { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }),
        tls: { ...(isIP(hostname) === 0 ? { servername: hostname } : {}), ...(ca === undefined ? {} : { ca }) },
        connectionTimeout: timeout,
        greetingTimeout: timeout,
        socketTimeout: timeout,
        dnsTimeout: timeout,
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      const late = AbortSignal.timeout(timeout);
      const expired = new Promise<never>((_, reject) => {
        late.addEventListener('abort', () => reject(new TocsinError('TCN-N003', `${url.host} took longer than ${timeout} ms`)));
      });
      try {
        await Promise.race([transport.sendMail(composed(message)), expired]);
      } catch (thrown) {
        throw mailError(thrown, url.host);
      } finally {
        transport.close();
      }
    },
  };
}

function composed({ id, from, to, subject, text, html, thread }: MailMessage): object {
  const domain = 'tocsin.invalid';
  return {
    from,
    to: [...to],
    subject,
    text,
    html,
    messageId: `<${id}@${domain}>`,
    references: `<${thread}@${domain}>`,
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Tocsin-Id': id },
  };
}

async function permitted(
  host: string,
  allowPrivate: boolean,
  resolve: (host: string) => Promise<readonly string[]>,
): Promise<string> {
  let addresses: readonly string[];
  try {
    addresses = isIP(host) === 0 ? await resolve(host) : [host];
  } catch (cause) {
    throw new TocsinError('TCN-N003', `${host} cannot be resolved`, { cause });
  }
  const found = addresses.find((address) => {
    const reach = reachOf(address);
    return reach === 'public' || (allowPrivate && reach === 'private');
  });
  if (found === undefined) throw new TocsinError('TCN-N004', `${host} is no address that may be sent to`);
  return found;
}

async function resolved(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

/** What the server refused for good (5xx) stays refused; anything else may pass. Its words may name people, so only the code is kept. */
function mailError(thrown: unknown, host: string): TocsinError {
  if (thrown instanceof TocsinError) return thrown;
  const { responseCode, code } = thrown as { readonly responseCode?: number; readonly code?: string };
  if (code === 'EAUTH' && (responseCode ?? 500) >= 500) return new TocsinError('TCN-N002', `${host} refused the credentials`);
  if (responseCode !== undefined && responseCode >= 500) return new TocsinError('TCN-N002', `${host} answered ${responseCode}`);
  if (responseCode !== undefined) return new TocsinError('TCN-N001', `${host} answered ${responseCode}`);
  return new TocsinError('TCN-N003', `${host}: ${code ?? 'connection failed'}`, { cause: thrown });
}

import { createHmac } from 'node:crypto';
import type { HttpRequest } from '../ports.ts';
import { bearer } from './bearer.ts';

const VALID = 3_600;

/**
 * One event to an Event Hub over HTTPS, with a token of the app's identity, or of a shared access policy (`secret` is `policy:key`):
 * https://learn.microsoft.com/rest/api/eventhub/send-event
 */
export function eventHubRequest(
  { url, secret }: { readonly url: string; readonly secret: string },
  delivery: { readonly id: string; readonly at: number; readonly token?: string },
  plain: HttpRequest,
): HttpRequest {
  const base = url.replace(/\/(?:messages)?\/?$/, '');
  return {
    ...plain,
    url: `${base}/messages`,
    headers: {
      ...plain.headers,
      'content-type': 'application/json; charset=utf-8',
      ...(delivery.token === undefined ? { authorization: sharedAccess(base, secret, delivery.at) } : bearer(delivery.token)),
      brokerproperties: JSON.stringify({ MessageId: delivery.id }),
    },
  };
}

function sharedAccess(base: string, secret: string, now: number): string {
  const at = secret.indexOf(':');
  const [policy, key] = [secret.slice(0, at), secret.slice(at + 1)];
  const resource = encodeURIComponent(base.toLowerCase());
  const expiry = Math.floor(now / 1_000) + VALID;
  const signature = createHmac('sha256', key).update(`${resource}\n${expiry}`).digest('base64');
  return `SharedAccessSignature sr=${resource}&sig=${encodeURIComponent(signature)}&se=${expiry}&skn=${policy}`;
}

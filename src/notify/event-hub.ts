import { createHmac } from 'node:crypto';
import type { HttpRequest } from '../ports.ts';

const VALID = 3_600;

/**
 * One event to an Event Hub over HTTPS, with a token of a shared access policy (`secret` is `policy:key`):
 * https://learn.microsoft.com/rest/api/eventhub/send-event
 */
export function eventHubRequest(
  { url, secret }: { readonly url: string; readonly secret: string },
  delivery: { readonly id: string; readonly at: number },
  plain: HttpRequest,
): HttpRequest {
  const at = secret.indexOf(':');
  const [policy, key] = [secret.slice(0, at), secret.slice(at + 1)];
  const base = url.replace(/\/(?:messages)?\/?$/, '');
  const resource = encodeURIComponent(base.toLowerCase());
  const expiry = Math.floor(delivery.at / 1_000) + VALID;
  const signature = createHmac('sha256', key).update(`${resource}\n${expiry}`).digest('base64');
  return {
    ...plain,
    url: `${base}/messages`,
    headers: {
      ...plain.headers,
      'content-type': 'application/json; charset=utf-8',
      authorization: `SharedAccessSignature sr=${resource}&sig=${encodeURIComponent(signature)}&se=${expiry}&skn=${policy}`,
      brokerproperties: JSON.stringify({ MessageId: delivery.id }),
    },
  };
}

import type { Receiver } from '../model/config.ts';
import { SECOND } from '../model/duration.ts';
import type { HttpRequest } from '../ports.ts';

/** Standard Webhooks gives receivers 15 to 30 s; a claim must outlive it. */
export const WEBHOOK_TIMEOUT = 20 * SECOND;

/** One try of one notification: the same id and body every time, signed for the moment `at` (epoch ms by the wall). */
export function webhookRequest(
  receiver: Receiver,
  delivery: { readonly id: string; readonly body: string; readonly at: number },
): HttpRequest {
  return {
    url: receiver.url,
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'Tocsin' },
    body: delivery.body,
    timeout: WEBHOOK_TIMEOUT,
    allowPrivate: receiver.allowPrivate,
    sign: { id: delivery.id, at: delivery.at, secret: receiver.secret },
  };
}

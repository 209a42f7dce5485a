import { createHash, createHmac } from 'node:crypto';
import type { Receiver } from '../model/config.ts';
import type { HttpRequest } from '../ports.ts';
import type { EmailBody } from './email.ts';

const API = '2023-03-31';

/**
 * E-mail through Azure Communication Services, signed with the access key of the resource:
 * https://learn.microsoft.com/rest/api/communication/authentication. `Operation-Id` follows from the delivery, so the service knows a
 * second try for what it is.
 */
export function communicationServicesRequest(
  { url, secret, from = '', to = [] }: Receiver,
  delivery: { readonly id: string; readonly at: number },
  { subject, text, html, thread }: EmailBody,
  plain: HttpRequest,
): HttpRequest {
  const body = JSON.stringify({
    senderAddress: from,
    recipients: { to: to.map((address) => ({ address })) },
    content: { subject, plainText: text, html },
    headers: { 'X-Tocsin-Thread': thread },
  });
  const { host } = new URL(url);
  const path = `/emails:send?api-version=${API}`;
  const date = new Date(delivery.at).toUTCString();
  const digest = createHash('sha256').update(body).digest('base64');
  const signature = createHmac('sha256', Buffer.from(secret, 'base64'))
    .update(`POST\n${path}\n${date};${host};${digest}`)
    .digest('base64');
  return {
    ...plain,
    url: new URL(path, url).href,
    headers: {
      ...plain.headers,
      'operation-id': operationId(delivery.id),
      'x-ms-date': date,
      'x-ms-content-sha256': digest,
      authorization: `HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${signature}`,
    },
    body,
  };
}

/** A UUID that follows from the id of the delivery. */
function operationId(id: string): string {
  const hex = createHash('sha256').update(id).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}

import { createHash, createHmac } from 'node:crypto';
import type { Receiver } from '../model/config.ts';
import type { HttpRequest } from '../ports.ts';
import { bearer } from './bearer.ts';
import type { EmailBody } from './email.ts';

const API = '2023-03-31';

/**
 * E-mail through Azure Communication Services, with a token of the app's identity or signed with the access key of the resource:
 * https://learn.microsoft.com/rest/api/communication/authentication. `Operation-Id` follows from the delivery, so the service knows a
 * second try for what it is.
 */
export function communicationServicesRequest(
  { url, secret, from = '', to = [] }: Receiver,
  delivery: { readonly id: string; readonly at: number; readonly token?: string },
  { subject, text, html, thread }: EmailBody,
  plain: HttpRequest,
): HttpRequest {
  const body = JSON.stringify({
    senderAddress: from,
    recipients: { to: to.map((address) => ({ address })) },
    content: { subject, plainText: text, html },
    headers: { 'X-Tocsin-Thread': thread },
  });
  const path = `/emails:send?api-version=${API}`;
  const { href, host } = new URL(path, url);
  const proof = delivery.token === undefined ? signed(path, host, body, secret, delivery.at) : bearer(delivery.token);
  return { ...plain, url: href, headers: { ...plain.headers, 'operation-id': operationId(delivery.id), ...proof }, body };
}

function signed(path: string, host: string, body: string, key: string, at: number): Readonly<Record<string, string>> {
  const date = new Date(at).toUTCString();
  const digest = createHash('sha256').update(body).digest('base64');
  const signature = createHmac('sha256', Buffer.from(key, 'base64'))
    .update(`POST\n${path}\n${date};${host};${digest}`)
    .digest('base64');
  return {
    'x-ms-date': date,
    'x-ms-content-sha256': digest,
    authorization: `HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${signature}`,
  };
}

/** A UUID that follows from the id of the delivery. */
function operationId(id: string): string {
  const hex = createHash('sha256').update(id).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}

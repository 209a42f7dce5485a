import { createHmac } from 'node:crypto';
import { TocsinError } from '../model/errors.ts';
import type { WebhookSignature } from '../ports.ts';

const PREFIX = 'whsec_';
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const SHORTEST = 24;
const LONGEST = 64;

/**
 * The headers of Standard Webhooks (https://www.standardwebhooks.com) for one try: `webhook-id`, `webhook-timestamp` in seconds, and
 * one `v1` signature per key. Throws TCN-N006 where a key is none; the message never holds it.
 */
export function signatureHeaders(
  { id, at, secret }: WebhookSignature,
  body: string | Uint8Array,
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(at / 1000));
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp };
  const keys = signingKeys(secret);
  if (keys.length === 0) return headers;
  const signatures = keys.map(
    (key) => `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64')}`,
  );
  return { ...headers, 'webhook-signature': signatures.join(' ') };
}

/** The keys in a receiver's `secret`: none in an empty one, several during rotation. */
export function signingKeys(secret: string): readonly Buffer[] {
  return secret
    .split(/\s+/)
    .filter((text) => text !== '')
    .map(signingKey);
}

function signingKey(text: string, index: number): Buffer {
  const which = `key ${index + 1}`;
  if (!text.startsWith(PREFIX)) throw new TocsinError('TCN-N006', `${which} does not begin with ${PREFIX}`);
  const encoded = text.slice(PREFIX.length);
  if (!BASE64.test(encoded)) throw new TocsinError('TCN-N006', `${which} is not base64`);
  const key = Buffer.from(encoded, 'base64');
  if (key.length < SHORTEST || key.length > LONGEST) throw new TocsinError('TCN-N006', `${which} has ${key.length} bytes`);
  return key;
}

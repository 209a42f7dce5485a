import { createHmac } from 'node:crypto';
import { DAY } from '../model/duration.ts';
import { isSameSecret } from './same-secret.ts';

/** What a link that was sent to somebody allows: to acknowledge one episode of one alert, until it expires. */
export interface AckGrant {
  readonly fingerprint: string;
  readonly startsAt: number;
  /** The receiver that it was sent to. */
  readonly receiver: string;
  /** Epoch ms. */
  readonly expiresAt: number;
}

/** The grant as one text for an address: `STARTS.EXPIRES.RECEIVER.SIGNATURE`; the fingerprint stands in the address already. */
export function signGrant(grant: AckGrant, secret: string): string {
  const { startsAt, expiresAt, receiver } = grant;
  return [startsAt.toString(36), expiresAt.toString(36), receiver, signatureOf(grant, secret)].join('.');
}

/** The grant that a text is, for the alert in whose address it stands; `null` where it was not signed so or has expired. */
export function readGrant(text: string, fingerprint: string, secret: string, now: number): AckGrant | null {
  const [starts = '', expires = '', receiver = '', signature = '', ...more] = text.split('.');
  const grant = { fingerprint, startsAt: Number.parseInt(starts, 36), expiresAt: Number.parseInt(expires, 36), receiver };
  if (more.length > 0 || !isSameSecret(signatureOf(grant, secret), signature)) return null;
  return now < grant.expiresAt ? grant : null;
}

/** A token for the forms of one visitor: it is void in the hands of another, and after a day. */
export function formToken(visitor: string, secret: string, now: number): string {
  return formSignature(visitor, secret, Math.floor(now / DAY));
}

export function isFormToken(text: string, visitor: string, secret: string, now: number): boolean {
  const day = Math.floor(now / DAY);
  return isSameSecret(formSignature(visitor, secret, day), text) || isSameSecret(formSignature(visitor, secret, day - 1), text);
}

function formSignature(visitor: string, secret: string, day: number): string {
  return hmac(JSON.stringify(['form', visitor, day]), secret);
}

function signatureOf({ fingerprint, startsAt, receiver, expiresAt }: AckGrant, secret: string): string {
  return hmac(JSON.stringify(['ack', fingerprint, startsAt, receiver, expiresAt]), secret);
}

function hmac(text: string, secret: string): string {
  return createHmac('sha256', secret).update(text).digest('base64url');
}

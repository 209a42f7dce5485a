import type { Actor } from '../model/access.ts';
import { ERRORS, type ErrorCode, TocsinError } from '../model/errors.ts';
import type { Clock } from '../ports.ts';
import type { Rate } from './rate.ts';

/** What an HTTP use case is given. */
export interface HttpCall {
  readonly method: string;
  readonly url: URL;
  readonly headers: { get(name: string): string | null };
  readonly body: AsyncIterable<Uint8Array> | null;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const STATUS: Partial<Record<ErrorCode, number>> = {
  'TCN-H001': 404,
  'TCN-H002': 403,
  'TCN-H003': 400,
  'TCN-H004': 429,
  'TCN-H010': 400,
  'TCN-H011': 409,
  'TCN-H012': 409,
  'TCN-H013': 403,
  'TCN-H014': 403,
  'TCN-H015': 401,
  'TCN-H016': 413,
};

/** An error as RFC 9457 problem details. What is not the caller's fault is 500, or 503 where another try may help. */
export function problemReply(
  code: ErrorCode,
  detail: string,
  { status = statusOf(code), headers = {} }: { readonly status?: number; readonly headers?: HttpReply['headers'] } = {},
): HttpReply {
  const { title, fix } = ERRORS[code];
  return {
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify({ type: 'about:blank', title, status, detail, code, fix }),
  };
}

export function problemOf({ code, detail, retryAfter }: TocsinError): HttpReply {
  return problemReply(code, detail, {
    headers: retryAfter === null ? {} : { 'retry-after': String(Math.ceil(retryAfter / 1_000)) },
  });
}

export function jsonReply(value: unknown, status = 200): HttpReply {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
    body: JSON.stringify(value),
  };
}

/** The body as text; `null` for one of more than `most` bytes, of which no more is read. */
export async function readBody(body: AsyncIterable<Uint8Array> | null, most: number): Promise<string | null> {
  if (body === null) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > most) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The body as JSON, `undefined` where there is none. Throws TCN-H003 for what is not, TCN-H016 for what is too large. */
export async function readJson({ body, headers }: HttpCall, most: number): Promise<unknown> {
  const text = await readBody(body, most);
  if (text === null) throw new TocsinError('TCN-H016', `more than ${most / 1024} KiB`);
  if (text === '') return undefined;
  // A form of another site can send any text but not this type without asking first.
  if (!/^application\/json\b/i.test(headers.get('content-type') ?? '')) {
    throw new TocsinError('TCN-H003', 'the content-type is not application/json');
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new TocsinError('TCN-H003', 'the body is not JSON');
  }
}

/** Throws TCN-H004 for a caller that is above the rate. */
export function mustNotHurry({ name, via }: Actor, { rate, clock }: { readonly rate: Rate; readonly clock: Clock }): void {
  const wait = rate.take(`${via} ${name}`, clock.now());
  if (wait > 0) throw new TocsinError('TCN-H004', `again in ${Math.ceil(wait / 1_000)} s`, { retryAfter: wait });
}

export function statusOf(code: ErrorCode): number {
  return STATUS[code] ?? (ERRORS[code].kind === 'transient' ? 503 : 500);
}

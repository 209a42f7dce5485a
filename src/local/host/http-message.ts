import type { IncomingMessage, ServerResponse } from 'node:http';
import { TocsinError } from '../../model/errors.ts';
import type { TriggerInput } from './invoker.ts';
import { type HttpCookie, type HttpData, json } from './typed-data.ts';

/** What Azure accepts of a request. */
const LARGEST_BODY = 100 * 1024 * 1024;

/** Throws TCN-H003 for a body that is too large. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > LARGEST_BODY) throw new TocsinError('TCN-H003', `more than ${LARGEST_BODY} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** A request as a function gets it. The library itself discards the body of a GET. */
export function httpInput(
  method: string,
  url: URL,
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  params: Readonly<Record<string, string>>,
  body: Buffer,
): TriggerInput {
  const headerValues = Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name.toLowerCase(), String(value)]])),
  );
  const query = joined(url.searchParams);
  return {
    data: {
      http: {
        method,
        url: url.href,
        nullableHeaders: nullable(headerValues),
        nullableParams: nullable(params),
        nullableQuery: nullable(query),
        body: body.byteLength > 0 ? { bytes: body } : null,
      },
    },
    metadata: {
      ...Object.fromEntries(Object.entries(params).map(([name, value]) => [name, { string: value }])),
      Query: json(query),
      Headers: json(headerValues),
    },
  };
}

/** A parameter that is given twice arrives as one, with a comma. */
function joined(query: URLSearchParams): Readonly<Record<string, string>> {
  return Object.fromEntries([...new Set(query.keys())].map((name) => [name, query.getAll(name).join(',')]));
}

function nullable(values: Readonly<Record<string, string>>): NonNullable<HttpData['nullableHeaders']> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));
}

/** Writes what a function returned; nothing at all is 204, as in Azure. */
export function writeResponse(response: ServerResponse, data: HttpData | null | undefined): void {
  if (data === null || data === undefined) {
    response.writeHead(204).end();
    return;
  }
  for (const [name, value] of Object.entries(data.headers ?? {})) response.setHeader(name, value);
  if (data.cookies !== undefined && data.cookies.length > 0) response.setHeader('set-cookie', data.cookies.map(cookieHeader));
  const body = data.body?.bytes ?? data.body?.string ?? '';
  response.writeHead(Number(data.statusCode ?? 200));
  response.end(typeof body === 'string' ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength));
}

function cookieHeader({ name, value, path, domain, secure, httpOnly, sameSite, maxAge }: HttpCookie): string {
  const parts = [`${encodeURIComponent(name)}=${encodeURIComponent(value)}`];
  if (path !== undefined) parts.push(`Path=${path.value}`);
  if (domain !== undefined) parts.push(`Domain=${domain.value}`);
  if (maxAge !== undefined) parts.push(`Max-Age=${maxAge.value}`);
  if (secure?.value) parts.push('Secure');
  if (httpOnly?.value) parts.push('HttpOnly');
  const site = { lax: 'Lax', strict: 'Strict', explicitNone: 'None' }[String(sameSite)];
  if (site !== undefined) parts.push(`SameSite=${site}`);
  return parts.join('; ');
}

import { asTocsinError, ERRORS, type ErrorCode, TocsinError } from '../model/errors.ts';

/** Where `/api` is and with what key; options of the command line go before the environment. */
export interface ApiAddress {
  readonly url: string;
  readonly key: string | null;
}

export const API_OPTIONS = { url: { type: 'string' }, key: { type: 'string' } } as const;

export const API_HELP = `  --url URL       the app, by default TOCSIN_URL or http://127.0.0.1:7071
  --key KEY       an API key, by default TOCSIN_KEY; the local app needs none`;

export function apiAddress(
  values: { readonly url?: string | undefined; readonly key?: string | undefined },
  env: Readonly<Record<string, string | undefined>>,
): ApiAddress {
  const url = values.url ?? env.TOCSIN_URL ?? 'http://127.0.0.1:7071';
  return { url: url.replace(/\/+$/, ''), key: values.key ?? env.TOCSIN_KEY ?? null };
}

/** Asks the app. Throws what it refuses as the coded error that it says, and TCN-N003 where nobody answers. */
export async function askApi({ url, key }: ApiAddress, method: string, path: string, body?: unknown): Promise<unknown> {
  const headers = { accept: 'application/json', ...(key === null ? {} : { 'x-functions-key': key }) };
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  let answer: Response;
  try {
    answer = await fetch(`${url}${path}`, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      redirect: 'manual',
      signal: AbortSignal.timeout(30_000),
      ...sent,
    });
  } catch (cause) {
    throw new TocsinError('TCN-N003', `${url}: ${asTocsinError(cause).detail}`, { cause });
  }
  const text = await answer.text();
  if (answer.ok) return text === '' ? null : JSON.parse(text);
  throw refusal(answer.status, text, url);
}

function refusal(status: number, text: string, url: string): TocsinError {
  try {
    const { code, detail } = JSON.parse(text) as { readonly code?: string; readonly detail?: string };
    if (code !== undefined && Object.hasOwn(ERRORS, code)) return new TocsinError(code as ErrorCode, detail ?? '');
  } catch {
    // Not ours: a proxy, or App Service authentication in front of the app.
  }
  return new TocsinError(status === 401 || status === 403 ? 'TCN-H002' : 'TCN-N003', `${url} answered HTTP ${status}`);
}

import type { HttpClient, Pipeline } from '@azure/core-rest-pipeline';
import { TocsinError } from '../model/errors.ts';
import type { CallOptions } from '../ports.ts';
import type { AzureAccess } from './loopback.ts';
import { monitorError } from './sdk-errors.ts';

const ORIGIN = 'https://management.azure.com';
const SCOPE = `${ORIGIN}/.default`;
/** A list that goes on longer than this does not end. */
const MOST_PAGES = 1_000;

/** Reads of Azure Resource Manager. */
export interface Arm {
  /** Every item of a list, page by page. `path` begins with a slash and carries its query string. */
  list(path: string, options?: CallOptions): Promise<readonly unknown[]>;
}

interface Page {
  readonly value: readonly unknown[];
  readonly nextLink?: string;
}

export function createArm(access: AzureAccess): Arm {
  let loading: Promise<(url: string, options?: CallOptions) => Promise<Page>> | undefined;
  return {
    list: async (path, options) => {
      loading ??= load(access);
      const page = await loading;
      const items: unknown[] = [];
      let url: string | undefined = ORIGIN + path;
      for (let pages = 0; url !== undefined; pages += 1) {
        if (pages >= MOST_PAGES) throw new TocsinError('TCN-A006', `the list ${path} does not end`);
        const { value, nextLink }: Page = await page(url, options);
        items.push(...value);
        url = nextLink === undefined ? undefined : withinArm(nextLink);
      }
      return items;
    },
  };
}

async function load(access: AzureAccess): Promise<(url: string, options?: CallOptions) => Promise<Page>> {
  const rest = await import('@azure/core-rest-pipeline');
  const { httpClient = rest.createDefaultHttpClient(), retryOptions } = await access.clientOptions();
  const pipeline: Pipeline = rest.createPipelineFromOptions({ retryOptions });
  pipeline.addPolicy(rest.bearerTokenAuthenticationPolicy({ credential: access.credential, scopes: SCOPE }));
  return (url, options) => readPage(rest, pipeline, httpClient, url, options);
}

async function readPage(
  rest: typeof import('@azure/core-rest-pipeline'),
  pipeline: Pipeline,
  httpClient: HttpClient,
  url: string,
  options?: CallOptions,
): Promise<Page> {
  const what = `list ${new URL(url).pathname}`;
  try {
    const signal = options?.signal;
    const request = rest.createPipelineRequest({ url, method: 'GET', ...(signal !== undefined && { abortSignal: signal }) });
    request.headers.set('accept', 'application/json');
    const response = await pipeline.sendRequest(httpClient, request);
    if (response.status >= 300) {
      const { code = '', message = '' } = errorOf(response.bodyAsText);
      throw new rest.RestError(message, { code, statusCode: response.status, request, response });
    }
    return pageOf(response.bodyAsText, what);
  } catch (thrown) {
    throw monitorError(thrown, what);
  }
}

/** The token goes to Azure Resource Manager only, wherever a link points. */
function withinArm(link: string): string {
  const url = new URL(link, ORIGIN);
  return ORIGIN + url.pathname + url.search;
}

function pageOf(text: string | null | undefined, what: string): Page {
  const page = parsed(text) as Partial<Page> | null;
  if (!Array.isArray(page?.value)) throw new TocsinError('TCN-A007', what);
  return { value: page.value, ...(typeof page.nextLink === 'string' && page.nextLink !== '' && { nextLink: page.nextLink }) };
}

function errorOf(text: string | null | undefined): { code?: string; message?: string } {
  return (parsed(text) as { error?: { code?: string; message?: string } } | null)?.error ?? {};
}

/** `null` for what is not JSON: a proxy's page, or nothing. */
function parsed(text: string | null | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return null;
  }
}

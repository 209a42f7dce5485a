/** A request as the handlers see it. */
export interface MonitorRequest {
  readonly method: string;
  /** Percent-decoded, one slash at its beginning. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The host that the client meant, e.g. `swedencentral.metrics.monitor.azure.com`; the stand-in's own where it was not told. */
  readonly host: string;
  /** Scheme and host of links to further pages. */
  readonly origin: string;
}

export interface MonitorAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What a service answers instead of data. Thrown by handlers; each service wraps it in its own way. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly status: number;
  readonly body: object;
  constructor(status: number, body: object) {
    super(JSON.stringify(body));
    this.status = status;
    this.body = body;
  }
}

export function json(value: unknown, status = 200): MonitorAnswer {
  return { status, headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(value) };
}

/** Azure Resource Manager's and the metrics batch API's form of an error. */
export function wrapped(status: number, code: string, message: string): ServiceError {
  return new ServiceError(status, { error: { code, message } });
}

/** The form of the metrics and diagnostic settings of Azure Resource Manager. */
export function bare(status: number, code: string, message: string): ServiceError {
  return new ServiceError(status, { code, message });
}

export function parseBody(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}

/** The page of a list that `$skiptoken` asks for, with a link to the next one on the host that the client meant. */
export function page<Item>(
  items: readonly Item[],
  request: MonitorRequest,
  size: number,
): { value: readonly Item[]; nextLink?: string } {
  const token = [...request.query].find(([name]) => name.toLowerCase() === '$skiptoken')?.[1];
  const from = token === undefined ? 0 : Number(token);
  const value = items.slice(from, from + size);
  if (from + size >= items.length) return { value };
  const next = new URLSearchParams([...request.query].filter(([name]) => name.toLowerCase() !== '$skiptoken'));
  next.set('$skiptoken', String(from + size));
  return { value, nextLink: `${request.origin}${encodeURI(request.path)}?${next}` };
}

import { type ErrorCode, TocsinError } from '../model/errors.ts';

/** What Azure's clients throw, as far as we read it: `RestError` of core-rest-pipeline, and errors of the socket beneath. */
interface SdkError {
  readonly name: string;
  readonly message: string;
  readonly code: string;
  readonly status: number | null;
  readonly retryAfter: number | undefined;
}

/**
 * A failed call to Azure Monitor or Azure Resource Manager as a coded error; `what` names the call. What the caller itself aborted is
 * given back as it is.
 */
export function monitorError(thrown: unknown, what: string): unknown {
  return coded(thrown, what, monitorCode);
}

/**
 * A failed call to tables, queues or blobs as a coded error. A write that is answered by 500 counts as refused: it is all that Azurite
 * says of a full disk.
 */
export function storageError(thrown: unknown, what: string, call: 'read' | 'write'): unknown {
  return coded(thrown, what, (error) => (call === 'write' && error.status === 500 ? 'TCN-S003' : storageCode(error)));
}

/** The HTTP status of what was thrown, `null` where nothing answered. */
export function statusOf(thrown: unknown): number | null {
  return read(thrown).status;
}

/** The service's own code (`BlobNotFound`, …) or the socket's (`ECONNREFUSED`), `''` when there is none. */
export function codeOf(thrown: unknown): string {
  return read(thrown).code;
}

/** A text of Azure's without keys, signatures, tokens or query strings, in one line of at most 300 characters. */
export function redact(text: string): string {
  return text
    .replace(/(https?:\/\/[^\s?"']+)\?[^\s"']*/gi, '$1?…')
    .replace(/\b(AccountKey|SharedAccessKey|SharedAccessSignature|sig|code|client_secret|password)=[^;&\s"']*/gi, '$1=…')
    .replace(/\b(Bearer|SharedKey(?:Lite)?|SharedAccessSignature)\s+[^\s"']+/gi, '$1 …')
    .replace(/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, '…')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 300);
}

function coded(thrown: unknown, what: string, codeFor: (error: SdkError) => ErrorCode): unknown {
  if (thrown instanceof TocsinError) return thrown;
  const error = read(thrown);
  if (error.name === 'AbortError') return thrown;
  const parts = [error.status === null ? '' : `HTTP ${error.status}`, error.code, redact(error.message)].filter(
    (part) => part !== '',
  );
  const details = {
    cause: withoutSecrets(error, thrown),
    ...(error.retryAfter !== undefined && { retryAfter: error.retryAfter }),
  };
  return new TocsinError(codeFor(error), `${what}: ${parts.join(' ')}`, details);
}

function monitorCode({ name, status, code }: SdkError): ErrorCode {
  if (status === 401 || status === 403) return 'TCN-A003';
  if (status === 404) return 'TCN-A004';
  if (status === 429 || status === 529) return 'TCN-A001';
  if (status === 408 || status === 504) return 'TCN-A008';
  if (status !== null && status >= 400 && status < 500) return 'TCN-A005';
  if (status !== null && status >= 500) return 'TCN-A002';
  if (isIdentityError(name) && !isSocketCode(code)) return 'TCN-A003';
  return isSocketCode(code) || code === 'REQUEST_SEND_ERROR' ? 'TCN-A002' : 'TCN-X001';
}

function storageCode({ name, status, code, message }: SdkError): ErrorCode {
  if (status === 401 || status === 403) return 'TCN-A003';
  if (status === 413 || status === 507 || /ENOSPC|no space left|insufficient|quota/i.test(`${code} ${message}`))
    return 'TCN-S003';
  if (status !== null) return status === 400 ? 'TCN-X001' : 'TCN-S001';
  if (isIdentityError(name) && !isSocketCode(code)) return 'TCN-A003';
  return isSocketCode(code) || code === 'REQUEST_SEND_ERROR' ? 'TCN-S001' : 'TCN-X001';
}

function isIdentityError(name: string): boolean {
  return name === 'CredentialUnavailableError' || name === 'AuthenticationError' || name === 'AggregateAuthenticationError';
}

function isSocketCode(code: string): boolean {
  return /^E[A-Z_]{3,}$|^UND_ERR|^ERR_(TLS|SSL|SOCKET|STREAM)|CERT/.test(code);
}

function read(thrown: unknown): SdkError {
  const error = (typeof thrown === 'object' && thrown !== null ? thrown : { message: String(thrown) }) as Record<string, unknown>;
  const response = (error.response ?? error.errorResponse) as { headers?: unknown } | undefined;
  return {
    name: text(error.name),
    message: ownWords(text(error.message)),
    code: text(error.code) || text((error.details as Record<string, unknown> | undefined)?.errorCode),
    status: typeof error.statusCode === 'number' ? error.statusCode : null,
    retryAfter: retryAfter(response?.headers),
  };
}

/** Some clients give the whole body as message, and storage ends every message with ids and a time. */
function ownWords(message: string): string {
  const xml = /<Message>([^<]*)/.exec(message)?.[1];
  const [words = ''] = (xml ?? message).split(/\r?\n(?:RequestId|Time):/);
  if (!words.startsWith('{')) return words;
  const value = /"(?:value|message)":"((?:[^"\\]|\\.)*)"/.exec(message)?.[1];
  return value === undefined ? words : (value.split('\\nRequestId:')[0] ?? value);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Milliseconds; the service speaks of it in any of three headers. */
function retryAfter(headers: unknown): number | undefined {
  const get = (headers as { get?: (name: string) => string | undefined } | undefined)?.get;
  if (typeof get !== 'function') return undefined;
  for (const name of ['retry-after-ms', 'x-ms-retry-after-ms']) {
    const ms = Number(get.call(headers, name) ?? Number.NaN);
    if (Number.isFinite(ms)) return ms;
  }
  const seconds = Number(get.call(headers, 'retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds * 1000 : undefined;
}

/** The error as a cause that may be logged: Azure's own holds the request with its headers. */
function withoutSecrets(error: SdkError, thrown: unknown): Error {
  const cause = new Error(redact(error.message));
  cause.name = error.name || 'Error';
  const stack = thrown instanceof Error ? thrown.stack : undefined;
  const frames = stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? [];
  cause.stack = [`${cause.name}: ${cause.message}`, ...frames].join('\n');
  return cause;
}

/** Of an Event Hubs client: its errors say themselves whether another try may help. */
export function hubError(
  thrown: unknown,
  hub: string,
  codes: { readonly transient: ErrorCode; readonly final: ErrorCode } = { transient: 'TCN-F002', final: 'TCN-F003' },
): unknown {
  if (thrown instanceof TocsinError) return thrown;
  const first: unknown = thrown instanceof AggregateError ? thrown.errors[0] : thrown;
  const { name = '', message = '', retryable } = (first ?? {}) as { name?: string; message?: string; retryable?: boolean };
  const isTransient = retryable === true || name === 'AbortError' || /^(?:ECONN|ENOTFOUND|ETIMEDOUT)/.test(codeOf(first));
  return new TocsinError(isTransient ? codes.transient : codes.final, `hub ${hub}: ${codeOf(first)} ${redact(message)}`.trim());
}

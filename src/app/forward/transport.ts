import { type Later, type Verdict, verdictOf, worthAnotherTry } from '../../forward/sinks/verdict.ts';
import { asTocsinError, TocsinError } from '../../model/errors.ts';
import type { HttpSink, Sink } from '../../model/sink.ts';
import type { HttpAnswer, HttpSender, SinkClients } from '../../ports.ts';
import { uncompress } from './outgoing.ts';

/** `wait` in ms is what the sink asks for, 0 where it does not say; null: another try is in vain. */
export interface Tried {
  readonly verdict: Verdict;
  readonly wait: number | null;
}

export interface TransportDeps {
  readonly http: HttpSender;
  /** Absent where no sink needs them. */
  readonly clients?: SinkClients;
}

/** Answers of `_bulk` tell of every item. */
const LONGEST_BULK_ANSWER = 8 * 1_048_576;

/** Sends a compressed request once. Never throws. */
export async function tryOnce(
  sink: Sink,
  path: string,
  packed: Uint8Array,
  timeout: number,
  deps: TransportDeps,
): Promise<Tried> {
  try {
    if (sink.kind !== 'eventHub' && sink.kind !== 'blob') return await post(sink, path, packed, timeout, deps);
    const { clients } = deps;
    if (clients === undefined) throw new TocsinError('TCN-X001', `no client for sinks of kind ${sink.kind}`);
    const body = await uncompress(packed);
    const options = { signal: AbortSignal.timeout(timeout) };
    if (sink.kind === 'eventHub') await clients.sendToHub(sink, path, body, options);
    else await clients.append(sink, path, body, options);
    return { verdict: { kind: 'taken', rejected: 0, message: '' }, wait: null };
  } catch (thrown) {
    const error = thrown instanceof TocsinError ? thrown : asTocsinError(thrown);
    if (error.code === 'TCN-F005') return { verdict: { kind: 'too large' }, wait: null };
    const isTransient = error.kind === 'transient';
    const verdict: Later = { kind: 'later', code: isTransient ? 'TCN-F002' : 'TCN-F003', detail: error.detail };
    return { verdict, wait: isTransient ? (error.retryAfter ?? 0) : null };
  }
}

async function post(
  sink: HttpSink,
  path: string,
  packed: Uint8Array,
  timeout: number,
  { http, clients }: TransportDeps,
): Promise<Tried> {
  const authorization =
    sink.scope === undefined || clients === undefined ? {} : { authorization: `Bearer ${await clients.token(sink.scope)}` };
  const answer: HttpAnswer = await http.send({
    url: urlOf(sink, path),
    method: 'POST',
    headers: { 'content-type': contentTypeOf(sink), 'content-encoding': 'gzip', ...sink.headers, ...authorization },
    body: packed,
    timeout,
    // Collectors stand in private networks more often than not, and their address is the owner's own configuration.
    allowPrivate: true,
    ...(sink.kind === 'elastic' && { longestAnswer: LONGEST_BULK_ANSWER }),
  });
  const verdict = verdictOf(sink, {
    status: answer.status,
    contentType: answer.headers['content-type'] ?? '',
    body: answer.bytes ?? Buffer.from(answer.body, 'utf8'),
  });
  const asks = verdict.kind === 'partly' || verdict.kind === 'later';
  return { verdict, wait: asks && (answer.status < 300 || worthAnotherTry(answer.status)) ? (answer.retryAfter ?? 0) : null };
}

function urlOf(sink: HttpSink, path: string): string {
  const base = sink.url.trim();
  switch (sink.kind) {
    case 'otlp':
      return `${base.replace(/\/+$/, '')}${path}`;
    case 'hec':
      return withPath(base, '/services/collector/event');
    case 'elastic': {
      const url = withPath(base, '/_bulk');
      return `${url}${url.includes('?') ? '&' : '?'}filter_path=errors,items.*.status,items.*.error`;
    }
    case 'datadog':
      return path === 'metrics' ? sink.metricsUrl : base;
    default:
      return base;
  }
}

/** The URL with its usual path where it names none. */
function withPath(url: string, path: string): string {
  return /^https?:\/\/[^/?#]+\/?$/i.test(url) ? `${url.replace(/\/$/, '')}${path}` : url;
}

function contentTypeOf(sink: HttpSink): string {
  if (sink.kind === 'otlp') return sink.encoding === 'json' ? 'application/json' : 'application/x-protobuf';
  return sink.kind === 'ndjson' || sink.kind === 'elastic' ? 'application/x-ndjson' : 'application/json';
}

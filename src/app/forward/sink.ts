import { gzipSync } from 'node:zlib';
import { readTaken } from '../../forward/otlp/answer.ts';
import { REDACT_ALL } from '../../forward/redact.ts';
import type { OtlpSink, Redaction } from '../../model/config.ts';
import { asTocsinError, type ErrorCode, TocsinError } from '../../model/errors.ts';
import type { Clock, HttpAnswer, HttpSender } from '../../ports.ts';
import type { Outgoing } from './requests.ts';

export interface SinkDeps {
  readonly http: HttpSender;
  readonly clock: Clock;
  /** Epoch ms by `clock.now()` at which this invocation must be over. */
  readonly deadline: number;
  readonly sleep: (ms: number) => Promise<void>;
}

/** What a sink says to a request: how many records it refused of those it took; or that it wants less, or other records, or later. */
export type Verdict =
  | { readonly kind: 'taken'; readonly rejected: number | null; readonly message: string }
  | { readonly kind: 'too large' }
  | { readonly kind: 'refused'; readonly detail: string }
  | { readonly kind: 'later'; readonly code: ErrorCode; readonly detail: string };

export const PROTOBUF = 'application/x-protobuf';
const TRIES = 3;
const FIRST_WAIT = 200;
const LONGEST_REQUEST = 10_000;
const SHORTEST_REQUEST = 1_000;
/** Requests compress to a tenth. Room for all of it at once: every further piece costs as much as four kilobytes. */
const EXPECTED_SHARE = 6;
const LEAST_CHUNK = 4 * 1024;

/**
 * Level 1: higher levels cost more CPU than the bytes they save are worth. In this thread, 3 ms a megabyte: another one would take a
 * tenth more, and functions have one core. The larger hash table saves as much.
 */
export function compress(body: Uint8Array): Buffer {
  const chunkSize = Math.max(LEAST_CHUNK, Math.ceil(body.length / EXPECTED_SHARE));
  return gzipSync(body, { level: 1, memLevel: 9, chunkSize });
}

export function sinkIsOn({ url }: OtlpSink): boolean {
  return url.trim() !== '';
}

/** One sink during one invocation. It counts its requests, and once it has failed it is not asked again: what follows waits as well. */
export class SinkSession {
  readonly sink: OtlpSink;
  requests = 0;
  private readonly deps: SinkDeps;
  private down: (Verdict & { readonly kind: 'later' }) | null = null;

  constructor(sink: OtlpSink, deps: SinkDeps) {
    this.sink = sink;
    this.deps = deps;
  }

  get redact(): Redaction {
    return this.sink.redact ?? REDACT_ALL;
  }

  get failure(): (Verdict & { readonly kind: 'later' }) | null {
    return this.down;
  }

  /** Sends a compressed request, trying again as the sink asks and the deadline allows. */
  async send(path: Outgoing['path'] | string, compressed: Uint8Array): Promise<Verdict> {
    for (let attempt = 1; ; attempt++) {
      if (this.down !== null) return this.down;
      const { verdict, wait } = await this.try(path, compressed);
      if (verdict.kind !== 'later') return verdict;
      const pause = wait === null ? null : Math.max(wait, FIRST_WAIT * 4 ** (attempt - 1));
      const late = pause === null || this.deps.clock.now() + pause + SHORTEST_REQUEST > this.deps.deadline;
      if (attempt >= TRIES || late) {
        this.down = verdict;
        return verdict;
      }
      await this.deps.sleep(pause);
    }
  }

  /** `wait` in ms is what the sink asks for, 0 where it does not say; null: another try is in vain. */
  private async try(path: string, compressed: Uint8Array): Promise<{ readonly verdict: Verdict; readonly wait: number | null }> {
    const left = this.deps.deadline - this.deps.clock.now();
    if (left < SHORTEST_REQUEST) {
      return { verdict: { kind: 'later', code: 'TCN-F002', detail: 'no time left in this invocation' }, wait: null };
    }
    this.requests++;
    let answer: HttpAnswer;
    try {
      answer = await this.deps.http.send({
        url: `${this.sink.url.trim().replace(/\/+$/, '')}${path}`,
        method: 'POST',
        headers: { 'content-type': PROTOBUF, 'content-encoding': 'gzip', ...this.sink.headers },
        body: compressed,
        timeout: Math.min(left, LONGEST_REQUEST),
        // Collectors stand in private networks more often than not, and their address is the owner's own configuration.
        allowPrivate: true,
      });
    } catch (thrown) {
      const error = thrown instanceof TocsinError ? thrown : asTocsinError(thrown);
      const wait = error.kind === 'transient' ? (error.retryAfter ?? 0) : null;
      return { verdict: { kind: 'later', code: 'TCN-F002', detail: error.detail }, wait };
    }
    return { verdict: verdictOf(answer), wait: worthAnotherTry(answer.status) ? (answer.retryAfter ?? 0) : null };
  }
}

/** After https://opentelemetry.io/docs/specs/otlp/#otlphttp-response. A refusal of the sender, not of the records, waits for its mending. */
function verdictOf(answer: HttpAnswer): Verdict {
  const { status, headers, body, bytes } = answer;
  if (status >= 200 && status < 300) {
    return { kind: 'taken', ...readTaken(headers['content-type'] ?? '', bytes ?? Buffer.from(body, 'utf8')) };
  }
  const detail = `HTTP ${status}${body === '' ? '' : `: ${printable(body).slice(0, 300)}`}`;
  if (status === 413) return { kind: 'too large' };
  if (status === 400 || status === 422) return { kind: 'refused', detail };
  return { kind: 'later', code: worthAnotherTry(status) ? 'TCN-F002' : 'TCN-F003', detail };
}

function worthAnotherTry(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500;
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]+/g, ' ').trim();
}

import { promisify } from 'node:util';
import { gzip, gzipSync } from 'node:zlib';
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
const gzipAsync = promisify(gzip);
/** Most requests compress into one piece: every further piece costs a turn of the event loop. */
const CHUNK = 256 * 1024;
/** Up to this size, a third of a millisecond, the way to another thread and back costs more than the work. */
const SMALL = 128 * 1024;

/** Level 1: higher levels cost more CPU than the bytes they save are worth. The larger hash table saves a tenth of it. */
export async function compress(body: Uint8Array): Promise<Buffer> {
  if (body.length <= SMALL) return gzipSync(body, { level: 1, memLevel: 9, chunkSize: SMALL_CHUNK });
  return gzipAsync(body, { level: 1, memLevel: 9, chunkSize: CHUNK });
}

const SMALL_CHUNK = 32 * 1024;

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

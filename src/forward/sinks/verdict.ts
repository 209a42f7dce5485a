import type { ErrorCode } from '../../model/errors.ts';
import type { HttpSink } from '../../model/sink.ts';
import { readTaken } from '../otlp/answer.ts';
import { readBulk } from './elastic.ts';
import { readCollector } from './hec.ts';

/** What a sink says to a request. */
export type Verdict =
  /** How many records it refused of those it took, without saying which; `null`: it did not say how many either. */
  | { readonly kind: 'taken'; readonly rejected: number | null; readonly message: string }
  /** Item by item: those refused for good with the reason, and those to be sent again. The others were taken, some for the second time. */
  | {
      readonly kind: 'partly';
      readonly refused: ReadonlyMap<number, string>;
      readonly again: readonly number[];
      readonly known: number;
      readonly detail: string;
    }
  | { readonly kind: 'too large' }
  /** `item`: the one that it names. */
  | { readonly kind: 'refused'; readonly detail: string; readonly item?: number }
  | Later;

export interface Later {
  readonly kind: 'later';
  readonly code: ErrorCode;
  readonly detail: string;
}

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
}

/**
 * Reads an answer. A refusal of the records (400, 422) is searched for the bad one; one of the sender (401, 403, 404 …) waits for
 * its mending, after https://opentelemetry.io/docs/specs/otlp/#otlphttp-response.
 */
export function verdictOf({ kind }: Pick<HttpSink, 'kind'>, answer: Answer): Verdict {
  const { status, contentType, body } = answer;
  if (status >= 200 && status < 300) {
    if (kind === 'otlp') return { kind: 'taken', ...readTaken(contentType, body) };
    if (kind === 'elastic') return readBulk(body);
    return { kind: 'taken', rejected: 0, message: '' };
  }
  if (status === 413) return { kind: 'too large' };
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8', 0, MOST_READ);
  const detail = `HTTP ${status}${text === '' ? '' : `: ${printable(text).slice(0, 300)}`}`;
  if (status === 400 || status === 422) return kind === 'hec' ? readCollector(text, detail) : { kind: 'refused', detail };
  return { kind: 'later', code: worthAnotherTry(status) ? 'TCN-F002' : 'TCN-F003', detail };
}

const MOST_READ = 2_000;

export function worthAnotherTry(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500;
}

function printable(text: string): string {
  return text.replace(/[^\x21-\x7e]+/g, ' ').trim();
}

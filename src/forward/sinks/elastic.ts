import type { ElasticSink } from '../../model/sink.ts';
import { murmur128 } from '../hash.ts';
import type { ProtoWriter } from '../otlp/writer.ts';
import { REDACT_ALL } from '../redact.ts';
import type { JsonItem, SourceEvent } from './item.ts';
import { hasMember, writeTimed } from './member.ts';
import { writeSource } from './source.ts';
import type { Verdict } from './verdict.ts';

const TIMESTAMP = Buffer.from('{"@timestamp":"');
const ends: Buffer[] = [];
const REMEMBERED = 1_000;

/** What follows the event in an action. */
function endOf(position: number): Buffer {
  const known = ends[position];
  if (known !== undefined) return known;
  const end = Buffer.from(`${position}"}}\n`);
  if (position < REMEMBERED) ends[position] = end;
  return end;
}

/**
 * A `create` action and its document. The id is of the event and the record's place in it, the same at every redelivery: what comes
 * twice is answered with 409 and stored once.
 */
export function elasticWriter({ index, redact = REDACT_ALL }: ElasticSink): (writer: ProtoWriter, item: JsonItem) => void {
  const action = `{"create":{"_index":${JSON.stringify(index)},"_id":"`;
  const begins = new Map<SourceEvent, Buffer>();
  return (writer, item) => {
    let begin = begins.get(item.event);
    if (begin === undefined) {
      begin = Buffer.from(`${action}${idOf(item.event)}-`);
      begins.set(item.event, begin);
    }
    const end = endOf(item.position);
    writer.reserve(begin.length + end.length);
    writer.rawBytes(begin);
    writer.rawBytes(end);
    if (hasMember(item, '@timestamp')) writeSource(writer, item, redact);
    else writeTimed(writer, TIMESTAMP, item, redact);
  };
}

/** By content where the hub's number is unknown. Times are written as they came: they are the same at every redelivery. */
function idOf({ body, partition, sequenceNumber, enqueuedAt }: SourceEvent): string {
  if (sequenceNumber === '') return murmur128(body, 0);
  return JSON.stringify(`${partition}-${sequenceNumber}-${enqueuedAt}-${body.length}`).slice(1, -1);
}

interface BulkItem {
  readonly status?: number;
  readonly error?: { readonly type?: string; readonly reason?: string } | string;
}

/**
 * The answer to `_bulk`, which says 200 also where every item failed. 409 is a document that is there already; 429 and 5xx of an item
 * ask for it again, as do 401, 403 and 404, which somebody must mend first.
 */
export function readBulk(body: Uint8Array): Verdict {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8').trimStart();
  const all: Verdict = { kind: 'taken', rejected: 0, message: '' };
  if (!text.startsWith('{')) return all;
  let answer: { readonly errors?: unknown; readonly items?: unknown };
  try {
    answer = JSON.parse(text) as typeof answer;
  } catch {
    return { kind: 'later', code: 'TCN-F002', detail: 'the answer to _bulk was cut' };
  }
  if (answer.errors !== true) return all;
  if (!Array.isArray(answer.items)) return { kind: 'taken', rejected: null, message: 'errors without items' };
  const refused = new Map<number, string>();
  const again: number[] = [];
  let known = 0;
  let detail = '';
  for (const [index, entry] of (answer.items as readonly unknown[]).entries()) {
    const [item = {}] = Object.values((entry ?? {}) as Readonly<Record<string, BulkItem>>);
    const { status = 200 } = item;
    if (status < 300) continue;
    if (status === 409) {
      known++;
      continue;
    }
    const reason = `${status} ${reasonOf(item)}`.slice(0, 300);
    if (status >= 400 && status < 500 && !MENDED.has(status)) refused.set(index, reason);
    else {
      again.push(index);
      detail ||= reason;
    }
  }
  return { kind: 'partly', refused, again, known, detail };
}

const MENDED: ReadonlySet<number> = new Set([401, 403, 404, 408, 425, 429]);

function reasonOf({ error }: BulkItem): string {
  if (typeof error === 'string') return error;
  return `${error?.type ?? ''} ${error?.reason ?? ''}`.trim();
}

import { ERRORS, type ErrorCode } from '../model/errors.ts';
import type { Clock, HeartbeatStore } from '../ports.ts';
import type { Rate } from './rate.ts';

export interface HeartbeatDeps {
  readonly heartbeats: HeartbeatStore;
  readonly rate: Rate;
  readonly clock: Clock;
}

/** What a job sends beside its id; `null`: nothing. */
export type CheckInBody = AsyncIterable<Uint8Array> | null;

export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const PHASES = { '': 'finish', start: 'start', fail: 'fail' } as const;
const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** A job may send the end of its log; the first line of it is kept. */
const MOST_BODY = 64 * 1024;
const MOST_NOTE = 1_000;

/**
 * Keeps the check-in of a job: `/api/heartbeats/{id}` says it finished, `/start` that it began, `/fail` that it failed, with a note in
 * the body. A body above 64 KiB is refused, and so is more than the rate allows.
 */
export async function checkIn(id: string, phase: string, body: CheckInBody, deps: HeartbeatDeps): Promise<HttpReply> {
  const { heartbeats, rate, clock } = deps;
  const known = Object.hasOwn(PHASES, phase) ? PHASES[phase as keyof typeof PHASES] : undefined;
  if (known === undefined) return problem(400, 'TCN-H003', 'the last part is neither start nor fail');
  if (!ID.test(id)) {
    return problem(400, 'TCN-H003', 'an id has letters, digits, dots, dashes or underscores, at most 100');
  }
  const now = clock.now();
  const wait = rate.take(id, now);
  if (wait > 0) {
    const seconds = Math.ceil(wait / 1_000);
    return problem(429, 'TCN-H004', `again in ${seconds} s`, { 'retry-after': String(seconds) });
  }
  const text = await readBody(body);
  if (text === null) return problem(413, 'TCN-H003', `the body is larger than ${MOST_BODY / 1024} KiB`);
  const note = noteOf(text);
  await heartbeats.record({ id, phase: known, at: now, ...(known === 'fail' && note !== '' && { note }) });
  return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }, body: 'OK\n' };
}

/** `null` for one that is too large. */
async function readBody(body: CheckInBody): Promise<string | null> {
  if (body === null) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > MOST_BODY) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function noteOf(text: string): string {
  const line = text.split(/\r?\n/).find((one) => one.trim() !== '') ?? '';
  return line
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, MOST_NOTE);
}

function problem(status: number, code: ErrorCode, detail: string, headers: HttpReply['headers'] = {}): HttpReply {
  return {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
    body: JSON.stringify({ type: 'about:blank', title: ERRORS[code].title, status, detail, code }),
  };
}

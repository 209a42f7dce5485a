import type { Clock, HeartbeatStore } from '../ports.ts';
import { type HttpReply, problemReply, readBody } from './http.ts';
import type { Rate } from './rate.ts';

export interface HeartbeatDeps {
  readonly heartbeats: HeartbeatStore;
  readonly rate: Rate;
  readonly clock: Clock;
}

/** What a job sends beside its id; `null`: nothing. */
export type CheckInBody = AsyncIterable<Uint8Array> | null;

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
  if (known === undefined) return problemReply('TCN-H003', 'the last part is neither start nor fail');
  if (!ID.test(id)) {
    return problemReply('TCN-H003', 'an id has letters, digits, dots, dashes or underscores, at most 100');
  }
  const now = clock.now();
  const wait = rate.take(id, now);
  if (wait > 0) {
    const seconds = Math.ceil(wait / 1_000);
    return problemReply('TCN-H004', `again in ${seconds} s`, { headers: { 'retry-after': String(seconds) } });
  }
  const text = await readBody(body, MOST_BODY);
  if (text === null) return problemReply('TCN-H003', `the body is larger than ${MOST_BODY / 1024} KiB`, { status: 413 });
  const note = noteOf(text);
  await heartbeats.record({ id, phase: known, at: now, ...(known === 'fail' && note !== '' && { note }) });
  return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }, body: 'OK\n' };
}

function noteOf(text: string): string {
  const line = text.split(/\r?\n/).find((one) => one.trim() !== '') ?? '';
  return line
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, MOST_NOTE);
}

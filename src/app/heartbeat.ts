import { ERRORS } from '../model/errors.ts';
import type { Clock, HeartbeatStore } from '../ports.ts';

export interface HeartbeatDeps {
  readonly heartbeats: HeartbeatStore;
  readonly clock: Clock;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const PHASES = { '': 'finish', start: 'start', fail: 'fail' } as const;
const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** Keeps the check-in of a job: `/api/heartbeats/{id}` says it finished, `/start` that it began, `/fail` that it failed. */
export async function checkIn(id: string, phase: string, { heartbeats, clock }: HeartbeatDeps): Promise<HttpReply> {
  const known = PHASES[phase as keyof typeof PHASES];
  if (known === undefined || !ID.test(id)) {
    const detail =
      known === undefined
        ? 'the last part is neither start nor fail'
        : 'an id has letters, digits, dots, dashes or underscores, at most 100';
    return {
      status: 400,
      headers: { 'content-type': 'application/problem+json' },
      body: JSON.stringify({ type: 'about:blank', title: ERRORS['TCN-H003'].title, status: 400, detail, code: 'TCN-H003' }),
    };
  }
  await heartbeats.record({ id, phase: known, at: clock.now() });
  return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'OK\n' };
}

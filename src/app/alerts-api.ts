import type { Acknowledgement } from '../model/acknowledgement.ts';
import { parseDuration } from '../model/duration.ts';
import { asTocsinError, TocsinError } from '../model/errors.ts';
import { type AccessSettings, callerOf, mustBe, mustComeFromHere } from './access.ts';
import { type AcknowledgeDeps, type AckRequest, acknowledge, withdraw } from './acknowledge.ts';
import { type HttpCall, type HttpReply, jsonReply, mustNotHurry, problemOf, readJson } from './http.ts';
import type { Rate } from './rate.ts';

export interface AlertsApiDeps extends AcknowledgeDeps {
  readonly access: AccessSettings;
  readonly rate: Rate;
}

const MOST_BODY = 16 * 1024;

/**
 * `POST` and `DELETE` of `/api/alerts/{fingerprint}/ack`: says that somebody takes care of the alert, or no more. The body, which may be
 * left out, has `comment`, `for` (a duration after which it lapses) and `startsAt` (the episode that is meant). It never throws.
 */
export async function answerAck(fingerprint: string, call: HttpCall, deps: AlertsApiDeps): Promise<HttpReply> {
  try {
    const caller = mustBe(callerOf(call, deps.access), 'responder');
    mustNotHurry(caller, deps);
    mustComeFromHere(caller, call, deps.access.consoleUrl);
    const request = requestOf(fingerprint, await readJson(call, MOST_BODY));
    if (call.method === 'POST') return jsonReply(shown(await acknowledge(request, caller, deps)));
    await withdraw(request, caller, deps);
    return { status: 204, headers: {}, body: '' };
  } catch (thrown) {
    return problemOf(asTocsinError(thrown));
  }
}

function requestOf(fingerprint: string, json: unknown): AckRequest {
  const { comment = '', for: lasting, startsAt } = (json ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof comment !== 'string') throw new TocsinError('TCN-H003', 'comment is not a text');
  const lasts = lasting === undefined ? null : typeof lasting === 'string' ? parseDuration(lasting) : Number.NaN;
  if (lasting !== undefined && !(Number(lasts) > 0)) throw new TocsinError('TCN-H003', 'for is not a duration such as 2h');
  const episode = startsAt === undefined ? null : Date.parse(String(startsAt));
  if (Number.isNaN(episode)) throw new TocsinError('TCN-H003', 'startsAt is not a time such as 2026-11-21T08:00:00Z');
  return { fingerprint, startsAt: episode, comment: comment.trim(), lasts };
}

function shown({ by, comment, at, until }: Acknowledgement): object {
  return { by, comment, at: new Date(at).toISOString(), until: until === null ? null : new Date(until).toISOString() };
}

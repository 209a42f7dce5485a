import { MINUTE } from '../../../src/model/duration.ts';
import { verdictOfAnswer } from '../../../src/notify/verdict.ts';
import { alertOf } from '../../alerts/make.ts';
import { HOUR, START, status, World } from '../../app/deliver-world.ts';
import { type AlertingCase, compared, type Fields, list, notUnderstood, number, type Verdict } from './case.ts';

const DAY_S = 86_400;

/** A receiver that fails every time: when it is asked again, with the waits of the source as its `backOff`. */
export async function deliveryRetry({ given, expect }: AlertingCase): Promise<Verdict> {
  if (expect.attempt_at_s === undefined) return retriedStatuses(given, expect);
  const wanted = list(expect.attempt_at_s).map((time) => number(time));
  const pause = number(expect.endpoint_suspended_s);
  const failing = number(given.all_attempts_fail_with, 503);
  const waits = wanted.slice(1).map((time, index) => time - (wanted[index] ?? 0));
  const backOff = [...waits, pause === 0 ? DAY_S : pause].map((seconds) => seconds * 1000);
  const world = new World([{ backOff }], { groupWait: 0 });
  world.answer = () => status(failing);
  await world.fire(alertOf('chat', { startsAt: START - MINUTE }));
  await world.run(Math.max(HOUR, ((wanted.at(-1) ?? 0) + 2 * pause) * 1000));
  const began = (world.posts[0]?.at ?? 0) - number(given.first_attempt_s) * 1000;
  const tries = world.posts.map(({ at }) => (at - began) / 1000);
  const last = wanted.at(-1) ?? 0;
  const then = pause === 0 ? [] : [last + pause];
  return compared('tries', tries.slice(0, wanted.length + then.length), [...wanted, ...then]);
}

/** Statuses, and which of them are worth another try. */
function retriedStatuses(given: Fields, expect: Fields): Verdict {
  const [statuses] = Object.values(given).filter(Array.isArray);
  const codes = (statuses ?? [given.status ?? given.all_attempts_fail_with ?? given.status_code]).map((code) => number(code));
  if (codes.includes(0)) return notUnderstood(given);
  const retried = codes.map((code) => verdictOfAnswer({ status: code }).kind === 'try again');
  const [wanted] = Object.values(expect);
  if (typeof wanted === 'boolean') return compared('retried', retried[0], wanted);
  if (!Array.isArray(wanted)) return notUnderstood(expect);
  if (wanted.every((one) => typeof one === 'boolean')) return compared('retried', retried, wanted);
  return compared(
    'retried',
    codes.filter((_, index) => retried[index]),
    wanted,
  );
}

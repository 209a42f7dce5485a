import { MINUTE } from '../../../src/model/duration.ts';
import { alertOf } from '../../alerts/make.ts';
import { HOUR, START, status, World } from '../../app/deliver-world.ts';
import { type AlertingCase, compared, list, number, type Verdict } from './case.ts';

/** A receiver that fails every time: when it is asked again, with the waits of the source as its `backOff`. */
export async function deliveryRetry({ given, expect }: AlertingCase): Promise<Verdict> {
  const wanted = list(expect.attempt_at_s).map((time) => number(time));
  const pause = number(expect.endpoint_suspended_s);
  const waits = wanted.slice(1).map((time, index) => time - (wanted[index] ?? 0));
  const backOff = [...waits, pause].map((seconds) => seconds * 1000);
  const world = new World([{ backOff }], { groupWait: 0 });
  world.answer = () => status(number(given.all_attempts_fail_with));
  await world.fire(alertOf('chat', { startsAt: START - MINUTE }));
  await world.run(HOUR);
  const began = (world.posts[0]?.at ?? 0) - number(given.first_attempt_s) * 1000;
  const tries = world.posts.map(({ at }) => (at - began) / 1000);
  const last = wanted.at(-1) ?? 0;
  return compared('tries', tries.slice(0, wanted.length + 1), [...wanted, last + pause]);
}

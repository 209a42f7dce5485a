import { checkInStatus, dueAfter } from '../../../src/evaluate/check-in.ts';
import type { CheckIns } from '../../../src/model/heartbeat.ts';
import type { CheckInCondition } from '../../../src/model/rule.ts';
import { type AlertingCase, allOf, compared, type Fields, failed, fields, list, number, text, type Verdict } from './case.ts';
import { compileRules } from './world.ts';

/** Times of these cases are dates, or seconds from a now of 0; they are not scaled, as schedules have a calendar. */
const NOW = Date.UTC(2026, 0, 15, 12);
const timeOf = (value: unknown): number => (typeof value === 'number' ? NOW + value * 1000 : Date.parse(text(value)));

function conditionOf(check: Fields): CheckInCondition | null {
  const grace = `${number(check.grace_s, 3600)}s`;
  const schedule =
    check.kind === 'cron'
      ? { cron: text(check.schedule), zone: text(check.tz, 'UTC') }
      : { period: `${number(check.timeout_s, 86_400)}s` };
  const [rule] = compileRules({ Case: { on: undefined, delay: undefined, heartbeat: { id: 'job', grace, ...schedule } } });
  return rule?.condition.kind === 'heartbeat' ? rule.condition : null;
}

/** A check that is stored as down has said that it failed. */
function checkInsOf(check: Fields): CheckIns {
  const last = check.last_ping === undefined || check.last_ping === null ? null : timeOf(check.last_ping);
  const start = check.last_start === undefined || check.last_start === null ? null : timeOf(check.last_start);
  const isDown = check.stored === 'down';
  return { start, finish: isDown ? null : last, fail: isDown ? (last ?? NOW - 86_400_000) : null, note: '' };
}

/** The status of a check at given times; a start is shown where the case asks for it, and else counts only once it is too old. */
export async function checkIn({ given, expect }: AlertingCase): Promise<Verdict> {
  const check = fields(given.check);
  const condition = conditionOf(check);
  if (condition === null) return failed('the check makes no rule');
  const checkIns = checkInsOf(check);
  const shown = list(given.now).map((now) => checkInStatus(condition, checkIns, timeOf(now)).status);
  const plain = shown.map((status, index) =>
    status === 'started' ? checkInStatus(condition, { ...checkIns, start: null }, timeOf(list(given.now)[index])).status : status,
  );
  return allOf([
    ...(expect.status === undefined ? [] : [compared('status', plain, expect.status)]),
    ...(expect.status_with_started === undefined ? [] : [compared('status with started', shown, expect.status_with_started)]),
  ]);
}

/** When the next check-in is due, and when the check goes down without it. */
export async function checkInDeadline({ given, expect }: AlertingCase): Promise<Verdict> {
  const check = fields(given.check);
  const condition = conditionOf(check);
  if (condition === null) return failed('the check makes no rule');
  const checkIns = checkInsOf(check);
  const due = dueAfter(condition.schedule, checkIns.finish ?? checkIns.fail);
  const verdicts = Object.entries(expect).map(([key, wanted]) => {
    const found = /due|expected|grace_start/.test(key) ? due : downFrom(condition, checkIns);
    return compared(key, found, wanted === null ? null : timeOf(wanted));
  });
  return verdicts.length > 0 ? allOf(verdicts) : failed('nothing is expected');
}

/** The first second at which the check is down, found by halving: once down it stays so until a check-in. */
function downFrom(condition: CheckInCondition, checkIns: CheckIns): number | null {
  const isDown = (at: number) => checkInStatus(condition, checkIns, at).status === 'down';
  let low = Math.max(checkIns.start ?? 0, checkIns.finish ?? 0, checkIns.fail ?? 0);
  let high = low + 400 * 86_400_000;
  if (!isDown(high)) return null;
  while (high - low > 1000) {
    const middle = Math.floor((low + high) / 2000) * 1000;
    if (isDown(middle)) high = middle;
    else low = middle;
  }
  return high;
}

import { formatDuration } from '../model/duration.ts';
import { type CheckIns, NO_CHECK_INS } from '../model/heartbeat.ts';
import { instantText } from '../model/instant.ts';
import type { CheckInCondition } from '../model/rule.ts';
import type { Series } from '../model/series.ts';
import type { Window } from '../model/window.ts';
import { seeAgain } from './blind.ts';
import { type CheckInVerdict, checkInStatus } from './check-in.ts';
import { isOpen } from './life.ts';
import { seriesKey } from './register.ts';
import { settle, type Work } from './work.ts';

/**
 * Judges how a job stands at the end of the window. A run that has begun does not end an alert: only its finish does. A job that never
 * checked in is expected since the rule was first judged.
 */
export function judgeCheckIns(
  work: Work,
  condition: CheckInCondition,
  target: string,
  series: readonly Series[],
  window: Window,
): void {
  const { rule, register, tally } = work;
  for (const one of series) {
    const checkIns = one.facts?.kind === 'check-ins' ? one.facts.checkIns : NO_CHECK_INS;
    const verdict = checkInStatus(condition, checkIns, window.end, expectedSince(work, target, one, window));
    const place = { target, key: seriesKey(one.labels, rule.signal.by), labels: one.labels };
    const old = register.find(target, place.key);
    tally.series += 1;
    const details = detailsOf(verdict, checkIns, window.end);
    if (verdict.why !== null) {
      const reason = verdict.why;
      settle(work, place, { kind: 'breach', reason, value: null, details }, window, one);
    } else if (verdict.status !== 'started' || !isOpen(old)) {
      settle(work, place, { kind: 'ok', reason: 'recovered', value: null, details }, window, one);
    }
  }
  tally.judged += 1;
  seeAgain(work, target, window);
}

function expectedSince(work: Work, target: string, { labels }: Series, { end }: Window): number {
  const known = work.expected.find(target, labels);
  if (known !== undefined) return known.entry.firstExpectedAt;
  work.expected.add({ target, labels, firstExpectedAt: end, lastSeenAt: null, lastInventoriedAt: null });
  return end;
}

/** What texts may name: `status`, `why`, `due`, `last`, `note`. */
function detailsOf({ status, why, due }: CheckInVerdict, { start, finish, fail, note }: CheckIns, now: number) {
  const last = Math.max(finish ?? 0, fail ?? 0);
  return {
    status,
    why: whyWords(why, start, now),
    due: due === null ? 'never' : instantText(due),
    last: last === 0 ? 'never' : instantText(last),
    note: fail !== null && fail >= (finish ?? 0) ? note : '',
  };
}

function whyWords(why: CheckInVerdict['why'], start: number | null, now: number): string {
  switch (why) {
    case 'overdue':
      return 'its check-in did not come';
    case 'failed':
      return 'it says that it failed';
    case 'running too long':
      return `it has been running for ${formatDuration(now - (start ?? now))}`;
    case null:
      return 'it checked in';
  }
}

import { formatDuration } from '../model/duration.ts';
import type { EvaluationEntry } from '../model/evaluation-log.ts';
import type { Course } from './course.ts';
import type { Work } from './work.ts';

export type EntryBody = Omit<EvaluationEntry, 'rule' | 'shard' | 'at'>;

/** The judgement as a line of the evaluation log. */
export function entryOf({ tally }: Work, course: Course, transitions: number, corrected: number): EntryBody {
  const { windows, held, plan, now, lastWindowEnd } = course;
  const oldest = windows[0];
  const reasons = [...tally.reasons];
  if (oldest !== undefined && windows.length > 1) {
    reasons.unshift(`caught up ${windows.length} windows, the oldest ended ${formatDuration(now - oldest)} ago`);
  }
  if (plan.dataLate !== null && windows.length > 0) reasons.unshift(plan.dataLate);
  if (corrected > 0) reasons.push(`${corrected} verdicts corrected by late data`);
  return {
    outcome: outcomeOf(tally, held.size, windows.length),
    reason: reasons.length > 0 ? reasons.join('; ') : (plan.waiting ?? 'in time'),
    code: tally.code,
    windows: windows.length,
    series: tally.series,
    breaches: tally.breaches,
    transitions,
    windowEnd: windows.at(-1) ?? plan.due.at(-1)?.window.end ?? lastWindowEnd,
  };
}

/** What nobody could look at is not judged, be it for the first time or once more. */
function outcomeOf(
  { failed, judged, unknown, reread, unread }: Work['tally'],
  held: number,
  windows: number,
): EvaluationEntry['outcome'] {
  if (failed > 0) return 'failed';
  if (judged === 0 && unknown + held + unread > 0) return 'unknown';
  return windows + reread > 0 ? 'judged' : 'waiting';
}

import { formatDuration } from '../model/duration.ts';
import type { Rule } from '../model/rule.ts';
import type { ShardState } from '../model/state.ts';
import { STREAM_PATIENCE } from '../model/stream.ts';
import { alignDown, type Window } from '../model/window.ts';
import { looksAtNow, planNow } from './now.ts';

/** Windows judged in one go; of a longer gap only the newest are, and a finding says so. */
export const CATCH_UP_LIMIT = 120;

/** After this many delays data count as late, reading is given up and a judged window is read once more. */
export const PATIENCE = 3;

/** Milliseconds after its end at which a window is judged although its data are late. */
function patienceOf({ delay, signal }: Rule): number {
  return Math.max(PATIENCE * delay, signal.kind === 'stream' ? STREAM_PATIENCE : 0);
}

export interface DueWindow {
  readonly window: Window;
  /** Ids of the targets to be judged in it. */
  readonly targets: readonly string[];
  /** Of those, the ones judged only because `delay × 3` passed while their data had not arrived. */
  readonly late: readonly string[];
}

export interface DuePlan {
  /** Oldest first. */
  readonly due: readonly DueWindow[];
  /** Windows judged before that are now read once more. */
  readonly recheck: readonly Window[];
  /** Why nothing or not everything could be judged, in words for the evaluation log; `null`: nothing waits. */
  readonly waiting: string | null;
  /** Windows given up because the gap is longer than the catch-up limit: the time between them, in epoch ms, and how many. */
  readonly skipped: { readonly from: number; readonly to: number; readonly count: number } | null;
  /** Every target of the shard, whether due or not. */
  readonly targets: readonly string[];
  /** How late the data of the targets are that are judged late, in words; `null`: none is. */
  readonly dataLate: string | null;
  /** Targets of which the table holds no recent row at all: they may write elsewhere, so their silence is not blindness. */
  readonly silent: readonly string[];
  /** How far the rows of any target have arrived (epoch ms): what ends before it is not missing because nothing arrives at all. */
  readonly arrivedTo: number;
}

/**
 * What is to be judged now. Window ends are multiples of `every`. No window is read before its end + `delay`; a window of logs also
 * waits, target by target, until the target's watermark has reached its end, at the longest `delay × 3`. A target whose data do not
 * arrive lags alone. A shard without state begins with the newest window.
 *
 * @param watermarks newest `TimeGenerated` (epoch ms) of the rule's table by target id, `null` where no row is known; `null` as a
 * whole for metrics, which are complete once `delay` has passed.
 */
export function planWindows(
  rule: Rule,
  state: ShardState | null,
  targets: readonly string[],
  watermarks: Readonly<Record<string, number | null>> | null,
  now: number,
): DuePlan {
  const { every, delay } = rule;
  if (targets.length === 0)
    return { due: [], recheck: [], waiting: null, skipped: null, targets, dataLate: null, silent: [], arrivedTo: now };
  if (looksAtNow(rule)) return planNow(rule, state, targets, now);
  const watermarkOf = (id: string) =>
    watermarks === null ? Number.POSITIVE_INFINITY : (watermarks[id] ?? Number.NEGATIVE_INFINITY);
  const readable = alignDown(now - delay, every);
  const patience = patienceOf(rule);
  const bound = alignDown(now - patience, every);
  const ready = targets.map((id) => Math.max(bound, Math.min(readable, alignDown(watermarkOf(id), every))));
  const newest = ready.reduce((max, end) => Math.max(max, end), Number.NEGATIVE_INFINITY);
  const first = targets.map((id) =>
    state === null ? newest : alignDown(state.lagging[id] ?? state.lastWindowEnd, every) + every,
  );

  const limit = Math.max(CATCH_UP_LIMIT, watermarks === null ? 0 : Math.ceil(patience / every) + 1);
  const oldest = newest - (limit - 1) * every;
  const due: DueWindow[] = [];
  const from = targets.reduce((min, _, index) => Math.min(min, first[index] ?? newest), newest);
  for (let end = Math.max(oldest, from); end <= newest; end += every) {
    const judged = targets.filter((_, index) => (first[index] ?? newest) <= end && end <= (ready[index] ?? bound));
    if (judged.length === 0) continue;
    due.push({ window: { start: end - rule.window, end }, targets: judged, late: judged.filter((id) => watermarkOf(id) < end) });
  }

  const waits = targets.filter((id, index) => (ready[index] ?? bound) < readable && watermarkOf(id) < readable);
  const late = [...new Set(due.flatMap((each) => each.late))];
  return {
    due,
    recheck: recheckWindows(rule, state, now),
    waiting: lateness(rule, waits, watermarks, now),
    skipped: skippedSpan(first, ready, oldest, every),
    targets,
    dataLate: lateness(rule, late, watermarks, now),
    silent: watermarks === null ? [] : targets.filter((id) => (watermarks[id] ?? null) === null),
    arrivedTo: targets.reduce((max, id) => Math.max(max, watermarkOf(id)), Number.NEGATIVE_INFINITY),
  };
}

function recheckWindows(rule: Rule, state: ShardState | null, now: number): readonly Window[] {
  return (state?.recent ?? [])
    .filter(({ end }) => end + PATIENCE * rule.delay <= now)
    .map(({ end }) => ({ start: end - rule.window, end }));
}

function skippedSpan(first: readonly number[], ready: readonly number[], oldest: number, every: number): DuePlan['skipped'] {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  first.forEach((end, index) => {
    const last = Math.min(oldest - every, ready[index] ?? oldest);
    if (end > last) return;
    from = Math.min(from, end - every);
    to = Math.max(to, last);
  });
  return from < to ? { from, to, count: Math.round((to - from) / every) } : null;
}

function lateness(
  rule: Rule,
  targets: readonly string[],
  watermarks: Readonly<Record<string, number | null>> | null,
  now: number,
): string | null {
  if (targets.length === 0 || watermarks === null) return null;
  if (rule.signal.kind === 'stream') return streamLateness(targets, watermarks, now);
  if (rule.signal.kind !== 'log') return null;
  const known = targets.map((id) => watermarks[id] ?? null).filter((mark) => mark !== null);
  const oldest = Math.min(...known);
  const row =
    known.length < targets.length
      ? `no recent row of ${rule.signal.table}`
      : `newest ${rule.signal.table} row is ${formatDuration(now - oldest)} old`;
  return `data late: ${row}${targets.length === 1 ? '' : ` (${targets.length} targets)`}`;
}

function streamLateness(targets: readonly string[], marks: Readonly<Record<string, number | null>>, now: number): string {
  const counted = Math.min(...targets.map((id) => marks[id] ?? now));
  if (counted <= 0) return 'data late: forwarding has read nothing of what is in the hub';
  return `data late: forwarding has counted what came in up to ${formatDuration(Math.max(0, now - counted))} ago`;
}

import { DAY } from '../model/duration.ts';
import type { Rule } from '../model/rule.ts';
import type { ShardState } from '../model/state.ts';
import { alignDown } from '../model/window.ts';
import type { DuePlan } from './due.ts';

/** Events of an outage longer than this are given up. */
const LONGEST_LOOK = 7 * DAY;

/**
 * Whether what a rule reads is a state of now, or finds what it missed by itself: check-ins and the inventory have no past, and event
 * rules look for events that they have not told yet. Such a rule judges its newest window only and never reads one again.
 */
export function looksAtNow({ signal, condition }: Rule): boolean {
  return signal.kind === 'heartbeat' || signal.kind === 'inventory' || condition.kind === 'event';
}

/** One window that ends now. Of an event rule it begins where its events were last read to the end, less the time that events may be late. */
export function planNow(rule: Rule, state: ShardState | null, targets: readonly string[], now: number): DuePlan {
  const end = alignDown(now, rule.every);
  const waiting = targets.filter((id) => state === null || (state.lagging[id] ?? state.lastWindowEnd) < end);
  const readTo = Math.min(...waiting.map((id) => state?.events?.[id]?.readTo ?? end - rule.every));
  const from = rule.signal.kind === 'activity' ? readTo - rule.signal.lookback : end - rule.window;
  const start = Math.max(from, end - LONGEST_LOOK);
  return {
    due: waiting.length === 0 ? [] : [{ window: { start, end }, targets: waiting, late: [] }],
    recheck: [],
    waiting: null,
    skipped:
      start > from && readTo < start ? { from: readTo, to: start, count: Math.floor((start - readTo) / rule.every) } : null,
    targets,
    dataLate: null,
    silent: [],
    arrivedTo: now,
  };
}

import { decodeState, encodeState } from '../../../src/azure/state-codec.ts';
import { learnDay } from '../../../src/evaluate/anomaly/learn.ts';
import { type DuePlan, planWindows } from '../../../src/evaluate/due.ts';
import { judge, type WindowReading, withoutUnsent } from '../../../src/evaluate/judge.ts';
import type { ShardBaseline } from '../../../src/model/baseline.ts';
import { DAY } from '../../../src/model/duration.ts';
import type { Rule } from '../../../src/model/rule.ts';
import type { ShardState } from '../../../src/model/state.ts';
import { alignDown, type Window } from '../../../src/model/window.ts';
import { type BenchShard, expectedOf, readingsFor } from './workload.ts';

/** One rule on one shard, with its state as the blob holds it. */
export interface Pass {
  readonly rule: Rule;
  readonly shard: BenchShard;
  readonly baseline: ShardBaseline | null;
  stored: Uint8Array | null;
  /** End of the newest window judged; what the planner of jobs knows without reading any state. */
  judgedTo: number;
}

export interface Tally {
  /** CPU time of the whole process, which other work on the machine changes less than the time of day. */
  seconds: number;
  ruleSeries: number;
  breaches: number;
  transitions: number;
}

export const nothing = (): Tally => ({ seconds: 0, ruleSeries: 0, breaches: 0, transitions: 0 });

type Read = (window: Window) => WindowReading;

/** Whether a window has become due, as the planner of jobs knows without reading any state. */
export function isDue({ rule, judgedTo }: Pass, now: number): boolean {
  return alignDown(now - rule.delay, rule.every) > judgedTo;
}

function planOf({ rule, shard }: Pass, state: ShardState | null, now: number): DuePlan {
  const marks = rule.signal.kind === 'log' ? Object.fromEntries(shard.targets.map((id) => [id, now])) : null;
  return planWindows(rule, state, shard.targets, marks, now);
}

/** What a pass will ask to be read: made beforehand, so that making it is in no figure. */
export function readingsOf(pass: Pass, now: number): Read {
  const { rule, shard, stored } = pass;
  const plan = planOf(pass, stored === null ? null : decodeState(stored), now);
  const windows = [...plan.due.map(({ window }) => window), ...plan.recheck];
  const known = new Map(windows.map((window) => [window.end, { window, readings: readingsFor(rule, shard, window) }]));
  return ({ end }) => known.get(end) as WindowReading;
}

/**
 * One evaluation as the use case does it between reading signals and telling: the state is decoded, judged and encoded; where there is
 * something to tell it is read and written a second time, without what was queued.
 */
export function evaluatePass(pass: Pass, now: number, read: Read, tally: Tally): void {
  const { rule, shard, baseline } = pass;
  const expected = expectedOf(rule, shard);
  const began = process.cpuUsage();
  const state = pass.stored === null ? null : decodeState(pass.stored);
  const plan = planOf(pass, state, now);
  const readings = { due: plan.due.map(({ window }) => read(window)), recheck: plan.recheck.map(read) };
  const { next, entry, transitions } = judge(rule, state, plan, readings, expected, now, { baseline });
  pass.stored = encodeState(next).body;
  if (next.unsent.length > 0) {
    const written = decodeState(pass.stored);
    const sent = written.unsent.map(({ id }) => id);
    pass.stored = encodeState(withoutUnsent(written, sent)).body;
  }
  const { user, system } = process.cpuUsage(began);
  tally.seconds += (user + system) / 1e6;
  pass.judgedTo = alignDown(now - rule.delay, rule.every);
  tally.ruleSeries += shard.targets.length * shard.series * plan.due.length;
  tally.breaches += entry.breaches;
  tally.transitions += transitions.length;
}

const DAYS_LEARNT = 14;

/** Two weeks of an anomaly rule's series, learnt as the app learns them. */
export function baselineFor(rule: Rule, shard: BenchShard, now: number): ShardBaseline | null {
  const { condition } = rule;
  if (condition.kind !== 'anomaly') return null;
  const today = Math.floor(now / DAY);
  let baseline: ShardBaseline | null = null;
  for (let day = today - DAYS_LEARNT; day < today; day++) {
    const span = { start: day * DAY, end: (day + 1) * DAY + rule.window };
    // Target by target: the minutes of a whole shard and day would be the largest thing in memory.
    for (const target of shard.targets) {
      const readings = readingsFor(rule, { targets: [target], series: shard.series }, span);
      baseline = learnDay(rule, condition, baseline, readings, day);
    }
  }
  return baseline;
}

import { decodeState, encodeState } from '../../../src/azure/state-codec.ts';
import { learnDay } from '../../../src/evaluate/anomaly/learn.ts';
import { planWindows } from '../../../src/evaluate/due.ts';
import { judge, type WindowReading, withoutUnsent } from '../../../src/evaluate/judge.ts';
import type { ShardBaseline } from '../../../src/model/baseline.ts';
import { DAY } from '../../../src/model/duration.ts';
import type { Rule } from '../../../src/model/rule.ts';
import type { Expected } from '../../../src/model/target.ts';
import { alignDown, type Window } from '../../../src/model/window.ts';
import { type BenchShard, expectedOf, readingsFor } from './workload.ts';

/** One rule on one shard, with its state as the blob holds it. */
export interface Pass {
  readonly rule: Rule;
  readonly shard: BenchShard;
  /** As its blob holds it. */
  readonly baseline: string | null;
  stored: Uint8Array | null;
  /** End of the newest window judged; what the planner of jobs knows without reading any state. */
  judgedTo: number;
}

export interface Tally {
  /** CPU time of the whole process, which other work on the machine changes less than the time of day. */
  seconds: number;
  /** Series judged over a window, for the first time or once more. */
  ruleSeries: number;
  breaches: number;
  transitions: number;
}

export const nothing = (): Tally => ({ seconds: 0, ruleSeries: 0, breaches: 0, transitions: 0 });

type Watermarks = Readonly<Record<string, number>> | null;

/** All that a pass is told from outside. */
interface Heard {
  readonly marks: Watermarks;
  readonly read: (window: Window) => WindowReading;
  readonly expected: readonly Expected[];
  readonly baseline: ShardBaseline | null;
}

/** Whether a window has become due, as the planner of jobs knows without reading any state. */
export function isDue({ rule, judgedTo }: Pass, now: number): boolean {
  return alignDown(now - rule.delay, rule.every) > judgedTo;
}

/** How far rows have come; the app reads it with them. */
function marksOf({ rule, shard }: Pass, now: number): Watermarks {
  return rule.signal.kind === 'log' ? Object.fromEntries(shard.targets.map((id) => [id, now])) : null;
}

/** What a pass will ask to be read: made beforehand, so that making it is in no figure. */
export function hear(pass: Pass, now: number): Heard {
  const { rule, shard, stored, baseline } = pass;
  const marks = marksOf(pass, now);
  const plan = planWindows(rule, stored === null ? null : decodeState(stored), shard.targets, marks, now);
  const windows = [...plan.due.map(({ window }) => window), ...plan.recheck];
  const known = new Map(windows.map((window) => [window.end, { window, readings: readingsFor(rule, shard, window) }]));
  return {
    marks,
    read: ({ end }) => known.get(end) as WindowReading,
    expected: expectedOf(rule, shard),
    baseline: baseline === null ? null : (JSON.parse(baseline) as ShardBaseline),
  };
}

/**
 * One evaluation as the use case does it between reading signals and telling: the state is decoded, judged and encoded; where there is
 * something to tell it is read and written a second time, without what was queued.
 */
export function evaluatePass(pass: Pass, now: number, { marks, read, expected, baseline }: Heard, tally: Tally): void {
  const { rule, shard } = pass;
  const state = pass.stored === null ? null : decodeState(pass.stored);
  const plan = planWindows(rule, state, shard.targets, marks, now);
  const readings = { due: plan.due.map(({ window }) => read(window)), recheck: plan.recheck.map(read) };
  const { next, entry, transitions } = judge(rule, state, plan, readings, expected, now, { baseline });
  pass.stored = encodeState(next).body;
  if (next.unsent.length > 0) {
    const written = decodeState(pass.stored);
    const sent = written.unsent.map(({ id }) => id);
    pass.stored = encodeState(withoutUnsent(written, sent)).body;
  }
  pass.judgedTo = alignDown(now - rule.delay, rule.every);
  tally.ruleSeries += shard.targets.length * shard.series * (plan.due.length + plan.recheck.length);
  tally.breaches += entry.breaches;
  tally.transitions += transitions.length;
}

/** Passes that look alike, one after the other. Asking for CPU time takes as long as judging some series, so it is asked once for all. */
export function evaluateAll(passes: readonly Pass[], now: number, tallyOf: (pass: Pass) => Tally): void {
  const [first] = passes;
  if (first === undefined) return;
  const heard = hear(first, now);
  const tally = tallyOf(first);
  // What was read is old by then, so that the garbage that is collected is that of judging.
  globalThis.gc?.({ type: 'minor' });
  globalThis.gc?.({ type: 'minor' });
  const began = process.cpuUsage();
  for (const pass of passes) evaluatePass(pass, now, heard, tally);
  const { user, system } = process.cpuUsage(began);
  tally.seconds += (user + system) / 1e6;
}

const DAYS_LEARNT = 14;

/** Two weeks of an anomaly rule's series, learnt as the app learns them. */
export function baselineFor(rule: Rule, shard: BenchShard, now: number): string | null {
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
  return JSON.stringify(baseline);
}

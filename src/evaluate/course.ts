import type { Transition } from '../model/alert.ts';
import type { Rule } from '../model/rule.ts';
import type { JudgedWindow, ShardState } from '../model/state.ts';
import { alignDown } from '../model/window.ts';
import type { DuePlan } from './due.ts';
import { unobserved } from './expected.ts';
import { catchUpFinding } from './findings.ts';
import { RESOLVED_RETENTION } from './life.ts';
import { closeMemories } from './memories.ts';
import { reportsOn, ruleFor, type Work } from './work.ts';

/** Where a judgement has got to. */
export interface Course {
  readonly rule: Rule;
  readonly plan: DuePlan;
  readonly now: number;
  readonly first: boolean;
  /** End of the newest window judged, by target. */
  readonly last: Map<string, number>;
  /** Targets whose windows wait because they could not be read. */
  readonly held: Set<string>;
  lastWindowEnd: number;
  recent: readonly JudgedWindow[];
  /** Ends of the windows in which anything was judged. */
  readonly windows: number[];
}

/** A shard that was never judged begins just before the first window that is due. */
export function beginning(rule: Rule, plan: DuePlan, now: number): ShardState {
  const end = plan.due[0]?.window.end ?? alignDown(now - rule.delay, rule.every) + rule.every;
  return {
    version: 1,
    lastWindowEnd: end - rule.every,
    lagging: {},
    instances: {},
    expected: {},
    recent: [],
    unsent: [],
    blind: {},
  };
}

export function openCourse(rule: Rule, state: ShardState, plan: DuePlan, now: number, first: boolean): Course {
  return {
    rule,
    plan,
    now,
    first,
    last: new Map(plan.targets.map((id) => [id, state.lagging[id] ?? state.lastWindowEnd])),
    held: new Set(),
    lastWindowEnd: state.lastWindowEnd,
    recent: withoutNewcomers(state, plan.targets),
    windows: [],
  };
}

function targetsOf({ targets }: ShardState, { targets: now }: DuePlan): readonly string[] {
  return targets !== undefined && isSame(targets, now) ? targets : [...now].sort();
}

/** Who has just joined the shard was not judged in its windows before: reading them again corrects nothing of it. */
function withoutNewcomers({ recent, targets }: ShardState, now: readonly string[]): readonly JudgedWindow[] {
  if (targets === undefined || recent.length === 0 || isSame(targets, now)) return recent;
  const known = new Set(targets);
  const joined = now.filter((id) => !known.has(id));
  if (joined.length === 0) return recent;
  return recent.map((window) => ({ ...window, without: [...new Set([...(window.without ?? []), ...joined])].sort() }));
}

/** Whether two lists of distinct targets hold the same, in whatever order. */
function isSame(one: readonly string[], other: readonly string[]): boolean {
  if (one.length !== other.length) return false;
  if (one.every((id, index) => id === other[index])) return true;
  const ids = new Set(one);
  return other.every((id) => ids.has(id));
}

/** Time that nobody looked at counts for no clock: neither for `for` nor for `keepFiringFor` nor as silence. */
export function passOver(work: Work, { rule, plan, last }: Course): void {
  const { skipped } = plan;
  if (skipped === null) return;
  let lost = false;
  for (const [target, judged] of last) {
    const gap = skipped.to - Math.max(skipped.from, judged);
    if (gap <= 0) continue;
    lost = true;
    for (const [key, instance] of [...(work.register.of(target) ?? [])]) {
      if (instance.state === 'pending') work.register.put(target, key, { ...instance, activeAt: instance.activeAt + gap });
      if (instance.state !== 'recovering' || instance.recoveringSince === null) continue;
      work.register.put(target, key, { ...instance, recoveringSince: instance.recoveringSince + gap });
    }
    const { condition } = ruleFor(work, target);
    if (condition.kind !== 'absent' || rule.window >= condition.for) continue;
    for (const slot of work.expected.all()) if (slot.entry.target === target) slot.entry = unobserved(slot.entry, gap);
  }
  if (!lost) return;
  const finding = catchUpFinding(rule, skipped, plan.targets);
  work.findings.set(finding.id, finding);
  work.tally.reasons.add(`${skipped.count} windows given up after a gap`);
}

/** What is known of targets that still belong to the shard. */
function withinShard<Value>(known: ReadonlyMap<string, Value>, { targets }: DuePlan): Readonly<Record<string, Value>> {
  if (known.size === 0) return {};
  const watched = new Set(targets);
  const within: Record<string, Value> = {};
  for (const [target, value] of known) if (watched.has(target)) within[target] = value;
  return within;
}

function laggingOf(last: ReadonlyMap<string, number>, lastWindowEnd: number): Readonly<Record<string, number>> {
  const lagging: Record<string, number> = {};
  for (const [target, end] of last) if (end < lastWindowEnd) lagging[target] = end;
  return lagging;
}

/** What is kept of it all; inactive series leave nothing behind. */
export function closeState(began: ShardState, work: Work, course: Course, transitions: readonly Transition[]): ShardState {
  const { lastWindowEnd, last, plan } = course;
  return {
    version: 1,
    lastWindowEnd,
    lagging: laggingOf(last, lastWindowEnd),
    instances: work.register.record(
      (instance) =>
        instance.state !== 'resolved' ||
        lastWindowEnd - (instance.resolvedAt ?? lastWindowEnd) < RESOLVED_RETENTION ||
        reportsOn(instance, lastWindowEnd),
    ),
    expected: work.expected.record(),
    recent: course.recent,
    unsent: [...began.unsent, ...transitions],
    blind: withinShard(work.blind, plan),
    ...(work.memories.size === 0 ? {} : { known: closeMemories(work.memories, plan.targets) }),
    ...(work.watches === null ? {} : { series: work.watches.memories(lastWindowEnd) }),
    targets: targetsOf(began, plan),
    ...(work.events.size > 0 && { events: withinShard(work.events, plan) }),
  };
}

import type { Transition } from '../model/alert.ts';
import type { ShardBaseline } from '../model/baseline.ts';
import { HOUR } from '../model/duration.ts';
import { TocsinError } from '../model/errors.ts';
import type { Finding } from '../model/finding.ts';
import type { Rule } from '../model/rule.ts';
import type { Reading } from '../model/series.ts';
import type { JudgedWindow, ShardState } from '../model/state.ts';
import type { Expected } from '../model/target.ts';
import type { Window } from '../model/window.ts';
import { absenceOf, type Heard, judgeAbsence, missWindow } from './absence.ts';
import { judgeAnomaly, noteLearning } from './anomaly/judge.ts';
import { openWatches } from './anomaly/shard.ts';
import { assessorOf } from './assess.ts';
import { goBlind, policyOf } from './blind.ts';
import { judgeChanged } from './changed.ts';
import { beginning, type Course, closeState, openCourse, passOver } from './course.ts';
import { type DuePlan, type DueWindow, PATIENCE } from './due.ts';
import { type EntryBody, entryOf } from './entry.ts';
import { judgeEvents } from './events.ts';
import { judgeCheckIns } from './judge-check-ins.ts';
import { admitWaiting, judgeLimit } from './limit.ts';
import { openMemories } from './memories.ts';
import { type Eye, recheck } from './recheck.ts';
import { registerOf } from './register.ts';
import { rosterOf } from './roster.ts';
import { assertDistinct, judgeThreshold } from './threshold.ts';
import { settle, type Work } from './work.ts';

/** Readings by target id. Of metrics they may reach beyond the window; of logs they are the window's own. */
export interface WindowReading {
  readonly window: Window;
  readonly readings: Readonly<Record<string, Reading>>;
}

/** What a judgement may know beyond rule, state and readings. */
export interface JudgeContext {
  /** The rule as overridden for some targets, by target id. */
  readonly variants?: ReadonlyMap<string, Rule>;
  /** Targets whose logs are expected in this shard's workspace; absent: all. */
  readonly atHome?: ReadonlySet<string> | undefined;
  /** What the evaluation log should say besides. */
  readonly notes?: readonly string[];
  /** Of an `anomaly` rule: what finished days were like. */
  readonly baseline?: ShardBaseline | null;
}

const NO_VARIANTS: ReadonlyMap<string, Rule> = new Map();

export interface Judgement {
  readonly next: ShardState;
  readonly transitions: readonly Transition[];
  readonly findings: readonly Finding[];
  readonly entry: EntryBody;
  /** Of an `anomaly` rule: the baseline where a day has ended since; to be written before `next` is. */
  readonly baseline: ShardBaseline | null;
}

/**
 * Judges what is due of one rule on one shard: verdicts, the next state, and what there is to tell of it. Pure; judging again with the
 * state it returns changes nothing. Windows already judged for a target are passed over, so that a plan made before somebody else
 * judged does no harm.
 *
 * A target that could not be read, under `onError: keep`, is not judged but lags, so that its windows are judged when reading works
 * again; after `delay × 3` of trying they are given up, the state still kept.
 */
export function judge(
  rule: Rule,
  state: ShardState | null,
  plan: DuePlan,
  read: { readonly due: readonly WindowReading[]; readonly recheck: readonly WindowReading[] },
  expected: readonly Expected[],
  now: number,
  { variants = NO_VARIANTS, atHome, notes = [], baseline = null }: JudgeContext = {},
): Judgement {
  const idle = plan.due.length === 0 && plan.recheck.length === 0 && plan.skipped === null;
  const began = state ?? beginning(rule, plan, now);
  const work = openWork(rule, variants, began, baseline);
  for (const note of notes) work.tally.reasons.add(note);
  const course = openCourse(rule, began, plan, now, state === null);
  const eye = eyeOf(work, course, expected, atHome);

  passOver(work, course);
  const readings = new Map(read.due.map((one) => [one.window.end, one.readings]));
  for (const due of plan.due) judgeWindow(work, eye, course, due, readings.get(due.window.end) ?? {});
  const corrected = readAgain(work, eye, course, read.recheck);
  if (eye.kind === 'anomaly') noteLearning(work, eye.condition, eye.watches);

  const transitions = work.transitions.sort(
    (a, b) => a.at - b.at || compare(a.alert.fingerprint, b.alert.fingerprint) || compare(a.id, b.id),
  );
  return {
    next: idle ? began : closeState(began, work, course, transitions),
    transitions,
    findings: [...work.findings.values()].sort((a, b) => compare(a.id, b.id)),
    entry: entryOf(work, course, transitions.length, corrected),
    baseline: work.watches?.baseline(course.lastWindowEnd) ?? null,
  };
}

/** The state without transitions that are now known to be in the notifications queue. */
export function withoutUnsent(state: ShardState, ids: readonly string[]): ShardState {
  const sent = new Set(ids);
  return { ...state, unsent: state.unsent.filter((transition) => !sent.has(transition.id)) };
}

function eyeOf(work: Work, { plan, first }: Course, expected: readonly Expected[], atHome?: ReadonlySet<string>): Eye {
  const { rule, variants } = work;
  const { condition } = rule;
  switch (condition.kind) {
    case 'absent':
      return { kind: 'absent', absence: absenceOf(work, condition, plan.targets, expected, first, atHome) };
    case 'changed':
    case 'event':
    case 'heartbeat':
      return { kind: condition.kind, condition } as Eye;
    case 'anomaly':
      return { kind: 'anomaly', condition, watches: work.watches ?? openWatches(rule, {}, null) };
    default: {
      const common = assessorOf(rule);
      const own = new Map([...variants].map(([target, variant]) => [target, assessorOf(variant)]));
      return { kind: 'values', assessorFor: (target) => own.get(target) ?? common };
    }
  }
}

function openWork(rule: Rule, variants: ReadonlyMap<string, Rule>, state: ShardState, baseline: ShardBaseline | null): Work {
  return {
    rule,
    variants,
    watches: rule.condition.kind === 'anomaly' ? openWatches(rule, state.series ?? {}, baseline) : null,
    memories: openMemories(state.known),
    register: registerOf(rule, state.instances),
    expected: rosterOf(rule.signal.by, state.expected),
    blind: new Map(Object.entries(state.blind)),
    events: new Map(Object.entries(state.events ?? {})),
    breaches: [],
    usual: new Map(),
    waiting: [],
    beyond: 0,
    transitions: [],
    findings: new Map(),
    tally: { series: 0, breaches: 0, judged: 0, unknown: 0, failed: 0, reread: 0, unread: 0, code: null, reasons: new Set() },
  };
}

function judgeWindow(work: Work, eye: Eye, course: Course, due: DueWindow, readings: WindowReading['readings']): void {
  const { rule, plan, last } = course;
  const { window } = due;
  const late = new Set(due.late);
  const silent = new Set(plan.silent);
  const heard: Heard[] = [];
  const judged: string[] = [];
  const failed = new Set<string>();
  work.breaches.length = 0;
  work.usual.clear();
  work.beyond = 0;
  for (const target of due.targets) {
    if ((last.get(target) ?? course.lastWindowEnd) >= window.end || course.held.has(target)) continue;
    const reading = readings[target] ?? UNREAD;
    if (reading.status === 'unknown') {
      noteUnread(work, reading);
      if (isHeld(work, course, target, reading)) continue;
      work.tally.unknown += 1;
      goBlind(work, target, window, { reason: reading.reason, code: reading.code });
      if (rule.condition.kind === 'absent') missWindow(work, rule.condition, target, window);
    } else if (isDistinct(work, target, reading)) {
      const isLate = late.has(target);
      const isSilent = silent.has(target) || (isLate && isQuiet(work, plan, target, window));
      heard.push({ target, series: reading.series, late: isLate, silent: isSilent });
    } else failed.add(target);
    judged.push(target);
  }
  if (judged.length === 0) return;

  const isNewest = window.end > course.lastWindowEnd;
  if (isNewest && eye.kind !== 'absent') missTargets(work, course, window);
  if (eye.kind === 'absent') judgeAbsence(work, eye.absence, heard, window, isNewest);
  else for (const one of heard) judgeHeard(work, eye, one, window);
  admitWaiting(work);
  if (isNewest) judgeLimit(work, plan.targets, window);
  for (const target of judged) last.set(target, window.end);
  course.lastWindowEnd = Math.max(course.lastWindowEnd, window.end);
  course.windows.push(window.end);
  remember(
    work,
    course,
    window.end,
    // What a full rule did not tell one by one must not look like a breach that came late.
    work.beyond > 0 ? [] : judged.filter((target) => !failed.has(target)),
  );
}

/**
 * Whether the silence of a target is most likely its own: rows of others have arrived for the window, nothing of it is open, and the rule
 * does not look for silence. Nights of a quiet account are no blindness then; an absence rule tells where a log has stopped.
 */
function isQuiet({ rule, register, blind }: Work, { arrivedTo }: DuePlan, target: string, window: Window): boolean {
  if (rule.condition.kind === 'absent' || arrivedTo < window.end) return false;
  if ([...(register.of(target)?.values() ?? [])].some((instance) => instance.state !== 'resolved')) return false;
  blind.delete(target);
  return true;
}

function judgeHeard(work: Work, eye: Exclude<Eye, { kind: 'absent' }>, one: Heard, window: Window): void {
  const { target, series } = one;
  switch (eye.kind) {
    case 'values':
      judgeThreshold(work, eye.assessorFor(target), target, series, window, one);
      return;
    case 'changed':
      judgeChanged(work, eye.condition, target, series, window, one);
      return;
    case 'event':
      judgeEvents(work, eye.condition, target, series, window);
      return;
    case 'anomaly':
      judgeAnomaly(work, eye.watches, target, series, window, one);
      return;
    case 'heartbeat':
      judgeCheckIns(work, eye.condition, target, series, window);
  }
}

function noteUnread({ tally }: Work, { reason, detail, code }: Extract<Reading, { status: 'unknown' }>): void {
  tally.reasons.add(`${reason}: ${detail}`);
  tally.code ??= code;
}

const UNREAD: Reading = { status: 'unknown', reason: 'error', code: 'TCN-X001', detail: 'the window was not read' };

function isHeld(
  work: Work,
  { rule, plan, held }: Course,
  target: string,
  reading: Extract<Reading, { status: 'unknown' }>,
): boolean {
  if (reading.reason === 'no data' || policyOf(rule, reading.reason) !== 'keep') return false;
  const newest = plan.due.at(-1)?.window.end ?? 0;
  const since = work.blind.get(target) ?? newest;
  if (newest - since >= PATIENCE * rule.delay) return false;
  work.blind.set(target, since);
  held.add(target);
  return true;
}

function isDistinct(work: Work, target: string, reading: Extract<Reading, { status: 'ok' }>): boolean {
  try {
    assertDistinct(reading.series, work.rule.signal.by, target);
    return true;
  } catch (thrown) {
    if (!(thrown instanceof TocsinError)) throw thrown;
    work.tally.failed += 1;
    work.tally.code = thrown.code;
    work.tally.reasons.add(thrown.message);
    return false;
  }
}

/** A listing may have a gap: a target counts as deleted, or no longer meant, when it has been gone so long. */
const GONE_FOR = HOUR;

/** Series of targets that are watched no longer retire. */
function missTargets(work: Work, { plan, rule }: Course, window: Window): void {
  const known = work.register.targets();
  if (known.length === 0) return;
  const watched = new Set(plan.targets);
  const target = { gone: true, evaluations: Math.max(2, Math.ceil(GONE_FOR / rule.every)) } as const;
  for (const id of known) {
    if (watched.has(id)) continue;
    for (const [key, { labels }] of [...(work.register.of(id) ?? [])]) {
      settle(work, { target: id, key, labels }, { kind: 'missing', target }, window, null);
    }
  }
}

/** Keeps the verdicts of a window that will be read once more. */
function remember(work: Work, course: Course, end: number, judged: readonly string[]): void {
  const { rule, plan, now } = course;
  const known = course.recent.find((one) => one.end === end);
  const others = new Set(known !== undefined ? known.without : judged.length < plan.targets.length ? plan.targets : []);
  for (const target of judged) others.delete(target);
  if (known === undefined && (now >= end + PATIENCE * rule.delay || judged.length === 0)) return;
  const breaches = sortedOnce([...(known?.breaches ?? []), ...work.breaches], course.recent.at(-1)?.breaches);
  const next: JudgedWindow = {
    end,
    breaches,
    ...(others.size === 0 ? {} : { without: [...others].sort() }),
    ...(work.watches === null ? {} : { usual: { ...known?.usual, ...Object.fromEntries(work.usual) } }),
  };
  course.recent = [...course.recent.filter((one) => one.end !== end), next].sort((a, b) => a.end - b.end);
}

/** Each name once, in order; `before` itself where it holds the same, as what is in breach seldom changes. */
function sortedOnce(names: readonly string[], before: readonly string[] | undefined): readonly string[] {
  const once = new Set(names);
  return before?.length === once.size && before.every((name) => once.has(name)) ? before : [...once].sort();
}

/** Reads judged windows once more; one that could not be read again stays for another try, up to twice as long. */
function readAgain(work: Work, eye: Eye, course: Course, again: readonly WindowReading[]): number {
  const { rule, now } = course;
  const readings = new Map(again.map((one) => [one.window.end, one.readings]));
  let changed = 0;
  course.recent = course.recent.filter((judged) => {
    const { end } = judged;
    const found = readings.get(end);
    if (found === undefined || now < end + PATIENCE * rule.delay) return true;
    const unread = Object.values(found).find((reading) => reading.status === 'unknown');
    if (unread === undefined) work.tally.reread += 1;
    else {
      work.tally.unread += 1;
      noteUnread(work, unread);
      if (now < end + 2 * PATIENCE * rule.delay) return true;
    }
    changed += recheck(work, eye, judged, { start: end - rule.window, end }, found, course.lastWindowEnd);
    return false;
  });
  return changed;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

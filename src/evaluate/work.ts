import { levelOf } from '../model/acknowledgement.ts';
import type { Evidence, StateReason, Transition } from '../model/alert.ts';
import type { Extent } from '../model/baseline.ts';
import { DAY } from '../model/duration.ts';
import type { Finding } from '../model/finding.ts';
import { fingerprint } from '../model/fingerprint.ts';
import type { Labels } from '../model/labels.ts';
import { limitOf, type Rule } from '../model/rule.ts';
import type { Series } from '../model/series.ts';
import type { EventMemory, Instance } from '../model/state.ts';
import type { Window } from '../model/window.ts';
import { transitionOf } from './alert.ts';
import type { Watches } from './anomaly/shard.ts';
import { evidenceOf } from './evidence.ts';
import { reportFinding } from './findings.ts';
import { isOpen, live, type Verdict } from './life.ts';
import type { Memories } from './memories.ts';
import { type Register, wholeKey } from './register.ts';
import type { Roster } from './roster.ts';

/** What one judgement gathers while it goes through windows and targets. It begins as a copy of the state and never leaves `judge`. */
export interface Work {
  readonly rule: Rule;
  /** The rule as overridden for some targets, by target id. */
  readonly variants: ReadonlyMap<string, Rule>;
  readonly register: Register;
  /** The series of an `anomaly` rule; `null` of every other. */
  readonly watches: Watches | null;
  /** What a `changed` rule knows. */
  readonly memories: Memories;
  readonly expected: Roster;
  /** Since which window end a target has had no verdict. */
  readonly blind: Map<string, number>;
  /** Event rules only: by target, how far events were read and which were told. */
  readonly events: Map<string, EventMemory>;
  /** Fingerprints that breach in the window being judged. */
  readonly breaches: string[];
  /** Of those of an `anomaly` rule: between what values they would have been none, by fingerprint. */
  readonly usual: Map<string, Extent>;
  /** Series that found no room in the window being judged, because the rule had reached its limit. */
  readonly waiting: (() => void)[];
  /** How many found none even after the others had ended. */
  beyond: number;
  readonly transitions: Transition[];
  readonly findings: Map<string, Finding>;
  readonly tally: Tally;
}

/** Counts for the evaluation log, over all windows. */
export interface Tally {
  series: number;
  breaches: number;
  judged: number;
  unknown: number;
  failed: number;
  /** Windows that were read once more, and those that could not be. */
  reread: number;
  unread: number;
  code: string | null;
  /** In the order in which they came up, each once. */
  readonly reasons: Set<string>;
}

/** One series of the shard. */
export interface Place {
  readonly target: string;
  readonly key: string;
  readonly labels: Labels;
}

/**
 * Applies a verdict to one series and states what it changes: transitions of an alert, findings of a report. `held` marks a breach
 * that only hysteresis keeps up.
 */
export function settle(work: Work, place: Place, verdict: Verdict, window: Window, series: Series | null, held = false): void {
  const { register, rule } = work;
  const old = register.find(place.target, place.key);
  if (old === null && verdict.kind !== 'breach') return;
  if (verdict.kind === 'breach' && (old === null || old.state === 'resolved') && !hasRoom(work, place)) {
    work.waiting.push(() => settle(work, place, verdict, window, series, held));
    return;
  }
  const identity = old ?? { ...place, fingerprint: fingerprint(rule.id, place.target, place.labels) };
  if (verdict.kind === 'breach' && !held) {
    work.breaches.push(identity.fingerprint);
    work.tally.breaches += 1;
  }
  if (verdict.kind === 'breach') noteUsual(work, place, identity.fingerprint, verdict.value);
  register.put(place.target, place.key, follow(work, old, verdict, window, series, identity));
}

/** Notes between what values the breach of an anomaly would have been none, where its value alone makes it one. */
function noteUsual({ watches, usual }: Work, { target, labels }: Place, name: string, value: number | null): void {
  const band = watches?.course(target, labels)?.band.at(-1);
  if (band === undefined || value === null) return;
  const lower = band.lower ?? -Number.MAX_VALUE;
  const upper = band.upper ?? Number.MAX_VALUE;
  if (value < lower || value > upper) usual.set(name, [lower, upper]);
}

/** Whether one more series may begin; what speaks of a target as a whole always may. */
function hasRoom({ register, rule }: Work, { key }: Place): boolean {
  return register.active() < limitOf(rule) || (rule.signal.by.length > 0 && key === wholeKey(rule));
}

/** One step in the life of a series, wherever it is kept: its next instance, its transition told. */
export function follow(
  work: Work,
  old: Instance | null,
  verdict: Verdict,
  window: Window,
  series: Series | null,
  { fingerprint, target, labels }: Pick<Instance, 'fingerprint' | 'target' | 'labels'>,
  summary?: string,
): Instance | null {
  const rule = ruleFor(work, target);
  const at = window.end;
  const next = levelled(old, live(old, verdict, at, rule, { fingerprint, target, labels }), rule);
  if (rule.disposition === 'report') return report(work, rule, old, next, verdict, window, series, summary);
  const kind = next === null ? null : toldAs(old, next);
  if (next !== null && kind !== null) {
    const evidence = evidenceFor(work, rule, series, window, { target, labels });
    work.transitions.push(transitionOf(rule, next, { kind, at, evidence, ...(summary === undefined ? {} : { summary }) }));
  }
  return next;
}

/** What receivers have to know of a step. */
function toldAs(old: Instance | null, next: Instance): Transition['kind'] | null {
  if (!isOpen(old)) return isOpen(next) ? 'fired' : null;
  if (next.state === 'resolved') return 'resolved';
  return (next.level ?? 0) > (old?.level ?? 0) ? 'worsened' : null;
}

/** The instance with the furthest level that its value has reached since it fired; only thresholds have levels. */
function levelled(old: Instance | null, next: Instance | null, rule: Rule): Instance | null {
  if (next === null || next.state !== 'firing' || rule.condition.kind !== 'threshold') return next;
  const { threshold, operator } = rule.condition.when;
  const level = Math.max(levelOf(next.value, threshold, operator), isOpen(old) ? (old?.level ?? 0) : 0);
  return level === (next.level ?? 0) ? next : { ...next, level };
}

/** The rule as it is meant for a target. */
export function ruleFor({ rule, variants }: Work, target: string): Rule {
  return variants.size === 0 ? rule : (variants.get(target) ?? rule);
}

/** What is shown beside an alert: of an anomaly the samples that were judged, between what was usual. */
export function evidenceFor(
  work: Work,
  rule: Rule,
  series: Series | null,
  window: Window,
  { target, labels }: Pick<Place, 'target' | 'labels'>,
): Evidence {
  const evidence = evidenceOf(rule, series, window);
  const course = work.watches?.course(target, labels) ?? null;
  return course === null ? evidence : { ...evidence, ...course };
}

/** Whether a series that is over must be remembered still, because its finding of the day may be extended. */
export function reportsOn(instance: Instance, at: number): boolean {
  return instance.report !== undefined && instance.report.day === Math.floor(at / DAY);
}

function report(
  work: Work,
  rule: Rule,
  old: Instance | null,
  next: Instance | null,
  verdict: Verdict,
  window: Window,
  series: Series | null,
  summary: string | undefined,
): Instance | null {
  const at = window.end;
  const memory = old !== null && reportsOn(old, at) ? old.report : undefined;
  if (next === null) {
    return old === null || memory === undefined
      ? null
      : { ...old, state: 'resolved', reason: reasonOf(verdict, old), resolvedAt: at };
  }
  if (verdict.kind !== 'breach' || next.state !== 'firing') return memory === undefined ? next : { ...next, report: memory };
  const day = Math.floor(at / DAY);
  const told: Instance = { ...next, report: { day, count: (memory?.count ?? 0) + 1, firstAt: memory?.firstAt ?? at } };
  const finding = reportFinding(rule, told, at, evidenceFor(work, rule, series, window, told), summary);
  work.findings.set(finding.id, finding);
  return told;
}

function reasonOf(verdict: Verdict, old: Instance): StateReason {
  return 'reason' in verdict ? verdict.reason : old.reason;
}

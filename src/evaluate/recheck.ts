import { formatDuration } from '../model/duration.ts';
import { fingerprint } from '../model/fingerprint.ts';
import type { AnomalyCondition, ChangedCondition, CheckInCondition, EventCondition, Rule } from '../model/rule.ts';
import type { Reading, Series } from '../model/series.ts';
import type { JudgedWindow } from '../model/state.ts';
import type { Window } from '../model/window.ts';
import { type Absence, conditionFor, lastEvent } from './absence.ts';
import { transitionOf } from './alert.ts';
import { samplerOf } from './anomaly/assess.ts';
import type { Watches } from './anomaly/shard.ts';
import type { Assessor } from './assessor.ts';
import { unknownOf } from './capacity.ts';
import { noticeLate } from './changed.ts';
import { spoken } from './expected.ts';
import { lateBreach } from './findings.ts';
import { seriesKey } from './register.ts';
import { evidenceFor, type Place, ruleFor, type Work } from './work.ts';

/** How the rule looks at a series: an assessor of values, what `changed` or an absence rule looks for, events or check-ins, which are never read again. */
export type Eye =
  | { readonly kind: 'values'; readonly assessorFor: (target: string) => Assessor }
  | { readonly kind: 'changed'; readonly condition: ChangedCondition }
  | { readonly kind: 'anomaly'; readonly condition: AnomalyCondition; readonly watches: Watches }
  | { readonly kind: 'absent'; readonly absence: Absence }
  | { readonly kind: 'event'; readonly condition: EventCondition }
  | { readonly kind: 'heartbeat'; readonly condition: CheckInCondition };

/**
 * Compares what a window says now with what was judged of it. A verdict that changed is stated on the alert of its series, be it
 * open or just resolved; a breach of a series without one becomes a finding. The state stays: later windows have judged since.
 *
 * @param at end of the newest window judged: a correction is told after everything that was told before.
 * @returns how many verdicts changed.
 */
export function recheck(
  work: Work,
  eye: Eye,
  judged: JudgedWindow,
  window: Window,
  readings: Readonly<Record<string, Reading>>,
  at: number,
): number {
  const before = rememberedOf(work, judged.breaches);
  const without = new Set(judged.without ?? []);
  let changed = 0;
  for (const [target, reading] of Object.entries(readings)) {
    if (reading.status !== 'ok' || without.has(target)) continue;
    for (const series of reading.series) {
      if (unknownOf(series) !== null) continue;
      const correction = correctionOf(work, eye, target, series, window, before, judged.usual ?? {});
      if (correction !== null && state(work, correction, series, window, at)) changed += 1;
    }
  }
  return changed;
}

/** What was judged as breach. Names are hashes, so who still has an instance is known without making one. */
interface Before {
  has(fingerprint: string): boolean;
  /** Whether a series without an instance may have been one. */
  readonly mayBeOver: boolean;
}

function rememberedOf({ register }: Work, breaches: readonly string[]): Before {
  const all = new Set(breaches);
  const over = new Set(breaches);
  for (const target of over.size === 0 ? [] : register.targets()) {
    for (const { fingerprint: own } of register.of(target)?.values() ?? []) over.delete(own);
  }
  return { has: (name) => all.has(name), mayBeOver: over.size > 0 };
}

function correctionOf(
  work: Work,
  eye: Eye,
  target: string,
  series: Series,
  window: Window,
  before: Before,
  usual: NonNullable<JudgedWindow['usual']>,
): Correction | null {
  switch (eye.kind) {
    case 'values':
      return recheckValues(work, eye.assessorFor(target), target, series, window, before);
    case 'anomaly':
      return isUntold(work, target, series, before)
        ? null
        : recheckAnomaly(work, placeOf(work, target, series), series, window, usual);
    case 'absent':
      return recheckAbsence(work, eye.absence, target, series, window, before);
    case 'changed': {
      if (!noticeLate(work, eye.condition, target, series, window)) return null;
      const place = placeOf(work, target, series);
      const fingerprint = nameOf(work, place);
      return before.has(fingerprint) ? null : { place, fingerprint, breach: true, value: null };
    }
    case 'event':
    case 'heartbeat':
      return null;
  }
}

interface Correction {
  readonly place: Place;
  readonly fingerprint: string;
  readonly breach: boolean;
  readonly value: number | null;
}

function recheckValues(
  work: Work,
  assessor: Assessor,
  target: string,
  series: Series,
  window: Window,
  before: Before,
): Correction | null {
  const outcome = assessor.assess(series, window);
  if (outcome === 'none') return null;
  if (outcome !== 'breach' && isUntold(work, target, series, before)) return null;
  const place = placeOf(work, target, series);
  const name = nameOf(work, place);
  const breach = outcome === 'breach';
  return before.has(name) === breach ? null : { place, fingerprint: name, breach, value: assessor.value() };
}

/** A value that has come back to between what was usual takes its breach back; samples judged since have learnt from it as it was. */
function recheckAnomaly(
  work: Work,
  place: Place,
  series: Series,
  window: Window,
  usual: NonNullable<JudgedWindow['usual']>,
): Correction | null {
  const rule = ruleFor(work, place.target);
  if (rule.condition.kind !== 'anomaly') return null;
  const name = nameOf(work, place);
  const bounds = usual[name];
  const value = samplerOf(rule, rule.condition).of(series, window);
  if (bounds === undefined || typeof value === 'string' || value < bounds[0] || value > bounds[1]) return null;
  return { place, fingerprint: name, breach: false, value };
}

/** Late data can only add events: the one correction of an absence is that the key had spoken after all. */
function recheckAbsence(
  work: Work,
  { condition }: Absence,
  target: string,
  series: Series,
  window: Window,
  before: Before,
): Correction | null {
  const event = lastEvent(series, window, conditionFor(work, target, condition));
  const slot = event === null ? undefined : work.expected.find(target, series.labels);
  if (event === null || slot === undefined) return null;
  const entry = spoken(slot.entry, event);
  slot.entry = entry;
  if (isUntold(work, entry.target, entry, before)) return null;
  const known = placeOf(work, entry.target, entry);
  const name = nameOf(work, known);
  return before.has(name) ? { place: known, fingerprint: name, breach: false, value: null } : null;
}

/** Whether nothing was said of a series that could be taken back. */
function isUntold({ register, rule }: Work, target: string, { labels }: Pick<Series, 'labels'>, { mayBeOver }: Before): boolean {
  if (mayBeOver) return false;
  const known = register.of(target);
  return known === undefined || !known.has(seriesKey(labels, rule.signal.by));
}

function placeOf({ rule }: Work, target: string, { labels }: Pick<Series, 'labels'>): Place {
  return { target, key: seriesKey(labels, rule.signal.by), labels };
}

function nameOf(work: Work, { target, key, labels }: Place): string {
  return work.register.find(target, key)?.fingerprint ?? fingerprint(work.rule.id, target, labels);
}

function state(work: Work, correction: Correction, series: Series, window: Window, at: number): boolean {
  const { register, transitions, findings } = work;
  const { place, breach, value } = correction;
  const rule = ruleFor(work, place.target);
  const evidence = evidenceFor(work, rule, series, window, place);
  const instance = register.find(place.target, place.key);
  if (rule.disposition === 'alert' && instance !== null && instance.state !== 'pending') {
    const words = wordsOf(rule, breach, at - window.end);
    const corrected = { ...instance, reason: 'corrected', value } as const;
    transitions.push(transitionOf(rule, corrected, { kind: 'corrected', at, evidence, words, mark: window.end }));
    return true;
  }
  if (!breach) return false;
  const finding = lateBreach(rule, { ...place, fingerprint: correction.fingerprint, value }, window.end, evidence);
  findings.set(finding.id, finding);
  return true;
}

function wordsOf(rule: Rule, breach: boolean, age: number): string {
  const window = `the window of ${formatDuration(rule.window)} that ended ${formatDuration(age)} earlier`;
  return breach ? `late data make ${window} a breach` : `late data take back the breach of ${window}`;
}

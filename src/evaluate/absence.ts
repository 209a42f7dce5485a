import { formatDuration } from '../model/duration.ts';
import { fingerprint } from '../model/fingerprint.ts';
import { type AbsentCondition, limitOf } from '../model/rule.ts';
import type { Series } from '../model/series.ts';
import type { ExpectedKey } from '../model/state.ts';
import type { Expected } from '../model/target.ts';
import type { Window } from '../model/window.ts';
import { goBlind, seeAgain } from './blind.ts';
import {
  type Expectations,
  expectationsOf,
  isForgotten,
  isSilent,
  type Listed,
  listedKeys,
  relisted,
  retirementOf,
  spoken,
  unobserved,
} from './expected.ts';
import { firstAtOrAfter } from './fold.ts';
import type { Verdict } from './life.ts';
import { PIPELINE, seriesKey, wholeKey } from './register.ts';
import type { Slot } from './roster.ts';
import type { Arrival } from './threshold.ts';
import { follow, type Place, ruleFor, settle, type Work } from './work.ts';

/** So many keys must be silent at once, and more than half of all, before one alert speaks for them. */
const PIPELINE_KEYS = 3;

/** What stays the same for all windows of one judgement. */
export interface Absence {
  readonly condition: AbsentCondition;
  readonly expectations: Expectations;
  readonly watched: ReadonlySet<string>;
  readonly listed: ReadonlyMap<string, Listed>;
  /** The rule is judged on the shard for the first time. */
  readonly first: boolean;
}

export function absenceOf(
  work: Work,
  condition: AbsentCondition,
  targets: readonly string[],
  expected: readonly Expected[],
  first: boolean,
  atHome: ReadonlySet<string> = new Set(targets),
): Absence {
  const expectations = expectationsOf(condition);
  return {
    condition,
    expectations,
    watched: new Set(targets),
    listed: listedKeys(work.rule, expectations, targets, expected, atHome),
    first,
  };
}

/** One target's part in a window: what was read of it, and how far its data had come. */
export interface Heard extends Arrival {
  readonly target: string;
  readonly series: readonly Series[];
}

/**
 * Judges one window of an absence rule. An event makes its key present whatever the state of the data; without one, the key is absent
 * only where the data are known to have arrived. Every key that falls silent breaches, unless so many do at once that one alert
 * speaks of what they share.
 *
 * @param heard targets that could be read; keys of all others have no verdict.
 * @param isNewest the window is newer than any judged before for the shard: only then memory ages and the shard is seen as a whole.
 */
export function judgeAbsence(work: Work, absence: Absence, heard: readonly Heard[], window: Window, isNewest: boolean): void {
  if (isNewest) ageExpectations(work, absence, window);
  const events = new Map<Slot, Series>();
  for (const one of heard) listen(work, absence, one, window, events);

  const byTarget = new Map(heard.map((one) => [one.target, one]));
  const absent: { place: Place; series: Series | null }[] = [];
  const late = new Set<string>();
  let expected = 0;
  let unknown = 0;
  for (const slot of work.expected.all()) {
    const { entry } = slot;
    if (entry.retiredAt !== undefined) continue;
    expected += 1;
    const { target, labels } = entry;
    const one = byTarget.get(target);
    if (one === undefined) {
      unknown += 1;
      continue;
    }
    const event = events.get(slot);
    if (event === undefined && one.late) {
      unknown += 1;
      late.add(target);
      continue;
    }
    work.tally.series += 1;
    const isAbsent =
      event === undefined && isSilent(entry, absence.listed.get(slot.key), window, conditionFor(work, target, absence.condition));
    if (!isAbsent && work.register.of(target) === undefined) continue;
    const place = { target, key: seriesKey(labels, work.rule.signal.by), labels };
    if (isAbsent) absent.push({ place, series: null });
    else settle(work, place, { kind: 'ok', reason: 'recovered', value: null }, window, event ?? null);
  }

  closeTargets(work, absence, heard, late, window);
  const inhibited = isNewest
    ? judgePipeline(
        work,
        absence,
        absent.map(({ place }) => place),
        expected,
        unknown,
        window,
      )
    : isPipelineOpen(work);
  for (const { place, series } of absent) {
    const verdict: Verdict = { kind: 'breach', reason: 'absent', value: null };
    settle(work, place, inhibited ? { ...verdict, inhibited: true } : verdict, window, series);
  }
}

/** The condition as it is for a target: an override may allow it a longer or shorter silence. */
export function conditionFor(work: Work, target: string, common: AbsentCondition): AbsentCondition {
  const { condition } = ruleFor(work, target);
  return condition.kind === 'absent' ? condition : common;
}

/** Whether the series has an event that counts for a window: within it, and not older than `for`. */
export function lastEvent({ points }: Series, window: Window, condition: AbsentCondition): number | null {
  const from = Math.max(window.start, window.end - condition.for);
  for (let index = firstAtOrAfter(points, window.end) - 1; index >= 0; index--) {
    const point = points[index];
    if (point === undefined || point.at < from) return null;
    if (point.value > 0) return point.at;
  }
  return null;
}

/** Events of one target: they renew what is remembered of their keys, and where keys seen are expected, make new ones. */
function listen(work: Work, absence: Absence, one: Heard, window: Window, events: Map<Slot, Series>): void {
  const { expectations } = absence;
  const condition = conditionFor(work, one.target, absence.condition);
  for (const series of one.series) {
    const at = lastEvent(series, window, condition);
    if (at === null) continue;
    const known = work.expected.find(one.target, series.labels);
    if (known !== undefined) {
      known.entry = spoken(known.entry, at);
      events.set(known, series);
    } else if (expectations.seen !== null && work.expected.size() >= limitOf(work.rule)) work.beyond += 1;
    else if (expectations.seen !== null) events.set(work.expected.add(newlySeen(one.target, series, at)), series);
  }
}

function newlySeen(target: string, { labels }: Series, at: number): ExpectedKey {
  return { target, labels, firstExpectedAt: at, lastSeenAt: at, lastInventoriedAt: null };
}

function ageExpectations(work: Work, absence: Absence, window: Window): void {
  const { expected, register, rule } = work;
  const { listed, expectations, watched, condition, first } = absence;
  const { by } = rule.signal;
  for (const one of listed.values()) {
    const slot = expected.find(one.target, one.labels);
    if (slot === undefined) expected.add(relisted(undefined, one, window, first));
    else slot.entry = relisted(slot.entry, one, window, first);
  }
  for (const slot of expected.all()) {
    const { entry } = slot;
    if (entry.retiredAt !== undefined) {
      if (isForgotten(entry, conditionFor(work, entry.target, condition), expectations, window.end)) expected.drop(slot);
      continue;
    }
    const reason = retirementOf(entry, listed.has(slot.key), watched.has(entry.target), expectations, window.end);
    if (reason === null) continue;
    slot.entry = { ...entry, retiredAt: window.end };
    const place = { target: entry.target, key: seriesKey(entry.labels, by), labels: entry.labels };
    settle(work, place, { kind: 'retired', reason }, window, null);
  }
  for (const target of register.targets()) {
    for (const [key, { labels }] of [...(register.of(target) ?? [])]) {
      if (expected.find(target, labels) !== undefined || (key === wholeKey(rule) && watched.has(target))) continue;
      settle(work, { target, key, labels }, { kind: 'retired', reason: 'rule changed' }, window, null);
    }
  }
}

/** Targets of which something is unknown are blind, all others can be judged again. */
function closeTargets(
  work: Work,
  { condition }: Absence,
  heard: readonly Heard[],
  late: ReadonlySet<string>,
  window: Window,
): void {
  for (const { target, silent } of heard) {
    if (late.has(target)) {
      work.tally.unknown += 1;
      goBlind(work, target, window, { reason: 'data late', code: null }, silent);
      missWindow(work, condition, target, window);
    } else {
      work.tally.judged += 1;
      seeAgain(work, target, window);
    }
  }
}

/** A window shorter than `for` that nobody could look into leaves a hole in what is known of the keys. */
export function missWindow(work: Work, common: AbsentCondition, target: string, { start, end }: Window): void {
  const condition = conditionFor(work, target, common);
  if (end - start >= condition.for) return;
  for (const slot of work.expected.all()) {
    const { entry } = slot;
    const spokeInIt = entry.lastSeenAt !== null && entry.lastSeenAt >= start;
    if (entry.target === target && !spokeInIt) slot.entry = unobserved(entry, work.rule.every);
  }
}

function isPipelineOpen(work: Work): boolean {
  const state = work.register.meta(PIPELINE)?.state;
  return state === 'pending' || state === 'firing';
}

/** @returns whether the keys' own alerts are inhibited. */
function judgePipeline(
  work: Work,
  { condition }: Absence,
  absent: readonly Place[],
  expected: number,
  unknown: number,
  window: Window,
): boolean {
  const { register, rule } = work;
  const old = register.meta(PIPELINE);
  const breach = absent.length >= PIPELINE_KEYS && absent.length * 2 > expected;
  const undecided = !breach && unknown > 0 && (absent.length + unknown) * 2 > expected;
  if (old === null && !breach) return false;
  const labels = { [PIPELINE]: rule.id };
  const target = absent.map((place) => place.target).sort()[0] ?? '';
  const identity = old ?? { fingerprint: fingerprint(rule.id, target, labels), target, labels };
  const verdict: Verdict = breach
    ? { kind: 'breach', reason: 'absent', value: absent.length }
    : undecided
      ? { kind: 'blind', reason: 'data late' }
      : { kind: 'ok', reason: 'recovered', value: absent.length };
  if (breach) work.breaches.push(identity.fingerprint);
  const summary = breach
    ? `${absent.length} of ${expected} expected have had no event for ${formatDuration(condition.for)}: look at what they share before each of them. Silent: ${namesOf(absent)}`
    : `${absent.length} of ${expected} expected are silent now; each of them is told by itself.`;
  register.putMeta(PIPELINE, follow(work, old, verdict, window, null, identity, summary));
  return isPipelineOpen(work);
}

const NAMES_TOLD = 10;

function namesOf(absent: readonly Place[]): string {
  const names = [
    ...new Set(absent.map(({ labels, target }) => Object.values(labels).join(' ') || (target.split('/').at(-1) ?? target))),
  ].sort();
  const more = names.length - NAMES_TOLD;
  return `${names.slice(0, NAMES_TOLD).join(', ')}${more > 0 ? ` and ${more} more` : ''}.`;
}

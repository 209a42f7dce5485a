import { TocsinError } from '../model/errors.ts';
import type { Labels } from '../model/labels.ts';
import type { Rule } from '../model/rule.ts';
import type { BlindReason, Series } from '../model/series.ts';
import type { Instance } from '../model/state.ts';
import type { Window } from '../model/window.ts';
import type { Assessor } from './assessor.ts';
import { goBlind, seeAgain, wordOf } from './blind.ts';
import { unknownOf } from './capacity.ts';
import { isOpen } from './life.ts';
import { seriesKey, wholeKey } from './register.ts';
import { settle, type Work } from './work.ts';

/** How far the data of a target had come when its window was read. */
export interface Arrival {
  /** Judged only because waiting came to its end. */
  readonly late: boolean;
  readonly silent: boolean;
}

/**
 * Judges one window of one target under a threshold. A target without any data is blind, unless its log table has been seen to be
 * complete: then no row is an answer. A known series without data beside others that have some counts as vanished.
 */
export function judgeThreshold(
  work: Work,
  assessor: Assessor,
  target: string,
  series: readonly Series[],
  window: Window,
  { late, silent }: Arrival,
): void {
  const { rule, register, tally } = work;
  const { by } = rule.signal;
  const known = register.of(target);
  const touched = known === undefined ? null : new Set<string>();
  let withData = 0;
  let blind: BlindReason | null = null;
  for (const one of series) {
    const unknown = unknownOf(one);
    if (unknown !== null) {
      blind = unknown.reason;
      tally.reasons.add(`${unknown.reason}: ${unknown.detail}`);
      const key = seriesKey(one.labels, by);
      touched?.add(key);
      if (known?.has(key) === true)
        settle(work, { target, key, labels: one.labels }, { kind: 'blind', reason: wordOf(unknown.reason) }, window, null);
      continue;
    }
    const outcome = assessor.assess(one, window);
    if (outcome === 'none') continue;
    withData += 1;
    if (known === undefined && outcome !== 'breach') continue;
    const key = seriesKey(one.labels, by);
    touched?.add(key);
    const place = { target, key, labels: one.labels };
    const old = known?.get(key) ?? null;
    const value = assessor.value();
    const details = assessor.details?.() ?? detailsOf(one);
    const told = details === null ? {} : { details };
    if (outcome === 'breach') settle(work, place, { kind: 'breach', reason: 'breach', value, ...told }, window, one);
    else if (outcome === 'ok' && isHeld(old, assessor, one, window)) {
      settle(work, place, { kind: 'breach', reason: 'breach', value, ...told }, window, one, true);
    } else {
      settle(work, place, { kind: 'ok', reason: outcome === 'ok' ? 'recovered' : 'below floor', value, ...told }, window, one);
    }
  }
  tally.series += withData;

  const complete = saysByRows(rule) && !late;
  if (withData === 0 && (!complete || blind !== null)) {
    const reason = blind ?? (late ? 'data late' : 'no data');
    if ((reason === 'no data' || silent) && rule.noData === 'ok') tally.judged += 1;
    else tally.unknown += 1;
    goBlind(work, target, window, { reason, code: null }, silent);
    return;
  }
  tally.judged += 1;
  seeAgain(work, target, window);
  if (touched === null) return;
  if (by.length > 0) touched.add(wholeKey(rule));
  for (const [key, { labels }] of [...(register.of(target) ?? [])]) {
    if (touched.has(key)) continue;
    settle(work, { target, key, labels }, late ? { kind: 'blind', reason: 'data late' } : { kind: 'missing' }, window, null);
  }
}

/** Whether no row is an answer once all have come, rather than nothing known. */
function saysByRows({ signal }: Rule): boolean {
  return signal.kind === 'log' || signal.kind === 'stream' || signal.kind === 'activity' || signal.kind === 'inventory';
}

function detailsOf({ facts }: Series): Labels | null {
  return facts?.kind === 'details' ? facts.details : null;
}

/** Hysteresis: what fires is over only once `clear` holds. */
function isHeld(old: Instance | null, assessor: Assessor, series: Series, window: Window): boolean {
  return isOpen(old) && !assessor.isClear(series, window);
}

/** @throws TocsinError TCN-E001: nothing of the target can be judged, because nobody could say which series a verdict is of. */
export function assertDistinct(series: readonly Series[], by: readonly string[], target: string): void {
  if (series.length < 2) return;
  const seen = new Set<string>();
  for (const { labels } of series) {
    const key = seriesKey(labels, by);
    if (seen.has(key)) throw new TocsinError('TCN-E001', `${JSON.stringify(labels)} of ${target}`);
    seen.add(key);
  }
}

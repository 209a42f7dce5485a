import type { StateReason } from '../model/alert.ts';
import { HOUR } from '../model/duration.ts';
import type { Rule } from '../model/rule.ts';
import type { BlindReason } from '../model/series.ts';
import type { Window } from '../model/window.ts';
import { blindFinding } from './findings.ts';
import { wholeKey } from './register.ts';
import { settle, type Work } from './work.ts';

interface Blindness {
  readonly reason: BlindReason;
  readonly code: string | null;
}

/** After so long without a verdict, a kept state becomes a finding of its own. */
function blindBound({ condition, window }: Rule): number {
  const looked = condition.kind === 'burnRate' ? Math.min(...condition.pairs.map(({ short }) => short)) : window;
  return Math.max(HOUR, 4 * looked);
}

/** Missing data are the rule's `noData`; a reading that failed is its `onError`. */
export function policyOf(rule: Rule, reason: BlindReason): Rule['noData'] {
  return reason === 'no data' || reason === 'data late' ? rule.noData : rule.onError;
}

/**
 * A window in which a target could not be judged, under the rule's policy. `alert` speaks of the target as a whole and honours
 * `for`; the series that were known keep their state. `ok` ends what a threshold fired, but never an absence: that nobody could look
 * is no event.
 */
export function goBlind(work: Work, target: string, window: Window, { reason, code }: Blindness, silent = false): void {
  const { rule, register, blind } = work;
  const policy = policyOf(rule, reason);
  const word = wordOf(reason);
  if (word === 'no data') work.tally.reasons.add(policy === 'ok' ? 'no data, which the rule takes for ok' : 'no data');
  const whole = wholeKey(rule);
  const alerts = policy === 'alert';
  for (const [key, { labels }] of [...(register.of(target) ?? [])]) {
    if (alerts && key === whole) continue;
    const ends = policy === 'ok' && rule.condition.kind !== 'absent';
    const verdict = ends ? ({ kind: 'ok', reason: word, value: null } as const) : ({ kind: 'blind', reason: word } as const);
    settle(work, { target, key, labels }, verdict, window, null);
  }
  if (alerts) settle(work, { target, key: whole, labels: {} }, { kind: 'breach', reason: word, value: null }, window, null);
  if (policy === 'ok' || alerts || (silent && !blind.has(target))) return;
  const since = Math.min(blind.get(target) ?? window.end, window.end);
  blind.set(target, since);
  if (policy === 'keep' && window.end - since < blindBound(rule)) return;
  const finding = blindFinding(rule, target, since, window.end, word, code);
  work.findings.set(finding.id, finding);
}

/** The target can be judged again: what was said of it as a whole is over. */
export function seeAgain(work: Work, target: string, window: Window): void {
  work.blind.delete(target);
  if (work.rule.signal.by.length === 0) return;
  settle(work, { target, key: wholeKey(work.rule), labels: {} }, { kind: 'ok', reason: 'recovered', value: null }, window, null);
}

/** The reason as it stands beside a state. */
export function wordOf(reason: BlindReason): StateReason {
  return reason === 'partial data' || reason === 'throttled' ? 'error' : reason;
}

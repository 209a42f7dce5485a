import type { StateReason } from '../model/alert.ts';
import type { Labels } from '../model/labels.ts';
import type { Rule } from '../model/rule.ts';
import type { Instance } from '../model/state.ts';

/** What a window means for one series. */
export type Verdict =
  /** `inhibited`: it may not begin to fire, because another alert speaks for it. */
  | {
      readonly kind: 'breach';
      readonly reason: StateReason;
      readonly value: number | null;
      readonly inhibited?: true;
      readonly details?: Labels;
    }
  | { readonly kind: 'ok'; readonly reason: StateReason; readonly value: number | null; readonly details?: Labels }
  /** No verdict: the state stays, the reason says why. */
  | { readonly kind: 'blind'; readonly reason: StateReason }
  /** The series is gone although others of its target have data; or its target is, for which so many evaluations must say so. */
  | { readonly kind: 'missing'; readonly target?: { readonly gone: true; readonly evaluations: number } }
  /** Nobody expects the series any more. */
  | { readonly kind: 'retired'; readonly reason: StateReason };

export interface Identity {
  readonly fingerprint: string;
  readonly target: string;
  readonly labels: Labels;
}

/** How long a resolved series is remembered, in milliseconds, so that a resolve that was lost can be repeated. */
export const RESOLVED_RETENTION = 15 * 60_000;

/** Evaluations in a row after which a vanished series counts as gone. */
const MISSES_TO_RESOLVE = 2;

/** Whether receivers know of the series as firing. */
export function isOpen(instance: Instance | null): boolean {
  return instance !== null && (instance.state === 'firing' || instance.state === 'recovering');
}

/**
 * The life of one series: its state after a window that ended `at`; `null` is inactive. Times are window ends, never the time of
 * the evaluation, so that it does not matter how late or how often the evaluation ran.
 */
export function live(
  old: Instance | null,
  verdict: Verdict,
  at: number,
  rule: Pick<Rule, 'for' | 'keepFiringFor'>,
  identity: Identity,
): Instance | null {
  switch (verdict.kind) {
    case 'breach':
      return breached(old, verdict, at, rule, identity);
    case 'ok':
      return old === null ? null : recovered(old, verdict, at, rule);
    case 'blind':
      if (old === null || old.state === 'resolved') return old;
      return { ...old, reason: verdict.reason, blindSince: old.blindSince ?? at };
    case 'missing':
      if (old === null || old.state === 'resolved') return old;
      if (old.missed + 1 >= (verdict.target?.evaluations ?? MISSES_TO_RESOLVE)) {
        return ended(old, verdict.target === undefined ? 'missing' : 'retired', old.value, at);
      }
      return { ...old, missed: old.missed + 1 };
    case 'retired':
      return old === null || old.state === 'resolved' ? old : ended(old, verdict.reason, old.value, at);
  }
}

function breached(
  old: Instance | null,
  { reason, value, inhibited, details }: Extract<Verdict, { kind: 'breach' }>,
  at: number,
  rule: Pick<Rule, 'for'>,
  identity: Identity,
): Instance {
  const seen = { reason, value, missed: 0, blindSince: null, ...(details !== undefined && { details }) } as const;
  if (old === null || old.state === 'resolved') {
    const begun = { ...identity, ...seen, activeAt: at, recoveringSince: null, resolvedAt: null };
    return rule.for <= 0 && inhibited === undefined
      ? { ...begun, state: 'firing', firedAt: at }
      : { ...begun, state: 'pending', firedAt: null };
  }
  if (old.state === 'pending') {
    return at - old.activeAt >= rule.for && inhibited === undefined
      ? { ...old, ...seen, state: 'firing', firedAt: at }
      : { ...old, ...seen };
  }
  if (old.state === 'recovering') return { ...old, ...seen, reason: 'relapse', state: 'firing', recoveringSince: null };
  return { ...old, ...seen };
}

function recovered(
  old: Instance,
  { reason, value, details = old.details }: Extract<Verdict, { kind: 'ok' }>,
  at: number,
  rule: Pick<Rule, 'keepFiringFor'>,
): Instance | null {
  const known = details === undefined ? old : { ...old, details };
  switch (old.state) {
    case 'resolved':
      return old;
    case 'pending':
      return null;
    case 'firing':
      if (rule.keepFiringFor <= 0) return ended(known, reason, value, at);
      return { ...known, reason, value, state: 'recovering', recoveringSince: at, missed: 0, blindSince: null };
    case 'recovering':
      if (at - (old.recoveringSince ?? at) >= rule.keepFiringFor) return ended(known, reason, value, at);
      return { ...known, reason, value, missed: 0, blindSince: null };
  }
}

/** A pending series was never told of, so it ends without a trace. */
function ended(old: Instance, reason: StateReason, value: number | null, at: number): Instance | null {
  if (old.state === 'pending') return null;
  return { ...old, state: 'resolved', reason, value, resolvedAt: at, recoveringSince: null, missed: 0, blindSince: null };
}

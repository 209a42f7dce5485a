import type { Matcher } from './matcher.ts';

/** How alerts of one group are timed, in milliseconds; the words are Alertmanager's. */
export interface GroupTiming {
  readonly groupWait: number;
  readonly groupInterval: number;
  readonly repeatInterval: number;
}

/** When a receiver is reminded of what still fires. */
export interface RepeatTiming {
  readonly repeatInterval: number;
  /** By how much each reminder in a row makes the wait for the next longer; absent: not at all. */
  readonly repeatFactor?: number;
  /** The longest wait that comes of it, in milliseconds. */
  readonly repeatLimit?: number;
}

/** Labels by which a route's alerts are grouped; `all`: every label set is a group of its own. */
export type GroupBy = 'all' | readonly string[];

/** What a route inherits from the one above it, filled in. */
export interface RouteSettings extends GroupTiming, RepeatTiming {
  readonly receivers: readonly string[];
  readonly groupBy: GroupBy;
  /** Who else is told of what nobody takes care of, the earliest first; absent: nobody. */
  readonly escalate?: readonly EscalationStep[];
}

/** Receivers that are told once an alert has waited so many milliseconds for somebody to take care of it. */
export interface EscalationStep {
  readonly after: number;
  readonly receivers: readonly string[];
}

/**
 * One route of the tree that alerts go down. The first child that matches takes an alert, and with `continue` those after it may,
 * too; the parent itself has what no child took. Names of intervals are not inherited, as in Alertmanager.
 */
export interface Route extends RouteSettings {
  /** Names the route in group keys; '' for the root. It follows from the matchers on the way, so that routes can change their order. */
  readonly id: string;
  readonly matchers: readonly Matcher[];
  readonly continue: boolean;
  /** Nothing is sent while one of these contains now. */
  readonly muteTimeIntervals: readonly string[];
  /** Nothing is sent while none of these contains now; empty: always. */
  readonly activeTimeIntervals: readonly string[];
  readonly routes: readonly Route[];
}

/** While an alert that `source` matches fires, those that `target` matches are not notified where all labels of `equal` agree. */
export interface InhibitRule {
  readonly source: readonly Matcher[];
  readonly target: readonly Matcher[];
  readonly equal: readonly string[];
}

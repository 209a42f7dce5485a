import type { Alert } from '../model/alert.ts';
import { episodeKey } from '../model/alert-episode.ts';
import { DAY, formatDuration, MINUTE } from '../model/duration.ts';
import type { Rule } from '../model/rule.ts';
import type { Window } from '../model/window.ts';
import { compareText, groupBy } from './episodes.ts';

/** What a rule asked of people in a window, counted in episodes that began in it, and what would make it ask less. */
export interface RuleFatigue {
  readonly rule: string;
  readonly fired: number;
  /** Somebody took it, be it that they gave it back later. */
  readonly acknowledged: number;
  /** Its series had fired no more than half an hour before. */
  readonly flapped: number;
  /** Over by itself within five minutes: before anybody could have acted. */
  readonly brief: number;
  /** It ended while somebody had it in hand. */
  readonly actedOn: number;
  /** In words; only of a week or longer, and `null` where the rule is fine. */
  readonly suggestion: string | null;
}

/** An alert that is over before anybody could have looked; of a backtest, too. */
export const BRIEF = 5 * MINUTE;
/** A series that fires again so soon after it stopped has flapped. */
export const FLAP = 30 * MINUTE;

/** Fewer episodes, and shorter windows, say nothing of a rule. */
const LEAST_FIRED = 5;
const LEAST_WINDOW = 6 * DAY;
/** From these shares of its episodes on a rule is said to be noisy in that way. */
const FLAPPING = 1 / 3;
const BRIEF_SHARE = 1 / 2;

/**
 * Every rule that fired in the window, the one that fired most first.
 *
 * @param before alerts of the window before: a series that ended there may begin again in this one.
 */
export function fatigueOf(
  alerts: readonly Alert[],
  before: readonly Alert[],
  rules: readonly Rule[],
  window: Window,
): readonly RuleFatigue[] {
  const began = alerts.filter(({ startsAt }) => startsAt >= window.start && startsAt < window.end);
  const gaps = gapsOf([...before, ...alerts]);
  const areTaken = began.some(wasAcknowledged);
  return [...groupBy(began, ({ rule }) => rule)]
    .map(([id, own]) => {
      const flaps = own.filter((alert) => (gaps.get(episodeKey(alert)) ?? Number.POSITIVE_INFINITY) <= FLAP);
      const brief = own.filter((alert) => isBrief(alert, window));
      const rule = rules.find((one) => one.id === id) ?? null;
      const counts = {
        rule: id,
        fired: own.length,
        acknowledged: own.filter(wasAcknowledged).length,
        flapped: flaps.length,
        brief: brief.length,
        actedOn: own.filter((alert) => wasActedOn(alert, window)).length,
      };
      const isLong = window.end - window.start >= LEAST_WINDOW;
      const lengths = {
        gaps: flaps.map((alert) => gaps.get(episodeKey(alert)) ?? 0),
        brief: brief.map((alert) => (alert.endsAt ?? 0) - alert.startsAt),
      };
      return { ...counts, suggestion: rule === null || !isLong ? null : suggestionFor(rule, counts, lengths, areTaken) };
    })
    .sort((a, b) => b.fired - a.fired || compareText(a.rule, b.rule));
}

/** Milliseconds between the end of a series' episode and its next, by the next. */
function gapsOf(alerts: readonly Alert[]): ReadonlyMap<string, number> {
  const gaps = new Map<string, number>();
  for (const own of groupBy(alerts, ({ fingerprint }) => fingerprint).values()) {
    const sorted = [...own].sort((a, b) => a.startsAt - b.startsAt);
    sorted.forEach((alert, index) => {
      const last = sorted[index - 1];
      if (last !== undefined && last.endsAt !== null && last.startsAt < alert.startsAt)
        gaps.set(episodeKey(alert), Math.max(0, alert.startsAt - last.endsAt));
    });
  }
  return gaps;
}

function isBrief(alert: Alert, { end }: Window): boolean {
  const { startsAt, endsAt } = alert;
  return endsAt !== null && endsAt < end && endsAt - startsAt <= BRIEF && !wasAcknowledged(alert);
}

function wasAcknowledged({ acknowledgement, history }: Alert): boolean {
  return acknowledgement !== undefined || history.some(({ what }) => what === 'acknowledged');
}

function wasActedOn({ acknowledgement, history, endsAt }: Alert, { end }: Window): boolean {
  if (endsAt === null || endsAt >= end) return false;
  if (acknowledgement !== undefined) return acknowledgement.at <= endsAt && (acknowledgement.until ?? endsAt) >= endsAt;
  const last = history.filter(({ what, at }) => (what === 'acknowledged' || what === 'unacknowledged') && at <= endsAt).at(-1);
  return last?.what === 'acknowledged';
}

/** One suggestion a rule: of the ways in which it is noisy the one that is most easily mended. */
function suggestionFor(
  rule: Rule,
  { fired, flapped, brief, acknowledged }: Omit<RuleFatigue, 'suggestion'>,
  lengths: { readonly gaps: readonly number[]; readonly brief: readonly number[] },
  areTaken: boolean,
): string | null {
  if (fired < LEAST_FIRED) return null;
  if (flapped >= FLAPPING * fired) {
    const longer = formatDuration(upTo(rule.keepFiringFor + highOf(lengths.gaps), MINUTE));
    return `${flapped} of ${fired} began again within half an hour: \`keepFiringFor: ${longer}\` would join most of them into one, \`clear\` ends them only once the value is well below.`;
  }
  if (brief >= BRIEF_SHARE * fired) {
    const longer = formatDuration(upTo(rule.for + highOf(lengths.brief) + rule.every, MINUTE));
    return rule.condition.kind === 'event'
      ? `${brief} of ${fired} were over within five minutes, before anybody could act: make it a report.`
      : `${brief} of ${fired} were over by themselves within five minutes, before anybody could act: \`for: ${longer}\` would keep most of them quiet.`;
  }
  if (areTaken && acknowledged === 0)
    return `Nobody took any of ${fired}, while other alerts were acknowledged: if it needs no response, make it a report.`;
  return null;
}

/** Nine in ten are no longer. */
function highOf(lengths: readonly number[]): number {
  const sorted = [...lengths].sort((a, b) => a - b);
  return sorted[Math.ceil(0.9 * sorted.length) - 1] ?? 0;
}

function upTo(length: number, step: number): number {
  return Math.ceil(length / step) * step;
}

import { coveredTime, groupBy } from '../../digest/episodes.ts';
import { BRIEF, FLAP } from '../../digest/fatigue.ts';
import { conditionWords, unitOf } from '../../evaluate/condition-words.ts';
import type { Alert } from '../../model/alert.ts';
import { DAY } from '../../model/duration.ts';
import type { Finding } from '../../model/finding.ts';
import type { Labels } from '../../model/labels.ts';
import type { Rule } from '../../model/rule.ts';
import type { Window } from '../../model/window.ts';
import type { Notification } from '../offline/delivery.ts';
import type { Judged, SimulationRun } from './simulate.ts';
import { type Suggestion, suggest } from './suggest.ts';

/** One time that a series of a rule fired, cut to the period. */
export interface Interval {
  readonly target: string;
  /** Those that tell series apart, without the rule's own. */
  readonly labels: Labels;
  readonly startsAt: number;
  /** `null`: still firing when the period ended. */
  readonly endsAt: number | null;
  readonly duration: number;
  /** When it fired, or at its last change. */
  readonly value: number | null;
  readonly reason: string;
  /** It began soon after the same series had stopped firing, or was over before anybody could have looked. */
  readonly flapped: boolean;
  readonly short: boolean;
}

/** What one rule would have done in the period. Times are epoch ms, lengths ms. */
export interface RuleOutcome {
  readonly rule: string;
  readonly disposition: Rule['disposition'];
  readonly severity: Rule['severity'];
  readonly condition: string;
  readonly unit: 'ratio' | 'number';
  readonly source: string;
  readonly intervals: readonly Interval[];
  readonly fired: number;
  readonly open: number;
  readonly flapped: number;
  readonly short: number;
  readonly medianDuration: number | null;
  /** Time in which at least one series fired, and the part of it that is noise. */
  readonly firingTime: number;
  readonly noiseTime: number;
  /** It fires more often than asked for, or so long that firing is its normal state. */
  readonly noisy: boolean;
  readonly notifications: number;
  /** Entries in the digest: breaches of a report, corrections without an alert. */
  readonly findings: number;
  readonly windows: number;
  readonly unjudged: Omit<Judged, 'windows'>;
  readonly suggestion: Suggestion | null;
}

export interface RunReport {
  readonly rules: readonly RuleOutcome[];
  readonly notifications: readonly Notification[];
}

/** A rule that fires for a larger share of the period says what is normal. */
const NORMAL_SHARE = 0.25;

/** How often a rule may fire in a period before it counts as noisy: once a day, when nothing else is asked for. */
export function usualMost({ start, end }: Window): number {
  return Math.max(1, Math.ceil((end - start) / DAY));
}

/** What a run's alerts come to, rule by rule, alerts before reports, the noisiest first; `most` is how often a rule may fire before it counts as noisy. */
export function reportOf(run: SimulationRun, period: Window, most: number, groupWait: number): RunReport {
  const delays = new Map(run.rules.map((rule) => [rule.id, rule.delay]));
  const notifications = run.notifications.filter(
    ({ at, group }) => at <= period.end + (delays.get(group.alertname ?? '') ?? 0) + groupWait,
  );
  const episodes = groupBy(
    run.episodes.filter((alert) => isWithin(alert, period)),
    ({ rule }) => rule,
  );
  const sent = groupBy(notifications, ({ group }) => group.alertname ?? '');
  const found = groupBy(
    run.findings.filter(({ kind, lastAt }) => (kind === 'report' || kind === 'late breach') && lastAt > period.start),
    ({ rule }) => rule ?? '',
  );
  const rules = run.rules.map((rule) =>
    outcomeOf(rule, run, period, most, {
      episodes: episodes.get(rule.id) ?? [],
      notifications: sent.get(rule.id)?.length ?? 0,
      findings: found.get(rule.id) ?? [],
    }),
  );
  return {
    notifications,
    rules: rules.sort(
      (a, b) =>
        compare(a.disposition, b.disposition) || b.noiseTime - a.noiseTime || b.fired - a.fired || compare(a.rule, b.rule),
    ),
  };
}

function isWithin({ startsAt, endsAt }: Alert, { start, end }: Window): boolean {
  return startsAt <= end && (endsAt === null || endsAt > start);
}

function outcomeOf(
  rule: Rule,
  run: SimulationRun,
  period: Window,
  most: number,
  told: { readonly episodes: readonly Alert[]; readonly notifications: number; readonly findings: readonly Finding[] },
): RuleOutcome {
  const intervals =
    rule.disposition === 'alert'
      ? intervalsOf(rule, told.episodes, period)
      : told.findings.map((one) => daysOf(rule, one, period));
  const length = period.end - period.start;
  const firingTime = coveredTime(intervals.map(spanOf));
  const normal = firingTime > NORMAL_SHARE * length;
  const noise = intervals.filter(({ flapped, short }) => normal || flapped || short);
  const fired = intervals.length;
  const noisy = rule.disposition === 'alert' && (fired > most || normal);
  const { windows, ...unjudged } = run.judged.get(rule.id) ?? { windows: 0, unjudged: 0, code: null, reason: null };
  const values = run.values.of(rule.id);
  return {
    rule: rule.id,
    disposition: rule.disposition,
    severity: rule.severity,
    condition: conditionWords(rule),
    unit: unitOf(rule),
    source: `${rule.source.file}:${rule.source.line}`,
    intervals,
    fired,
    open: intervals.filter(({ endsAt }) => endsAt === null).length,
    flapped: intervals.filter(({ flapped }) => flapped).length,
    short: intervals.filter(({ short }) => short).length,
    medianDuration: median(intervals.map(({ duration }) => duration)),
    firingTime,
    noiseTime: rule.disposition === 'alert' ? coveredTime(noise.map(spanOf)) : 0,
    noisy,
    notifications: told.notifications,
    findings: told.findings.length,
    windows,
    unjudged,
    suggestion: noisy && values !== null ? suggest(values, length, most) : null,
  };

  function spanOf({ startsAt, duration }: Interval): Window {
    return { start: startsAt, end: startsAt + duration };
  }
}

function intervalsOf(rule: Rule, episodes: readonly Alert[], period: Window): readonly Interval[] {
  const stopped = new Map<string, number>();
  return episodes.map((alert): Interval => {
    const endsAt = alert.endsAt === null || alert.endsAt > period.end ? null : alert.endsAt;
    const startsAt = Math.max(alert.startsAt, period.start);
    const duration = Math.max(0, (endsAt ?? period.end) - startsAt);
    const before = stopped.get(alert.fingerprint);
    stopped.set(alert.fingerprint, endsAt ?? Number.POSITIVE_INFINITY);
    return {
      target: alert.target,
      labels: ownLabels(rule, alert.labels),
      startsAt,
      endsAt,
      duration,
      value: alert.history.find(({ what }) => what === 'fired')?.value ?? alert.value,
      reason: alert.reason,
      flapped: before !== undefined && alert.startsAt - before <= FLAP,
      short: endsAt !== null && duration < BRIEF,
    };
  });
}

/** A report's finding of a day. */
function daysOf(rule: Rule, { target, labels, firstAt, lastAt, value, kind }: Finding, period: Window): Interval {
  const startsAt = Math.max(firstAt, period.start);
  const endsAt = Math.min(lastAt, period.end);
  const duration = Math.max(0, endsAt - startsAt);
  const own = ownLabels(rule, labels);
  return { target: target ?? '', labels: own, startsAt, endsAt, duration, value, reason: kind, flapped: false, short: false };
}

function ownLabels(rule: Rule, labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !Object.hasOwn(rule.labels, name)));
}

function median(numbers: readonly number[]): number | null {
  if (numbers.length === 0) return null;
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

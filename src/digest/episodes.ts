import type { Alert } from '../model/alert.ts';
import { DAY, HOUR } from '../model/duration.ts';
import type { Finding } from '../model/finding.ts';
import type { Window } from '../model/window.ts';
import type { StripCell } from '../render/strip.ts';
import type { Episode, Offender, RuleActivity } from './model.ts';

/** An alert's episode as it stood when the window ended: what came later is the next digest's to tell. */
export function episodeOf(alert: Alert, window: Window): Episode {
  const open = alert.endsAt === null || alert.endsAt >= window.end;
  const end = alert.endsAt === null || open ? window.end : alert.endsAt;
  return {
    fingerprint: alert.fingerprint,
    rule: alert.rule,
    target: alert.target,
    labels: alert.labels,
    severity: alert.severity,
    startsAt: alert.startsAt,
    endsAt: open ? null : alert.endsAt,
    open,
    duration: Math.max(0, end - alert.startsAt),
    firingTime: Math.max(0, end - Math.max(alert.startsAt, window.start)),
    condition: alert.condition,
    summary: alert.summary,
    reason: alert.reason,
    owner: alert.response.owner,
    peak: peakOf(alert, end),
    last: alert.value,
    deliveries: alert.history.filter(({ what }) => what === 'notified').length,
    failedDeliveries: alert.history.filter(({ what }) => what === 'notify failed').length,
    evidence: alert.evidence,
  };
}

/** What each rule did in the window, most firing time first. Episodes come in the order of their start, and stay in it. */
export function activities(episodes: readonly Episode[], findings: readonly Finding[], window: Window): readonly RuleActivity[] {
  return [...groupBy(episodes, ({ rule }) => rule)]
    .map(([rule, own]) => ({
      rule,
      severity: [...own].sort((a, b) => a.severity - b.severity)[0]?.severity ?? 4,
      episodes: own,
      firingTime: coveredTime(own.map((episode) => spanIn(episode, window))),
      strip: stripOf(own, blindSpans(rule, findings), window),
      charted: chartedEpisode(own),
    }))
    .sort((a, b) => b.firingTime - a.firingTime || compareText(a.rule, b.rule));
}

/** Names with the time in which at least one of their alerts fired, longest first. */
export function offenders(
  episodes: readonly Episode[],
  window: Window,
  nameOf: (episode: Episode) => string,
): readonly Offender[] {
  return [...groupBy(episodes, nameOf)]
    .map(([name, own]) => ({
      name,
      firingTime: coveredTime(own.map((episode) => spanIn(episode, window))),
      episodes: own.length,
    }))
    .sort((a, b) => b.firingTime - a.firingTime || b.episodes - a.episodes || compareText(a.name, b.name));
}

/** Length of the union of spans, in ms: overlapping alerts are not counted twice. */
export function coveredTime(spans: readonly Window[]): number {
  let covered = 0;
  let reached = Number.NEGATIVE_INFINITY;
  for (const { start, end } of [...spans].sort((a, b) => a.start - b.start)) {
    covered += Math.max(0, end - Math.max(start, reached));
    reached = Math.max(reached, end);
  }
  return covered;
}

/** One cell an hour for a day (23 to 25 where the clock is moved), four a day for a week, 24 of equal length otherwise. */
export function stripOf(episodes: readonly Episode[], blind: readonly Window[], window: Window): readonly StripCell[] {
  const length = window.end - window.start;
  const cells = cellCount(length);
  return Array.from({ length: cells }, (_, index) => {
    const cell = { start: window.start + (length * index) / cells, end: window.start + (length * (index + 1)) / cells };
    const fired = coveredTime(episodes.map((episode) => clip(spanIn(episode, window), cell)));
    if (fired > 0) return { ...cell, state: 'firing', share: fired / (cell.end - cell.start) };
    const unseen = blind.some(({ start, end }) => start < cell.end && end > cell.start);
    return { ...cell, state: unseen ? 'unknown' : 'quiet', share: 0 };
  });
}

export function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

/** By code units: the same order on every machine, whatever its locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function cellCount(length: number): number {
  if (Math.abs(length - DAY) <= 2 * HOUR) return Math.round(length / HOUR);
  return Math.abs(length - 7 * DAY) <= 2 * HOUR ? 28 : 24;
}

function peakOf({ evidence, startsAt, value, condition }: Alert, end: number): number | null {
  const values = evidence.points.filter(({ at }) => at >= startsAt && at <= end).map((point) => point.value);
  if (value !== null) values.push(value);
  if (values.length === 0) return null;
  return condition.trimStart().startsWith('<') ? Math.min(...values) : Math.max(...values);
}

function chartedEpisode(episodes: readonly Episode[]): Episode | null {
  const drawable = episodes.filter(({ evidence }) => evidence.points.length > 1);
  return drawable.reduce<Episode | null>(
    (best, episode) => (best === null || episode.duration > best.duration ? episode : best),
    null,
  );
}

function blindSpans(rule: string, findings: readonly Finding[]): readonly Window[] {
  return findings
    .filter((finding) => finding.kind === 'blind' && finding.rule === rule)
    .map(({ firstAt, lastAt }) => ({ start: firstAt, end: lastAt }));
}

function spanIn({ startsAt, endsAt }: Episode, window: Window): Window {
  return clip({ start: startsAt, end: endsAt ?? window.end }, window);
}

function clip(span: Window, within: Window): Window {
  const start = Math.max(span.start, within.start);
  return { start, end: Math.max(start, Math.min(span.end, within.end)) };
}

import { type Acknowledgement, isAcknowledged, isWorse } from './acknowledgement.ts';
import type { Alert, HistoryEntry, Transition } from './alert.ts';
import { MINUTE } from './duration.ts';

/** Bounds that keep one alert within a table entity, however long it lives. */
const REMEMBERED_TRANSITIONS = 64;
const HISTORY_LINES = 200;

/** How long (ms) a group lists an alert after its end became known. */
export const LISTED = 15 * MINUTE;

/** An alert with what is needed to recognise a transition that came twice or late. */
export interface StoredAlert {
  readonly alert: Alert;
  /** Keys of the groups that it is notified with. */
  readonly groups: readonly string[];
  /** `at` of the newest transition that was applied. */
  readonly appliedAt: number;
  /** Ids of applied transitions, newest last. */
  readonly applied: readonly string[];
}

/** Names one episode of one series. */
export function episodeKey(alert: Alert): string {
  return `${alert.fingerprint},${alert.startsAt}`;
}

/**
 * The alert after the transition; `null` when it was applied before or is older than what is stored. Within one instant the later
 * episode wins, and within an episode the end.
 */
export function applyTransition(
  stored: StoredAlert | null,
  transition: Transition,
  groups: readonly string[],
): StoredAlert | null {
  const { alert } = transition;
  // That a value goes further out is news only to somebody who thought it taken care of.
  if (transition.kind === 'worsened' && (stored === null || !isAcknowledged(stored.alert, transition.at))) return null;
  if (stored === null) {
    return { alert: withLine(alert, [], transition), groups, appliedAt: transition.at, applied: [transition.id] };
  }
  if (stored.applied.includes(transition.id) || isOlder(transition, stored)) return null;
  const sameEpisode = stored.alert.startsAt === alert.startsAt;
  const next = withLine(alert, sameEpisode ? stored.alert.history : [], transition);
  return {
    alert: sameEpisode ? withCare(next, stored.alert, transition.at) : next,
    groups,
    appliedAt: transition.at,
    applied: [...stored.applied, transition.id].slice(-REMEMBERED_TRANSITIONS),
  };
}

/** The alert with one more line of history. */
export function withNote(stored: StoredAlert, entry: HistoryEntry): StoredAlert {
  const { alert } = stored;
  return {
    ...stored,
    alert: { ...alert, history: merged(alert.history, [entry]), updatedAt: Math.max(alert.updatedAt, entry.at) },
  };
}

/** A line of history that several alerts share. */
export interface Note {
  readonly fingerprints: readonly string[];
  readonly entry: HistoryEntry;
}

/** The episodes, oldest first, each with the notes that came while it was the newest of its alert. */
export function withNotes(episodes: readonly Alert[], notes: readonly Note[]): Alert[] {
  const entries = new Map<string, HistoryEntry[]>();
  for (const { fingerprints, entry } of notes)
    for (const fingerprint of fingerprints) {
      const known = entries.get(fingerprint);
      if (known === undefined) entries.set(fingerprint, [entry]);
      else known.push(entry);
    }
  const starts = new Map<string, number[]>();
  for (const { fingerprint, startsAt } of episodes) starts.set(fingerprint, [...(starts.get(fingerprint) ?? []), startsAt]);
  return episodes.map((alert) => {
    const later = (starts.get(alert.fingerprint) ?? []).filter((startsAt) => startsAt > alert.startsAt);
    const until = Math.min(...later);
    const own = (entries.get(alert.fingerprint) ?? []).filter(({ at }) => at >= alert.startsAt && at < until);
    return own.length === 0 ? alert : { ...alert, history: merged(alert.history, own) };
  });
}

/**
 * The alert with an acknowledgement, or without; `null` where the episode that it is meant for does not fire any more. `line` goes into
 * the history.
 */
export function withAcknowledgement(
  stored: StoredAlert,
  startsAt: number,
  acknowledgement: Acknowledgement | null,
  line: HistoryEntry,
): StoredAlert | null {
  if (stored.alert.status !== 'firing' || stored.alert.startsAt !== startsAt) return null;
  const { acknowledgement: _, worseAt: __, ...alert } = withNote(stored, line).alert;
  return { ...stored, alert: acknowledgement === null ? alert : { ...alert, acknowledgement } };
}

/** The next state of an episode that somebody took care of: that ends when it gets worse. */
function withCare(next: Alert, before: Alert, at: number): Alert {
  const { acknowledgement, worseAt } = before;
  const known = worseAt === undefined ? next : { ...next, worseAt };
  if (acknowledgement === undefined) return known;
  if (next.status !== 'firing' || !isWorse(next, acknowledgement)) return { ...known, acknowledgement };
  if (!isAcknowledged(before, at)) return next;
  const line: HistoryEntry = { at, what: 'got worse', reason: `after ${acknowledgement.by} took care of it`, value: next.value };
  return { ...next, worseAt: at, history: merged(next.history, [line]) };
}

/**
 * An episode that was still firing when a later one began, so that the record of episodes has no endless one. Its own end, when
 * it arrives late, takes the place of this.
 */
export function supersededBy(previous: StoredAlert, next: StoredAlert): StoredAlert | null {
  if (previous.alert.status !== 'firing' || previous.alert.startsAt === next.alert.startsAt) return null;
  const endsAt = Math.max(previous.alert.startsAt, next.alert.startsAt);
  return { ...previous, alert: { ...previous.alert, status: 'resolved', reason: 'relapse', endsAt } };
}

/** The end of an earlier episode than the stored one: nobody is told of it any more, but the record of episodes needs it. */
export function lateEnd(stored: StoredAlert, transition: Transition): StoredAlert | null {
  const { alert } = transition;
  if (alert.status !== 'resolved' || alert.startsAt >= stored.alert.startsAt || stored.applied.includes(transition.id))
    return null;
  return {
    alert: withLine(alert, [], transition),
    groups: stored.groups,
    appliedAt: transition.at,
    applied: [transition.id],
  };
}

/** When the end of a resolved alert became known; it may be later than `endsAt`, because data are read late. */
export function resolvedKnownAt(stored: StoredAlert): number {
  return Math.max(stored.alert.endsAt ?? 0, stored.appliedAt);
}

/** Whether its group lists the alert: it fires, or resolved so lately that a lost notice of its end is repeated. */
export function isListed(stored: StoredAlert, now: number): boolean {
  return stored.alert.status === 'firing' || resolvedKnownAt(stored) > now - LISTED;
}

/** Whether the alert was firing at any time of `[start, end)`. */
export function firedDuring(alert: Alert, start: number, end: number): boolean {
  return alert.startsAt < end && (alert.endsAt === null || alert.endsAt > start);
}

/** The newer of two copies of the same alert. */
export function newerOf(a: StoredAlert, b: StoredAlert): StoredAlert {
  if (a.appliedAt !== b.appliedAt) return a.appliedAt > b.appliedAt ? a : b;
  if (a.alert.startsAt !== b.alert.startsAt) return a.alert.startsAt > b.alert.startsAt ? a : b;
  if (a.alert.status !== b.alert.status) return a.alert.status === 'resolved' ? a : b;
  return a.alert.updatedAt >= b.alert.updatedAt ? a : b;
}

/** Most severe first, then newest, then by fingerprint so that the order never changes by itself. */
export function bySeverity(a: Alert, b: Alert): number {
  return a.severity - b.severity || b.startsAt - a.startsAt || (a.fingerprint < b.fingerprint ? -1 : 1);
}

/** Oldest episode first. */
export function byStart(a: Alert, b: Alert): number {
  return a.startsAt - b.startsAt || (a.fingerprint < b.fingerprint ? -1 : 1);
}

function isOlder(transition: Transition, stored: StoredAlert): boolean {
  if (transition.at !== stored.appliedAt) return transition.at < stored.appliedAt;
  if (transition.alert.startsAt !== stored.alert.startsAt) return transition.alert.startsAt < stored.alert.startsAt;
  return transition.alert.status === 'firing' && stored.alert.status === 'resolved' && transition.kind !== 'corrected';
}

function withLine(alert: Alert, before: readonly HistoryEntry[], transition: Transition): Alert {
  const told = alert.history.some((entry) => entry.what === transition.kind && entry.at === transition.at);
  const line: HistoryEntry = { at: transition.at, what: transition.kind, reason: alert.reason, value: alert.value };
  return { ...alert, history: merged(before, told ? alert.history : [...alert.history, line]) };
}

/** Both histories in the order of time, each line once; of a long one the first line and the newest are kept. */
function merged(before: readonly HistoryEntry[], more: readonly HistoryEntry[]): readonly HistoryEntry[] {
  const seen = new Set<string>();
  const lines = [...before, ...more]
    .filter((entry) => {
      const key = `${entry.at},${entry.what},${entry.reason}`;
      return !seen.has(key) && seen.add(key);
    })
    .sort((a, b) => a.at - b.at);
  return lines.length <= HISTORY_LINES ? lines : [...lines.slice(0, 1), ...lines.slice(1 - HISTORY_LINES)];
}

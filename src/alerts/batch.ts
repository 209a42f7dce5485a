import type { Alert } from '../model/alert.ts';
import type { SentEntry } from '../model/notification.ts';
import { episodeOf, fingerprintOf } from './episode.ts';

/** The alerts that a notification shows, most urgent first, and how many were left out. */
export interface Batch {
  readonly alerts: readonly Alert[];
  readonly truncated: number;
}

/**
 * What a receiver is told: everything that fires, and what resolved since it was last told (nothing of that where it does not want
 * resolves). At most `limit`; firing before resolved, then by severity, then the newest first.
 */
export function batchOf(alerts: readonly Alert[], sent: SentEntry | null, sendResolved: boolean, limit: number): Batch {
  const told = new Set(sent?.resolved);
  const news = alerts.filter((alert) => alert.status === 'firing' || (sendResolved && !told.has(episodeOf(alert))));
  const sorted = news.toSorted(byUrgency);
  return { alerts: sorted.slice(0, limit), truncated: Math.max(0, sorted.length - limit) };
}

/**
 * Fingerprints of alerts that a receiver was told fire and that the group no longer lists: they resolved so long ago that the group
 * forgot them while nobody could tell the receiver.
 */
export function forgotten(alerts: readonly Alert[], sent: Pick<SentEntry, 'firing'> | null): readonly string[] {
  const present = new Set(alerts.map(episodeOf));
  return (sent?.firing ?? []).filter((episode) => !present.has(episode)).map(fingerprintOf);
}

function byUrgency(one: Alert, other: Alert): number {
  return (
    Number(one.status === 'resolved') - Number(other.status === 'resolved') ||
    one.severity - other.severity ||
    other.startsAt - one.startsAt ||
    compare(one.fingerprint, other.fingerprint)
  );
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

import type { Alert } from '../model/alert.ts';

/** Names one episode of an alert, `fingerprint@startsAt`: an alert that fires again after it resolved is a new one to everybody. */
export function episodeOf(alert: Pick<Alert, 'fingerprint' | 'startsAt'>): string {
  return `${alert.fingerprint}@${alert.startsAt}`;
}

/** The alert that an episode belongs to. */
export function fingerprintOf(episode: string): string {
  return episode.slice(0, episode.lastIndexOf('@'));
}

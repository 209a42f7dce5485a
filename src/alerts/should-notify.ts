import type { Alert } from '../model/alert.ts';
import type { NotifyReason, SentEntry } from '../model/notification.ts';
import { episodeOf } from './episode.ts';

/** The episodes of a group as they stand now. */
export interface GroupSnapshot {
  readonly firing: ReadonlySet<string>;
  readonly resolved: ReadonlySet<string>;
}

export interface RepeatPolicy {
  readonly sendResolved: boolean;
  /** Milliseconds after which a receiver is reminded of what still fires. */
  readonly repeatInterval: number;
}

export function snapshotOf(alerts: readonly Alert[]): GroupSnapshot {
  const firing = new Set<string>();
  const resolved = new Set<string>();
  for (const alert of alerts) (alert.status === 'firing' ? firing : resolved).add(episodeOf(alert));
  return { firing, resolved };
}

/**
 * Whether a group must be sent to a receiver now, and why; `null` when the receiver already knows. Only what was confirmed as sent
 * counts. The order of the questions is that of Alertmanager's notification log: a new alert outranks a resolved one, and
 * `all resolved` comes up whatever `sendResolved` says, so that the log forgets what fired.
 */
export function shouldNotify(
  group: GroupSnapshot,
  sent: Pick<SentEntry, 'at' | 'firing' | 'resolved'> | null,
  policy: RepeatPolicy,
  now: number,
): NotifyReason | null {
  if (sent === null) return group.firing.size > 0 ? 'first' : null;
  if (!isKnown(group.firing, sent.firing)) return 'newly firing';
  if (group.firing.size === 0) return sent.firing.length > 0 ? 'all resolved' : null;
  if (policy.sendResolved && !isKnown(group.resolved, sent.resolved)) return 'newly resolved';
  return now - sent.at >= policy.repeatInterval ? 'repeat due' : null;
}

function isKnown(episodes: ReadonlySet<string>, told: readonly string[]): boolean {
  const known = new Set(told);
  for (const episode of episodes) if (!known.has(episode)) return false;
  return true;
}

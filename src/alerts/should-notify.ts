import type { Alert } from '../model/alert.ts';
import type { NotifyReason, SentEntry } from '../model/notification.ts';
import type { RepeatTiming } from '../model/route.ts';
import { episodeOf } from './episode.ts';
import { repeatWait } from './repeat.ts';

/** The episodes of a group as they stand now. */
export interface GroupSnapshot {
  readonly firing: ReadonlySet<string>;
  readonly resolved: ReadonlySet<string>;
  /** What fires and is held back: nobody is told that all is well while it does. */
  readonly held?: ReadonlySet<string>;
  /** What was held back before. */
  readonly wasHeld?: ReadonlySet<string>;
}

export interface RepeatPolicy extends RepeatTiming {
  readonly sendResolved: boolean;
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
 * `all resolved` comes up whatever `sendResolved` says, so that the log forgets what fired. What was silenced, inhibited or muted and
 * fires still is `released`.
 */
export function shouldNotify(
  group: GroupSnapshot,
  sent: Pick<SentEntry, 'at' | 'firing' | 'resolved' | 'repeats'> | null,
  policy: RepeatPolicy,
  now: number,
): NotifyReason | null {
  const news = unknown(group.firing, sent?.firing ?? []);
  if (news.length > 0) {
    if (news.every((episode) => group.wasHeld?.has(episode))) return 'released';
    return sent === null ? 'first' : 'newly firing';
  }
  if (sent === null) return null;
  if (group.firing.size === 0) {
    if (sent.firing.length === 0) return null;
    return (group.held?.size ?? 0) > 0 ? 'newly resolved' : 'all resolved';
  }
  if (policy.sendResolved && unknown(group.resolved, sent.resolved).length > 0) return 'newly resolved';
  return now - sent.at >= repeatWait(sent.repeats ?? 0, policy) ? 'repeat due' : null;
}

function unknown(episodes: ReadonlySet<string>, told: readonly string[]): readonly string[] {
  const known = new Set(told);
  return [...episodes].filter((episode) => !known.has(episode));
}

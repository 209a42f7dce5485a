import { isAcknowledged } from '../model/acknowledgement.ts';
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
  /** What fires and somebody takes care of. */
  readonly acknowledged?: ReadonlySet<string>;
  /** What got worse although somebody took care of it. */
  readonly worse?: ReadonlySet<string>;
  /** The receiver is told only because nobody takes care of it. */
  readonly escalated?: boolean;
}

export interface RepeatPolicy extends RepeatTiming {
  readonly sendResolved: boolean;
}

export function snapshotOf(alerts: readonly Alert[], now: number): GroupSnapshot {
  const snapshot = {
    firing: new Set<string>(),
    resolved: new Set<string>(),
    acknowledged: new Set<string>(),
    worse: new Set<string>(),
  };
  for (const alert of alerts) {
    const episode = episodeOf(alert);
    snapshot[alert.status].add(episode);
    if (isAcknowledged(alert, now)) snapshot.acknowledged.add(episode);
    if (alert.status === 'firing' && alert.worseAt !== undefined) snapshot.worse.add(episode);
  }
  return snapshot;
}

/**
 * Whether a group must be sent to a receiver now, and why; `null` when the receiver already knows. Only what was confirmed as sent
 * counts. The order of the questions is that of Alertmanager's notification log: a new alert outranks a resolved one, and
 * `all resolved` comes up whatever `sendResolved` says, so that the log forgets what fired. What was silenced, inhibited or muted and
 * fires still is `released`. Nobody is reminded of what somebody takes care of; who was told that somebody does is told when that is over.
 */
export function shouldNotify(
  group: GroupSnapshot,
  sent: Pick<SentEntry, 'at' | 'firing' | 'resolved' | 'repeats' | 'acknowledged'> | null,
  policy: RepeatPolicy,
  now: number,
): NotifyReason | null {
  const news = unknown(group.firing, sent?.firing ?? []);
  if (news.length > 0) {
    if (group.escalated === true) return 'escalated';
    if (news.every((episode) => group.wasHeld?.has(episode))) return 'released';
    return sent === null ? 'first' : 'newly firing';
  }
  if (sent === null) return null;
  if (group.firing.size === 0) {
    if (sent.firing.length === 0) return null;
    return (group.held?.size ?? 0) > 0 ? 'newly resolved' : 'all resolved';
  }
  const known = new Set(sent.acknowledged);
  const over = [...group.firing].filter((episode) => known.has(episode) && !group.acknowledged?.has(episode));
  if (over.some((episode) => group.worse?.has(episode))) return 'got worse';
  if (policy.sendResolved && unknown(group.resolved, sent.resolved).length > 0) return 'newly resolved';
  if (over.length > 0) return 'acknowledgement over';
  const taken = group.acknowledged ?? new Set();
  if ([...taken].some((episode) => !known.has(episode))) return 'acknowledged';
  if ([...group.firing].every((episode) => taken.has(episode))) return null;
  return now - sent.at >= repeatWait(sent.repeats ?? 0, policy) ? 'repeat due' : null;
}

function unknown(episodes: ReadonlySet<string>, told: readonly string[]): readonly string[] {
  const known = new Set(told);
  return [...episodes].filter((episode) => !known.has(episode));
}

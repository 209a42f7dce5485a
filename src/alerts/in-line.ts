import type { NotifyReason, PendingDelivery, SentEntry } from '../model/notification.ts';
import { type GroupSnapshot, type RepeatPolicy, shouldNotify } from './should-notify.ts';

/** What becomes of a notification that waits and that nobody has seen: it stays, is not sent, or another with this reason takes its place. */
export type Turnout = { readonly kind: 'stays' | 'dropped' } | { readonly kind: 'replaced'; readonly reason: NotifyReason };

/**
 * What is to be told now takes its place. Where that is nothing, because all that it would tell of is over, it is told how that ended: an
 * alert that was put in line is told of, however long the line. What is held back by now is not told.
 */
export function turnoutOf(
  inLine: PendingDelivery,
  group: GroupSnapshot,
  sent: SentEntry | null,
  policy: RepeatPolicy,
  now: number,
): Turnout {
  const news = shouldNotify(group, sent, policy, now);
  if (news !== null) return { kind: 'replaced', reason: news };
  if (inLine.firing.some((episode) => group.held?.has(episode))) return { kind: 'dropped' };
  const end = shouldNotify(group, { ...inLine, at: inLine.createdAt }, policy, now);
  return end === null || end === 'repeat due' ? { kind: 'stays' } : { kind: 'replaced', reason: end };
}

/** What the receiver was told or is going to be. */
export function toldOrInLine(
  sent: SentEntry | null,
  inLine: PendingDelivery | null,
): Pick<SentEntry, 'firing' | 'resolved'> | null {
  if (inLine === null) return sent;
  return {
    firing: [...new Set([...(sent?.firing ?? []), ...inLine.firing])],
    resolved: [...new Set([...(sent?.resolved ?? []), ...inLine.resolved])],
  };
}

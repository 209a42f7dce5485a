/*
 * How far forwarding has read the hub, by what the hub itself says. A trigger that does not run tells nothing of itself; the hub knows
 * what nobody has read.
 */

/** A place in a partition. */
export interface HubPlace {
  readonly sequenceNumber: number;
  /** When its event came into the hub, epoch ms; `null` where unknown. */
  readonly enqueuedAt: number | null;
}

/** What the hub says of a partition. */
export interface HubPartition {
  readonly id: string;
  /** The oldest event that is kept. */
  readonly firstSequenceNumber: number;
  /** The newest event; `null`: the partition is empty. */
  readonly last: HubPlace | null;
}

/** A partition as it was seen, and how far it had been forwarded then. */
export interface HubSight {
  /** `hub/id`, as in the marks of forwarding. */
  readonly partition: string;
  readonly last: HubPlace | null;
  /** `null`: nothing of it was ever forwarded. */
  readonly read: HubPlace | null;
  /** When it was last seen that everything had been forwarded, epoch ms; `null`: never. */
  readonly allReadAt: number | null;
  /** Events that were not forwarded; 0 as well where that cannot be told. */
  readonly unread: number;
  /** The newest event at the time (`since`, epoch ms) at which it was seen first that what is unread now is; `null`: nothing is. */
  readonly waiting: (HubPlace & { readonly since: number }) | null;
  /** Events that the hub has forgotten before they were forwarded. */
  readonly expired: number;
}

export interface HubView {
  readonly hub: string;
  /** Epoch ms. */
  readonly at: number;
  readonly partitions: readonly HubSight[];
  /** Since when (epoch ms) somebody is alerted that forwarding is behind; `null`: nobody is. */
  readonly alertedSince: number | null;
}

/** Times of one event differ by how they are written down. */
const TOLERANCE = 1_000;

/**
 * Whether an event has been forwarded, by how far forwarding is. Of a hub that was created anew the numbers are low and the times late,
 * so both must be reached. A mark without number (-1) does not tell; nothing is made of it.
 */
export function isReached(event: HubPlace | null, by: HubPlace | null): boolean {
  if (event === null) return true;
  if (by === null) return false;
  if (by.sequenceNumber < 0) return true;
  const inTime = event.enqueuedAt === null || by.enqueuedAt === null || by.enqueuedAt >= event.enqueuedAt - TOLERANCE;
  return by.sequenceNumber >= event.sequenceNumber && inTime;
}

export function seePartition(
  before: HubSight | null,
  partition: string,
  { last, firstSequenceNumber }: HubPartition,
  read: HubPlace | null,
  now: number,
): HubSight {
  const place = { partition, last, read };
  if (last === null || isReached(last, read)) return { ...place, allReadAt: now, unread: 0, waiting: null, expired: 0 };
  const isAnew = read !== null && read.sequenceNumber > last.sequenceNumber;
  const from = read === null || isAnew ? firstSequenceNumber - 1 : read.sequenceNumber;
  const waitsStill = before !== null && before.waiting !== null && !isReached(before.waiting, read);
  return {
    ...place,
    allReadAt: before?.allReadAt ?? null,
    unread: last.sequenceNumber - Math.max(from, firstSequenceNumber - 1),
    waiting: waitsStill ? before.waiting : { ...last, since: now },
    expired: Math.max(0, firstSequenceNumber - 1 - from),
  };
}

/**
 * Up to when (epoch ms) everything of a partition has been forwarded, where something that came into the hub has not; `null` where
 * nothing is known to be missing. `counted`: how far it is known to be by now, if later than when it was seen.
 */
export function missingSince({ last, read, allReadAt }: HubSight, counted: HubPlace | null): number | null {
  const reached = furthest(read, counted);
  if (isReached(last, reached)) return null;
  return Math.max(allReadAt ?? 0, reached?.enqueuedAt ?? 0);
}

function furthest(one: HubPlace | null, other: HubPlace | null): HubPlace | null {
  if (one === null || other === null) return one ?? other;
  return (other.enqueuedAt ?? 0) >= (one.enqueuedAt ?? 0) ? other : one;
}

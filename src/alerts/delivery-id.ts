import { createHash } from 'node:crypto';
import type { NotifyReason } from '../model/notification.ts';

/** All that makes one notification differ from every other. */
export interface DeliveryContent {
  readonly group: string;
  readonly receiver: string;
  readonly reason: NotifyReason;
  readonly firing: readonly string[];
  readonly resolved: readonly string[];
  /** What fires and somebody takes care of. */
  readonly acknowledged?: readonly string[];
  /** Id of what the receiver confirmed before, so that the same state told again later is another notification. */
  readonly previous: string | null;
}

/**
 * The `webhook-id` of a notification. It follows from the content: whoever decides again after a crash arrives at the same id, and so
 * at the body that is archived under it.
 */
export function deliveryId({ group, receiver, reason, firing, resolved, acknowledged = [], previous }: DeliveryContent): string {
  const told = [group, receiver, reason, firing.toSorted(), resolved.toSorted(), previous];
  const canonical = JSON.stringify(acknowledged.length === 0 ? told : [...told, acknowledged.toSorted()]);
  return `msg_${createHash('sha256').update(canonical).digest('hex').slice(0, 40)}`;
}

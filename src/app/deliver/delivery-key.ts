import type { Receiver } from '../../model/config.ts';
import type { DeliverDeps } from './deps.ts';

const DIGEST = 'digest:';

/** Names a group's notifications to one receiver, `group|receiver`, in a `send` message. Group keys hold no `|`. */
export function deliveryKey(group: string, receiver: string): string {
  return `${group}|${receiver}`;
}

export function parseDeliveryKey(delivery: string): { readonly group: string; readonly receiver: string } {
  const at = delivery.indexOf('|');
  return { group: delivery.slice(0, at), receiver: delivery.slice(at + 1) };
}

/** The notification log's group for the announcement of one digest. */
export function digestGroup(digestId: string): string {
  return `${DIGEST}${digestId}`;
}

export function isDigestGroup(group: string): boolean {
  return group.startsWith(DIGEST);
}

export function receiverNamed(name: string, { config }: Pick<DeliverDeps, 'config'>): Receiver | null {
  return config.receivers.find((receiver) => receiver.name === name) ?? null;
}

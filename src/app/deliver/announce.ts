import { deliveryId } from '../../alerts/delivery-id.ts';
import type { DigestSummary } from '../../model/digest.ts';
import { digestFor } from '../../notify/receivers.ts';
import { inParallel } from '../in-parallel.ts';
import { deliveryKey, digestGroup, receiverNamed } from './delivery-key.ts';
import { type DeliverDeps, PARALLEL } from './deps.ts';
import { emptyRecord, newDelivery } from './record.ts';

export type AnnounceDeps = Pick<DeliverDeps, 'config' | 'notificationLog' | 'archive' | 'queue' | 'links' | 'clock'>;

/**
 * Tells receivers that a digest is published, once per digest and receiver however often it is called. The sends are queue messages
 * with the retries of any notification. Resolves to the names of those for whom it was begun.
 */
export async function announceDigest(
  summary: DigestSummary,
  receivers: readonly string[],
  deps: AnnounceDeps,
): Promise<readonly string[]> {
  const bodies = receivers.flatMap((name) => {
    const receiver = receiverNamed(name, deps);
    const body = receiver === null ? null : digestFor(receiver, summary, deps.links.consoleUrl);
    return body === null ? [] : [{ name, body }];
  });
  const begun = await inParallel(bodies, PARALLEL, async ({ name, body }) =>
    (await announce(summary, name, body, deps)) ? [name] : [],
  );
  return begun.flat();
}

async function announce(summary: DigestSummary, receiver: string, body: string, deps: AnnounceDeps): Promise<boolean> {
  const { notificationLog, archive, queue, clock } = deps;
  const group = digestGroup(summary.id);
  const { value: record, version } = await notificationLog.read(group, receiver);
  if (record !== null) return false;
  const content = { reason: 'first', firing: [], resolved: [] } as const;
  const id = deliveryId({ group, receiver, ...content, previous: null });
  await archive.put(id, body);
  const pending = newDelivery({ id, ...content }, clock.now());
  if (!(await notificationLog.replace({ ...emptyRecord(group, receiver), pending }, version))) return false;
  await queue.send({ kind: 'send', delivery: deliveryKey(group, receiver) });
  return true;
}

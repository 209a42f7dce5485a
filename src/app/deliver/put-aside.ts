import type { PendingDelivery } from '../../model/notification.ts';
import type { SentArchive } from '../../ports.ts';

/** A body that is longer stands in the record only as long as its first try takes. */
const LONGEST_WAITING = 16 * 1024;

/**
 * The delivery as it waits for another try, its body archived where that is long: records of a receiver that is down are read by the
 * hundred.
 */
export async function putAside(pending: PendingDelivery, archive: SentArchive): Promise<PendingDelivery> {
  const { body, ...rest } = pending;
  if (body === undefined || body.length <= LONGEST_WAITING) return pending;
  await archive.put(pending.id, body);
  return rest;
}

import type { Alert } from '../../model/alert.ts';
import { DAY } from '../../model/duration.ts';
import { asTocsinError } from '../../model/errors.ts';
import { signGrant } from '../signed-link.ts';
import type { DeliverDeps } from './deps.ts';

const VALID = 7 * DAY;

/**
 * Links by which a receiver may say that somebody takes care of an alert; none where they cannot be signed: a notification does not wait
 * for them.
 */
export async function ackLinks(
  receiver: string,
  now: number,
  { signingSecret, links, logger }: Pick<DeliverDeps, 'signingSecret' | 'links' | 'logger'>,
): Promise<{ readonly ackLink?: (alert: Alert) => string }> {
  if (signingSecret === undefined) return {};
  try {
    const secret = await signingSecret.get();
    const expiresAt = now + VALID;
    return {
      ackLink: ({ fingerprint, startsAt }) =>
        `${links.consoleUrl}/alerts/${fingerprint}?ack=${signGrant({ fingerprint, startsAt, receiver, expiresAt }, secret)}#ack`,
    };
  } catch (thrown) {
    logger.warn({ code: asTocsinError(thrown).code, receiver }, 'links to acknowledge cannot be signed');
    return {};
  }
}

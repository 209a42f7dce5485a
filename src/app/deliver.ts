import type { NotificationJob } from '../model/messages.ts';
import type { DeliverDeps } from './deliver/deps.ts';
import { type FlushOutcome, flush } from './deliver/flush.ts';
import { type SendOutcome, send } from './deliver/send.ts';
import { applyTransitions, type TransitionsOutcome } from './deliver/transitions.ts';

export { announceDigest } from './deliver/announce.ts';
export type { DeliverDeps } from './deliver/deps.ts';
export { flushAll } from './deliver/reconfigured.ts';
export { sweepNotifications } from './deliver/sweep.ts';

export type DeliverOutcome = TransitionsOutcome | FlushOutcome | SendOutcome;

/**
 * Handles one message of the notifications queue. Every kind may be handled twice, late, early or at the same time as itself: what
 * counts is in storage, written conditionally. Throws only what another try of the message may mend.
 */
export async function deliver(job: NotificationJob, deps: DeliverDeps): Promise<DeliverOutcome> {
  switch (job.kind) {
    case 'transitions':
      return applyTransitions(job.transitions, deps);
    case 'flush':
      return flush(job.group, deps);
    case 'send':
      return send(job.delivery, deps);
  }
}

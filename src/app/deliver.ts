import type { NotificationJob } from '../model/messages.ts';
import type { DeliverDeps } from './deliver/deps.ts';
import type { FlushOutcome } from './deliver/flush.ts';
import { type FlushesOutcome, flushAtOnce } from './deliver/flushes.ts';
import { type SendOutcome, send } from './deliver/send.ts';
import { applyTransitions, type TransitionsOutcome } from './deliver/transitions.ts';

export { announceDigest } from './deliver/announce.ts';
export type { DeliverDeps } from './deliver/deps.ts';
export { flushAll } from './deliver/reconfigured.ts';
export { sweepNotifications } from './deliver/sweep.ts';

export type DeliverOutcome = TransitionsOutcome | FlushOutcome | FlushesOutcome | SendOutcome;

/**
 * Handles one message of the notifications queue. Every kind may be handled twice, late, early or at the same time as itself: what
 * counts is in storage, written conditionally. Throws only what another try of the message may mend.
 */
export async function deliver(job: NotificationJob, deps: DeliverDeps): Promise<DeliverOutcome> {
  switch (job.kind) {
    case 'transitions':
      return applyTransitions(job.transitions, deps);
    case 'flush':
      return flushOne(job.group, deps);
    case 'flushes':
      return flushMany(job.groups, deps);
    case 'send':
      return send(job.delivery, deps);
  }
}

async function flushOne(group: string, deps: DeliverDeps): Promise<FlushOutcome> {
  const [outcome] = await flushAtOnce([group], deps);
  return outcome ?? { kind: 'flush', result: 'nothing scheduled', begun: [], nextFlushAt: null };
}

async function flushMany(groups: readonly string[], deps: DeliverDeps): Promise<FlushesOutcome> {
  const outcomes = await flushAtOnce(groups, deps);
  const flushed = outcomes.filter(({ result }) => result === 'flushed').length;
  const begun = outcomes.reduce((sum, outcome) => sum + outcome.begun.length, 0);
  return { kind: 'flushes', groups: groups.length, flushed, begun };
}

import { SECOND } from '../../model/duration.ts';
import { inParallel } from '../in-parallel.ts';
import { deliveryKey } from './delivery-key.ts';
import { type DeliverDeps, GROUPS_AT_ONCE } from './deps.ts';
import { type FlushOutcome, flushGroup } from './flush.ts';
import { lanes } from './lanes.ts';
import { type Scheduled, sendFlushes } from './schedule-flush.ts';
import { type Claim, tryClaimed } from './send.ts';

export interface FlushesOutcome {
  readonly kind: 'flushes';
  readonly groups: number;
  readonly flushed: number;
  readonly begun: number;
}

/** First tries to one receiver at once: one that answers slowly delays no other. */
const TRIES_PER_RECEIVER = 16;

/** Groups of all messages of this worker that are decided on at once: storage is busy with fewer, and each holds its alerts in memory. */
const DECIDED_AT_ONCE = 400;
const deciding = lanes(DECIDED_AT_ONCE);

/** A claim is good for one more try where so much of it is left. */
const LEFT_FOR_A_TRY = 30 * SECOND;

/**
 * Flushes groups and makes the first try of whatever they begin; the messages of their next flushes do not wait for those. A first try
 * that is not made (storage failed, the process died) is made by the sweep once its claim is over.
 */
export async function flushAtOnce(keys: readonly string[], deps: DeliverDeps): Promise<readonly FlushOutcome[]> {
  const now = deps.clock.now();
  const lane = lanes(TRIES_PER_RECEIVER);
  const tries: Promise<void>[] = [];
  const next: Scheduled[] = [];
  const decide = async (group: string): Promise<FlushOutcome> => {
    const claims: Claim[] = [];
    try {
      const outcome = await flushGroup(group, now, deps, { claims });
      if (outcome.result === 'flushed' && outcome.nextFlushAt !== null) next.push({ group, at: outcome.nextFlushAt });
      return outcome;
    } finally {
      for (const claim of claims) tries.push(lane(claim.receiver, () => firstTry(claim, deps)));
    }
  };
  const [decided] = await Promise.allSettled([inParallel(keys, GROUPS_AT_ONCE, (group) => deciding('all', () => decide(group)))]);
  const [sent, ...tried] = await Promise.allSettled([sendFlushes(next, deps), ...tries]);
  for (const settled of [decided, sent, ...tried]) if (settled?.status === 'rejected') throw settled.reason;
  return decided.status === 'fulfilled' ? decided.value : [];
}

async function firstTry(claim: Claim, deps: DeliverDeps): Promise<void> {
  const left = claim.until - deps.clock.now();
  if (left >= LEFT_FOR_A_TRY) await tryClaimed(claim, deps);
  else await deps.queue.send({ kind: 'send', delivery: deliveryKey(claim.group, claim.receiver) }, Math.max(left, 0));
}

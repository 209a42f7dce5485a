import type { Transition } from '../../model/alert.ts';
import type { NotificationJob } from '../../model/messages.ts';
import type { JobQueue } from '../../ports.ts';

/** What one write to storage takes at once. Above some 60 KB the queue keeps the body of a message beside it. */
const TRANSITIONS_PER_MESSAGE = 100;

/** Hands transitions on to delivery, in their order. */
export async function publishTransitions(transitions: readonly Transition[], queue: JobQueue<NotificationJob>): Promise<void> {
  for (let start = 0; start < transitions.length; start += TRANSITIONS_PER_MESSAGE)
    await queue.send({ kind: 'transitions', transitions: transitions.slice(start, start + TRANSITIONS_PER_MESSAGE) });
}

import type { Transition } from '../model/alert.ts';
import type { NotificationJob } from '../model/messages.ts';
import type { JobQueue } from '../ports.ts';

/** So many fit into one message, compressed, in most cases. */
const TRANSITIONS_PER_MESSAGE = 100;

/** Hands transitions on to delivery, in their order. */
export async function publishTransitions(transitions: readonly Transition[], queue: JobQueue<NotificationJob>): Promise<void> {
  for (let start = 0; start < transitions.length; start += TRANSITIONS_PER_MESSAGE)
    await queue.send({ kind: 'transitions', transitions: transitions.slice(start, start + TRANSITIONS_PER_MESSAGE) });
}

import type { NotificationJob } from '../model/messages.ts';
import type { Clock, JobQueue } from '../ports.ts';
import { GROUPS_PER_MESSAGE } from './deliver/deps.ts';

interface Asked {
  readonly groups: readonly string[];
  /** Epoch ms. */
  readonly due: number;
  readonly resolve: () => void;
  readonly reject: (thrown: unknown) => void;
}

/**
 * The same queue, with flushes that are asked for at the same time in one message as far as they are due within the same `within` ms: the
 * latest of them says when. Each caller waits until its own is in the queue.
 */
export function combinedFlushes(queue: JobQueue<NotificationJob>, clock: Clock, within: number): JobQueue<NotificationJob> {
  let waiting: Asked[] = [];
  let sending = false;

  async function sendAll(): Promise<void> {
    // Whoever asks in the same turn goes along.
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0) {
      const asked = waiting;
      waiting = [];
      await Promise.all(messagesOf(asked, within).map(sendOne));
    }
    sending = false;
  }

  async function sendOne(asked: readonly Asked[]): Promise<void> {
    const [group = '', ...others] = asked.flatMap(({ groups }) => groups);
    const due = Math.max(...asked.map((each) => each.due));
    const job: NotificationJob = others.length === 0 ? { kind: 'flush', group } : { kind: 'flushes', groups: [group, ...others] };
    try {
      await queue.send(job, due - clock.now());
      for (const { resolve } of asked) resolve();
    } catch (thrown) {
      for (const { reject } of asked) reject(thrown);
    }
  }

  return {
    send: (job, delay = 0, options) => {
      if ((job.kind !== 'flush' && job.kind !== 'flushes') || options !== undefined) return queue.send(job, delay, options);
      const groups = job.kind === 'flush' ? [job.group] : job.groups;
      return new Promise((resolve, reject) => {
        waiting.push({ groups, due: clock.now() + delay, resolve, reject });
        if (sending) return;
        sending = true;
        void sendAll();
      });
    },
  };
}

/** What travels together: due within the same span of time, and no more groups than one message has. */
function messagesOf(asked: readonly Asked[], within: number): readonly (readonly Asked[])[] {
  const messages: Asked[][] = [];
  const open = new Map<number, { readonly message: Asked[]; groups: number }>();
  for (const each of asked) {
    const span = Math.ceil(each.due / within);
    const last = open.get(span);
    if (last !== undefined && last.groups + each.groups.length <= GROUPS_PER_MESSAGE) {
      last.message.push(each);
      last.groups += each.groups.length;
      continue;
    }
    const message = [each];
    messages.push(message);
    open.set(span, { message, groups: each.groups.length });
  }
  return messages;
}

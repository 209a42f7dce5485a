import type { Clock, JobQueue } from '../../ports.ts';

/** Jobs in virtual time: each can be taken once its delay has passed, those of one instant in the order in which they were sent. */
export interface OfflineQueue<Job> extends JobQueue<Job> {
  /** When the next job is due, in epoch ms; `null`: none waits. */
  nextDue(): number | null;
  /** Takes the next job that is due by now. */
  take(): Job | null;
}

interface Waiting<Job> {
  readonly due: number;
  readonly order: number;
  readonly job: Job;
}

export function offlineQueue<Job>(clock: Clock): OfflineQueue<Job> {
  const heap: Waiting<Job>[] = [];
  let sent = 0;
  return {
    send: async (job, delay = 0) => {
      push(heap, { due: clock.now() + Math.max(0, delay), order: sent, job });
      sent += 1;
    },
    nextDue: () => heap[0]?.due ?? null,
    take: () => {
      const [first] = heap;
      if (first === undefined || first.due > clock.now()) return null;
      pop(heap);
      return first.job;
    },
  };
}

function push<Job>(heap: Waiting<Job>[], item: Waiting<Job>): void {
  let at = heap.length;
  heap.push(item);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!isBefore(item, heap[parent] as Waiting<Job>)) break;
    heap[at] = heap[parent] as Waiting<Job>;
    at = parent;
  }
  heap[at] = item;
}

function pop<Job>(heap: Waiting<Job>[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isBefore(heap[child + 1] as Waiting<Job>, heap[child] as Waiting<Job>)) child += 1;
    if (!isBefore(heap[child] as Waiting<Job>, last)) break;
    heap[at] = heap[child] as Waiting<Job>;
    at = child;
  }
  heap[at] = last;
}

function isBefore<Job>(a: Waiting<Job>, b: Waiting<Job>): boolean {
  return a.due < b.due || (a.due === b.due && a.order < b.order);
}

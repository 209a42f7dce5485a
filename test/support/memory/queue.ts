import type { CallOptions, Clock, JobQueue } from '../../../src/ports.ts';
import { Faulty, throughJson } from './faults.ts';

const LONGEST_DELAY = 7 * 86_400_000;

export interface QueuedJob<Job> {
  readonly due: number;
  readonly job: Job;
}

/** A queue in virtual time: messages wait until somebody takes those that are due. */
export class MemoryQueue<Job> extends Faulty implements JobQueue<Job> {
  #clock: Clock;
  #waiting: QueuedJob<Job>[] = [];

  constructor(clock: Clock) {
    super();
    this.#clock = clock;
  }

  send(job: Job, delay = 0, options?: CallOptions): Promise<void> {
    const due = this.#clock.now() + Math.min(Math.max(delay, 0), LONGEST_DELAY);
    const copy = throughJson(job);
    return this.run('send', () => void this.#waiting.push({ due, job: copy }), options?.signal);
  }

  /** Takes the jobs that are due by `now`, oldest first. A handler that fails gives its job back with `send`, as a host would. */
  due(now: number): readonly Job[] {
    const taken = this.pending().filter((message) => message.due <= now);
    this.#waiting = this.#waiting.filter((message) => message.due > now);
    return taken.map((message) => message.job);
  }

  /** What waits, by due time; nothing is taken. */
  pending(): readonly QueuedJob<Job>[] {
    return [...this.#waiting].sort((a, b) => a.due - b.due);
  }

  nextDue(): number | null {
    return this.pending()[0]?.due ?? null;
  }
}

import { setTimeout } from 'node:timers/promises';
import { Activity } from './activity.ts';
import type { IdleSource, LocalClock } from './clock.ts';

/** The longest delay that Node's timers take; a longer one would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;
const LOOK_AGAIN = 5;

/** The computer's clock. */
export function wallClock(): LocalClock {
  return new WallClock();
}

class WallClock implements LocalClock {
  readonly virtual = false;
  readonly #activity = new Activity();

  now(): number {
    return Date.now();
  }

  wall(): number {
    return Date.now();
  }

  async sleepUntil(at: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    for (let rest = at - Date.now(); rest > 0; rest = at - Date.now()) {
      await nap(Math.min(rest, LONGEST_TIMER), signal);
    }
  }

  busy<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#activity.busy(work);
  }

  watch(source: IdleSource): () => void {
    return this.#activity.watch(source);
  }

  async settled(): Promise<void> {
    while (!(await this.#activity.quiet())) await this.#activity.stirred(LOOK_AGAIN);
  }

  close(): void {}
}

async function nap(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await setTimeout(ms, undefined, signal === undefined ? {} : { signal });
  } catch (thrown) {
    signal?.throwIfAborted();
    throw thrown;
  }
}

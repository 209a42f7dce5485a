import { Activity, turn } from './activity.ts';
import type { IdleSource, LocalClock } from './clock.ts';
import { readTime, saveTime } from './saved.ts';

/** Wall ms after which a clock that waits for a source to become idle asks again. */
const LOOK_AGAIN = 3;

export interface VirtualClockOptions {
  /** Epoch ms at which time begins, unless `persistTo` knows better. */
  readonly startAt: number;
  /** Epoch ms that time does not pass until `runTo` says so. Default: none. */
  readonly limit?: number;
  /** A file that holds the time, written at every advance: a run that was killed goes on from there. */
  readonly persistTo?: string;
}

export interface VirtualClock extends LocalClock {
  /** Lets time go on to `at` and no further; resolves when it is `at` and everything is at rest there. */
  runTo(at: number): Promise<void>;
}

/** A clock that stands still while anything is busy and jumps to the earliest sleeper when all is at rest. */
export function virtualClock(options: VirtualClockOptions): VirtualClock {
  return new SimulatedClock(options);
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

class SimulatedClock implements VirtualClock {
  readonly virtual = true;
  readonly #activity = new Activity();
  readonly #persistTo: string | null;
  #now: number;
  #limit: number;
  #sleepers: readonly Sleeper[] = [];
  #settling: (() => void)[] = [];
  #arriving: (() => void)[] = [];
  #driving = false;
  #closed = false;

  constructor({ startAt, limit = Number.POSITIVE_INFINITY, persistTo }: VirtualClockOptions) {
    this.#persistTo = persistTo ?? null;
    this.#now = (persistTo === undefined ? null : readTime(persistTo)) ?? startAt;
    this.#limit = limit;
  }

  now(): number {
    return this.#now;
  }

  wall(): number {
    return Date.now();
  }

  async sleepUntil(at: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (at <= this.#now) return;
    await new Promise<void>((resolve, reject) => {
      const abort = () => {
        this.#sleepers = this.#sleepers.filter((one) => one !== sleeper);
        reject(signal?.reason);
        this.#activity.stir();
      };
      const wake = () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      };
      const sleeper: Sleeper = { at, wake };
      signal?.addEventListener('abort', abort, { once: true });
      this.#sleepers = inOrder(this.#sleepers, sleeper);
      this.#drive();
    });
  }

  busy<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#activity.busy(work);
  }

  watch(source: IdleSource): () => void {
    return this.#activity.watch(source);
  }

  settled(): Promise<void> {
    return new Promise((resolve) => {
      this.#settling.push(resolve);
      this.#drive();
    });
  }

  runTo(at: number): Promise<void> {
    this.#limit = at;
    return new Promise((resolve) => {
      this.#arriving.push(resolve);
      this.#drive();
    });
  }

  close(): void {
    this.#closed = true;
    this.#sleepers = [];
    this.#activity.stir();
  }

  #hasGoal(): boolean {
    const first = this.#sleepers[0];
    return this.#settling.length > 0 || this.#arriving.length > 0 || (first !== undefined && first.at <= this.#limit);
  }

  /** One loop at a time, and none while there is nowhere to go: a clock that nobody waits for keeps no process alive. */
  #drive(): void {
    this.#activity.stir();
    if (this.#driving || this.#closed) return;
    this.#driving = true;
    void this.#loop();
  }

  async #loop(): Promise<void> {
    await turn();
    while (!this.#closed && this.#hasGoal()) {
      if (await this.#activity.quiet()) await this.#step();
      else await this.#activity.stirred(LOOK_AGAIN);
    }
    this.#driving = false;
  }

  async #step(): Promise<void> {
    const settling = this.#settling;
    this.#settling = [];
    for (const done of settling) done();
    if (settling.length > 0) return turn();

    const [first, ...rest] = this.#sleepers;
    if (first !== undefined && first.at <= this.#limit) {
      this.#sleepers = rest;
      this.#advance(first.at);
      first.wake();
      return turn();
    }
    this.#advance(this.#limit);
    const arriving = this.#arriving;
    this.#arriving = [];
    for (const done of arriving) done();
  }

  #advance(to: number): void {
    if (to <= this.#now || to === Number.POSITIVE_INFINITY) return;
    this.#now = to;
    if (this.#persistTo !== null) saveTime(this.#persistTo, to);
  }
}

function inOrder(sleepers: readonly Sleeper[], added: Sleeper): readonly Sleeper[] {
  const index = sleepers.findIndex((one) => one.at > added.at);
  return index === -1 ? [...sleepers, added] : sleepers.toSpliced(index, 0, added);
}

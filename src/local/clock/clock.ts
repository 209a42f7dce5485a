import type { Clock } from '../../ports.ts';

/** Something that may have work which the clock cannot see by itself: a queue, a stream of events. */
export interface IdleSource {
  /**
   * Whether nothing waits there, looked up after the call and not remembered from before: a queue answers `true` only if a poll that
   * began after this call came back empty. A source that throws counts as not idle.
   */
  idle(): boolean | Promise<boolean>;
}

/** The clock of a local run: time to sleep by, and the knowledge of who is at work. */
export interface LocalClock extends Clock {
  /** Whether time stands still while anything is busy. */
  readonly virtual: boolean;
  /**
   * Resolves when `now()` has reached `at` (epoch ms). In virtual time sleepers wake one at a time, in the order of `at` and then of
   * falling asleep, each once everything that the one before started has come to rest. Whoever wakes enters `busy` before its first
   * wait, or the clock takes it for idle. Rejects with the reason of the signal when that aborts first.
   */
  sleepUntil(at: number, signal?: AbortSignal): Promise<void>;
  /** Runs work during which virtual time stands still. Sleeping inside of it never ends in virtual time. */
  busy<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Asks the source, too, before time moves. Returns how to stop asking. */
  watch(source: IdleSource): () => void;
  /** Resolves at a moment when nothing is busy and every source is idle. */
  settled(): Promise<void>;
  /** Stops the clock; sleepers stay asleep. */
  close(): void;
}

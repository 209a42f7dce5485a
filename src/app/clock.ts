import type { Clock } from '../ports.ts';

let current: Clock = { now: () => Date.now(), wall: () => Date.now() };

/** The clock of this process: the system's, unless the host runs a scenario on a clock of its own. */
export function clock(): Clock {
  return current;
}

/** For hosts on a laptop; called once, after the bundle is loaded and before the first invocation. */
export function useClock(other: Clock): void {
  current = other;
}

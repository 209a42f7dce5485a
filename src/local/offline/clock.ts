import type { Clock } from '../../ports.ts';

/** A clock that stands still until somebody moves it; never backwards. */
export interface OfflineClock extends Clock {
  moveTo(time: number): void;
}

export function offlineClock(start: number): OfflineClock {
  let now = start;
  return {
    now: () => now,
    wall: () => now,
    moveTo: (time) => {
      now = Math.max(now, time);
    },
  };
}

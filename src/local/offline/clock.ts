import type { Clock } from '../../ports.ts';

/** A clock that stands where it was set. */
export interface OfflineClock extends Clock {
  set(now: number): void;
}

export function offlineClock(start: number): OfflineClock {
  let time = start;
  return {
    now: () => time,
    wall: () => time,
    set: (now) => {
      time = now;
    },
  };
}

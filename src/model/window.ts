/** A half-open span of time `[start, end)`, in epoch milliseconds. */
export interface Window {
  readonly start: number;
  readonly end: number;
}

/** The newest multiple of `every` (ms, counted from the epoch) that is not after `time`. */
export function alignDown(time: number, every: number): number {
  return Math.floor(time / every) * every;
}

/** The smallest window that covers all of `windows`; throws on none, because there is no such window. */
export function spanOf(windows: readonly Window[]): Window {
  const first = windows[0];
  if (first === undefined) throw new RangeError('spanOf needs at least one window');
  let { start, end } = first;
  for (const window of windows) {
    start = Math.min(start, window.start);
    end = Math.max(end, window.end);
  }
  return { start, end };
}

export function contains(window: Window, time: number): boolean {
  return time >= window.start && time < window.end;
}

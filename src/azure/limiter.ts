/** What a limiter needs of time; the wall's unless a test says otherwise. */
export interface LimiterTime {
  now(): number;
  sleep(ms: number): Promise<void>;
}

export interface Limits {
  readonly inFlight: number;
  /** Starts per second, evenly spaced after a first burst of as many; `Infinity` for none. */
  readonly perSecond: number;
}

export type Limiter = <Result>(work: () => Promise<Result>) => Promise<Result>;

const WALL: LimiterTime = {
  now: () => Date.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/** Runs work in the order given, never more than `inFlight` at once and never more than `perSecond` starts within a second. */
export function createLimiter({ inFlight, perSecond }: Limits, time: LimiterTime = WALL): Limiter {
  const waiting: (() => void)[] = [];
  const starts: number[] = [];
  let running = 0;
  let pacing: Promise<void> = Promise.resolve();

  async function pace(): Promise<void> {
    if (!Number.isFinite(perSecond)) return;
    const oldest = starts.length < perSecond ? undefined : starts.shift();
    if (oldest !== undefined && time.now() < oldest + 1000) await time.sleep(oldest + 1000 - time.now());
    starts.push(time.now());
  }

  return async (work) => {
    if (running >= inFlight) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      const turn = pacing.then(pace);
      pacing = turn;
      await turn;
      return await work();
    } finally {
      const next = waiting.shift();
      // The slot passes to the next in line without becoming free in between.
      if (next === undefined) running -= 1;
      else next();
    }
  };
}

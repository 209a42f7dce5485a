/** How often something may happen: in the long run, and at once. */
export interface RateLimit {
  readonly perMinute: number;
  readonly burst: number;
}

export interface Rate {
  /** Takes one turn of a key; resolves to 0, or to the ms after which there is a turn again. */
  take(key: string, now: number): number;
}

interface Bucket {
  readonly turns: number;
  readonly at: number;
}

/** Keys are forgotten beyond this; one that is has a full bucket again. */
const MOST_KEYS = 10_000;

/** A bucket of turns for each key, and one for all of them. It counts what this worker sees. */
export function createRate(each: RateLimit, all: RateLimit): Rate {
  const buckets = new Map<string, Bucket>();
  let whole: Bucket = { turns: all.burst, at: Number.NEGATIVE_INFINITY };
  return {
    take: (key, now) => {
      const own = filled(buckets.get(key) ?? { turns: each.burst, at: now }, each, now);
      const shared = filled(whole, all, now);
      const wait = Math.max(waitOf(own, each), waitOf(shared, all));
      if (wait > 0) return wait;
      buckets.delete(key);
      buckets.set(key, { ...own, turns: own.turns - 1 });
      whole = { ...shared, turns: shared.turns - 1 };
      const oldest = buckets.size > MOST_KEYS ? buckets.keys().next().value : undefined;
      if (oldest !== undefined) buckets.delete(oldest);
      return 0;
    },
  };
}

function filled({ turns, at }: Bucket, { perMinute, burst }: RateLimit, now: number): Bucket {
  const gained = Number.isFinite(at) ? (Math.max(0, now - at) * perMinute) / 60_000 : burst;
  return { turns: Math.min(burst, turns + gained), at: now };
}

function waitOf({ turns }: Bucket, { perMinute }: RateLimit): number {
  return turns >= 1 ? 0 : Math.ceil(((1 - turns) * 60_000) / perMinute);
}

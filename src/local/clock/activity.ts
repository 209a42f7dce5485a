import { setImmediate, setTimeout } from 'node:timers/promises';
import type { IdleSource } from './clock.ts';

/** Who is at work. The generation grows at every beginning and end, so that a look around can tell whether anything stirred meanwhile. */
export class Activity {
  #working = 0;
  #generation = 0;
  readonly #sources = new Set<IdleSource>();
  #waiting: (() => void)[] = [];

  async busy<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#working += 1;
    this.stir();
    try {
      return await work();
    } finally {
      this.#working -= 1;
      this.stir();
    }
  }

  watch(source: IdleSource): () => void {
    this.#sources.add(source);
    this.stir();
    return () => {
      this.#sources.delete(source);
      this.stir();
    };
  }

  stir(): void {
    this.#generation += 1;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  /** Resolves at the next stir, or after `ms` of wall time. */
  async stirred(ms: number): Promise<void> {
    const stop = new AbortController();
    const next = new Promise<void>((resolve) => this.#waiting.push(resolve));
    await Promise.race([next, setTimeout(ms, undefined, { signal: stop.signal }).catch(() => undefined)]);
    stop.abort();
  }

  /**
   * One look around: `true` if nothing was at work at its beginning, every source was idle when asked, and nothing has begun or ended
   * since. Work that fills a source therefore either is seen by it, being asked afterwards, or spoils the look.
   */
  async quiet(): Promise<boolean> {
    if (this.#working > 0) return false;
    const generation = this.#generation;
    const idle = await Promise.all([...this.#sources].map(isIdle));
    if (!idle.every(Boolean)) return false;
    await turn();
    return this.#working === 0 && this.#generation === generation;
  }
}

/** Lets everything run that is only waiting for resolved promises. */
export async function turn(): Promise<void> {
  await setImmediate();
}

async function isIdle(source: IdleSource): Promise<boolean> {
  try {
    return await source.idle();
  } catch {
    return false;
  }
}

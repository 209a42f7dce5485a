import type { Later } from '../../forward/sinks/verdict.ts';

interface Rest {
  readonly until: number;
  readonly failures: number;
  readonly why: Later;
}

const FIRST_REST = 2_000;
const LONGEST_REST = 60_000;
const LONGEST_ASKED = 3_600_000;

/**
 * Which sinks rest after they failed, over the invocations of one worker: a sink that is down for hours is asked now and then instead
 * of at every batch, and never before it said.
 */
export class Circuits {
  readonly #rests = new Map<string, Rest>();

  /** Why the sink is not to be asked now; `null`: it is. */
  resting(sink: string, now: number): Later | null {
    const rest = this.#rests.get(sink);
    return rest !== undefined && now < rest.until ? rest.why : null;
  }

  /** `asked`: what the sink itself asked to wait, in ms. */
  failed(sink: string, now: number, why: Later, asked: number): void {
    const failures = (this.#rests.get(sink)?.failures ?? 0) + 1;
    const own = Math.min(FIRST_REST * 2 ** (failures - 1), LONGEST_REST);
    this.#rests.set(sink, { until: now + Math.max(own, Math.min(asked, LONGEST_ASKED)), failures, why });
  }

  succeeded(sink: string): void {
    this.#rests.delete(sink);
  }
}

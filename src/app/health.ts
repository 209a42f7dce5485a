import { asTocsinError, ERRORS, type ErrorCode } from '../model/errors.ts';
import type { Clock, TickStore } from '../ports.ts';

export interface HealthDeps {
  readonly ticks: TickStore;
  readonly clock: Clock;
}

export interface Health {
  readonly ok: boolean;
  /** Seconds since the last tick that planned its work; `null` before the first. */
  readonly lastTickAgeSeconds: number | null;
  readonly reason: string;
}

/** Five missed minutes: more than the one minute that a timer's lease takes to move to another instance. */
const STALE_AFTER = 5 * 60_000;

/** Whether evaluation is alive, told by the last tick on record: a timer can stop while HTTP keeps answering. */
export async function health({ ticks, clock }: HealthDeps): Promise<Health> {
  try {
    const { value } = await ticks.read();
    const why = value?.failure === undefined ? '' : `; the last try failed: ${explained(value.failure.code)}`;
    const lastTickAt = value?.lastTickAt ?? null;
    if (lastTickAt === null) return { ok: false, lastTickAgeSeconds: null, reason: `no tick yet${why}` };
    const age = clock.now() - lastTickAt;
    const lastTickAgeSeconds = Math.round(age / 1_000);
    return age <= STALE_AFTER
      ? { ok: true, lastTickAgeSeconds, reason: `ticking${why}` }
      : { ok: false, lastTickAgeSeconds, reason: `no tick for five minutes${why}` };
  } catch (thrown) {
    const { code } = asTocsinError(thrown);
    return { ok: false, lastTickAgeSeconds: null, reason: `${code}: the last tick cannot be read` };
  }
}

/** Anybody may ask for health: no names of resources here, those are in the log. */
function explained(code: ErrorCode): string {
  const { title, fix } = ERRORS[code];
  return `${code} ${title} (${fix})`;
}

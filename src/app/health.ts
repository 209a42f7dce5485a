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
  /** Of the newest try, where that failed. */
  readonly code: ErrorCode | null;
  readonly reason: string;
}

/** Five missed minutes: more than the one minute that a timer's lease takes to move to another instance. */
const STALE_AFTER = 5 * 60_000;

/** Whether evaluation is alive, told by the last tick on record: a timer can stop while HTTP keeps answering. */
export async function health({ ticks, clock }: HealthDeps): Promise<Health> {
  try {
    const { value } = await ticks.read();
    const code = value?.failure?.code ?? null;
    const why = code === null ? '' : `; the last try failed: ${explained(code)}`;
    const lastTickAt = value?.lastTickAt ?? null;
    if (lastTickAt === null) return { ok: false, lastTickAgeSeconds: null, code, reason: `no tick yet${why}` };
    const age = clock.now() - lastTickAt;
    const ok = age <= STALE_AFTER;
    const reason = `${ok ? 'ticking' : 'no tick for five minutes'}${why}`;
    return { ok, lastTickAgeSeconds: Math.round(age / 1_000), code, reason };
  } catch (thrown) {
    const { code } = asTocsinError(thrown);
    return { ok: false, lastTickAgeSeconds: null, code, reason: `${code}: the last tick cannot be read` };
  }
}

/** Anybody may ask for health: no names of resources here, those are in the log. */
function explained(code: ErrorCode): string {
  const { title, fix } = ERRORS[code];
  return `${code} ${title} (${fix})`;
}

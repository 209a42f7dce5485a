import { createHash } from 'node:crypto';
import { DAY, HOUR, MINUTE, SECOND } from '../model/duration.ts';
import type { ErrorCode, TocsinError } from '../model/errors.ts';
import type { HttpAnswer } from '../ports.ts';

/** What one try came to: told, not told for good, or worth another try (after `retryAfter` ms where the receiver asked for that). */
export type Verdict =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'give up'; readonly code: ErrorCode; readonly detail: string }
  | { readonly kind: 'try again'; readonly code: ErrorCode; readonly detail: string; readonly retryAfter: number | null };

/** How long tries go on after a notification was decided. */
export const GIVE_UP_AFTER = DAY;

const BACK_OFF = [5 * SECOND, 30 * SECOND, 2 * MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR] as const;
const SHORTEST_WAIT = BACK_OFF[0];
const LONGEST_WAIT = HOUR;
const SPREAD = 0.1;

/** 2xx alone is success. A redirect is not followed, so it is a refusal: the address in the configuration is not the receiver's. */
export function verdictOfAnswer({ status, retryAfter }: Pick<HttpAnswer, 'status' | 'retryAfter'>): Verdict {
  const detail = `HTTP ${status}`;
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  if (status === 410) return { kind: 'give up', code: 'TCN-N005', detail };
  if (status === 425 || status === 429) return { kind: 'try again', code: 'TCN-N007', detail, retryAfter: retryAfter ?? null };
  if (status === 408 || status >= 500) return { kind: 'try again', code: 'TCN-N001', detail, retryAfter: retryAfter ?? null };
  return { kind: 'give up', code: 'TCN-N002', detail };
}

/** What is wrong with the configuration stays wrong; everything else may pass. */
export function verdictOfError({ code, kind, detail, retryAfter }: TocsinError): Verdict {
  if (kind === 'user') return { kind: 'give up', code, detail };
  return { kind: 'try again', code, detail, retryAfter };
}

/**
 * Milliseconds until the next try after `failures` tries in a row: what the receiver asked for, within 5 s and 1 h, else a fixed
 * back-off of 5 s, 30 s, 2 m, 5 m, 15 m, 30 m and then every hour, or the receiver's own.
 */
export function waitAfter(failures: number, retryAfter: number | null, backOff: readonly number[] = BACK_OFF): number {
  if (retryAfter !== null) return Math.min(Math.max(retryAfter, SHORTEST_WAIT), LONGEST_WAIT);
  return backOff[Math.min(Math.max(failures, 1), backOff.length) - 1] ?? LONGEST_WAIT;
}

/** A part of the wait on top, by which deliveries that failed together do not come back together; the same for the same try. */
export function spread(wait: number, id: string, attempts: number): number {
  const share = createHash('sha256').update(`${id} ${attempts}`).digest().readUInt16BE() / 0x1_00_00;
  return Math.round(wait * (1 + SPREAD * share));
}

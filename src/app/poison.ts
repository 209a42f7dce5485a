import { createHash } from 'node:crypto';
import { DAY, MINUTE } from '../model/duration.ts';
import { asTocsinError, type ErrorCode } from '../model/errors.ts';
import type { EvaluationJob, NotificationJob } from '../model/messages.ts';
import type { Clock, FindingStore, JobQueue, Log } from '../ports.ts';
import { isEvaluationJob, isNotificationJob } from './jobs.ts';

export interface PoisonDeps {
  readonly findings: FindingStore;
  readonly notifications: JobQueue<NotificationJob>;
  readonly clock: Clock;
  readonly logger: Log;
  /** The body of a message's envelope; throws TCN-Q001 when the message is none of ours. */
  readonly parse: (message: unknown) => Promise<unknown>;
}

export interface PoisonOutcome {
  readonly code: ErrorCode;
  /** Who does the work that the message stood for. */
  readonly repeated: 'by the sweep' | 'by the next tick' | 'by the same message later' | 'by nobody';
}

/** Alerts are stored nowhere else while their transitions are in the queue: they are tried for as long as a delivery would be. */
const TRANSITIONS_AGAIN = 10 * MINUTE;
const TRANSITIONS_FOR = DAY;

const EXCERPT = 300;

/**
 * Handles a message that the host set aside after too many failures: a finding says so, and the work is seen to. Overdue flushes and
 * sends are found by the sweep and unjudged windows by the next tick, but transitions are only in their message, so it goes back.
 */
export async function poisoned(queueName: string, message: unknown, deps: PoisonDeps): Promise<PoisonOutcome> {
  const text = textOf(message);
  const body = await bodyOf(message, deps);
  const job = isNotificationJob(body) || isEvaluationJob(body) ? body : null;
  const now = deps.clock.now();
  const code = job === null ? 'TCN-Q001' : 'TCN-Q002';
  const repeated = job === null ? 'by nobody' : repeater(job, now);
  const outcome: PoisonOutcome = { code, repeated };
  await deps.findings.put({
    id: `poison:${queueName}:${createHash('sha256').update(text).digest('hex').slice(0, 32)}`,
    kind: 'poison message',
    rule: null,
    target: null,
    labels: { queue: queueName, ...(job === null ? {} : { job: job.kind }) },
    severity: repeated === 'by nobody' ? 1 : 2,
    firstAt: now,
    lastAt: now,
    count: 1,
    value: null,
    summary: `a message of ${queueName} was set aside; its work is repeated ${repeated}: ${excerpt(text)}`,
    code,
    evidence: null,
  });
  if (repeated === 'by the same message later') await deps.notifications.send(job as NotificationJob, TRANSITIONS_AGAIN);
  deps.logger.error({ queue: queueName, ...outcome, job: job?.kind ?? null }, 'poison message');
  return outcome;
}

/** Text without what may be a secret, in one line of at most 300 characters. */
export function excerpt(text: string): string {
  const redacted = text
    .replace(/whsec_[A-Za-z0-9+/=]+/g, 'whsec_…')
    .replace(/\b(https?:\/\/)(?:[^\s"'<>@/]*@)?([^\s"'<>/?#\\]+)[^\s"'<>\\]*/gi, '$1$2/…')
    .replace(/\b(bearer|basic)\s+[\w.~+/=-]+/gi, '$1 …')
    .replace(/([\w-]*(?:key|signature|secret|token|password|pwd|sig))(\\?["']?\s*[:=]\s*\\?["']?)[^\s"'&;,\\}]+/gi, '$1$2…')
    .replace(/\s+/g, ' ')
    .trim();
  return redacted.length <= EXCERPT ? redacted : `${redacted.slice(0, EXCERPT - 1)}…`;
}

async function bodyOf(message: unknown, { parse }: PoisonDeps): Promise<unknown> {
  try {
    return await parse(message);
  } catch (thrown) {
    const error = asTocsinError(thrown);
    if (error.kind === 'transient') throw error;
    return null;
  }
}

function repeater(job: NotificationJob | EvaluationJob, now: number): PoisonOutcome['repeated'] {
  if (job.kind === 'metrics' || job.kind === 'logs') return 'by the next tick';
  if (job.kind !== 'transitions') return 'by the sweep';
  const newest = job.transitions.reduce((latest, transition) => Math.max(latest, transition.at), Number.NEGATIVE_INFINITY);
  return now - newest <= TRANSITIONS_FOR ? 'by the same message later' : 'by nobody';
}

function textOf(message: unknown): string {
  if (typeof message === 'string') return message;
  if (message instanceof Uint8Array) return Buffer.from(message).toString('utf8');
  return JSON.stringify(message) ?? String(message);
}

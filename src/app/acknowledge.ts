import { randomUUID } from 'node:crypto';
import type { Actor } from '../model/access.ts';
import type { Acknowledgement } from '../model/acknowledgement.ts';
import { isAcknowledged, levelOfAlert } from '../model/acknowledgement.ts';
import type { Alert } from '../model/alert.ts';
import { formatDuration } from '../model/duration.ts';
import { TocsinError } from '../model/errors.ts';
import type { AlertStore, AuditLog, Clock } from '../ports.ts';
import { audited } from './audited.ts';

export interface AcknowledgeDeps {
  readonly alerts: Pick<AlertStore, 'get' | 'acknowledge'>;
  readonly audit: Pick<AuditLog, 'record'>;
  readonly clock: Clock;
}

export interface AckRequest {
  readonly fingerprint: string;
  /** The episode that is meant; `null`: the one that fires now. */
  readonly startsAt: number | null;
  readonly comment: string;
  /** Milliseconds after which it lapses by itself; `null`: never. */
  readonly lasts: number | null;
}

const LONGEST_COMMENT = 1_000;

/**
 * Notes that somebody takes care of an alert: nobody is reminded of it or called to help until it resolves or gets worse. Throws TCN-H001
 * for an alert that is unknown, TCN-H003 for one that does not fire (any more), or for a comment that is too long.
 */
export async function acknowledge(request: AckRequest, actor: Actor, deps: AcknowledgeDeps): Promise<Acknowledgement> {
  const { comment, lasts } = request;
  const now = deps.clock.now();
  if (comment.length > LONGEST_COMMENT) throw new TocsinError('TCN-H003', `a comment has at most ${LONGEST_COMMENT} characters`);
  const alert = await firing(request, deps);
  const until = lasts === null ? null : now + lasts;
  const after: Acknowledgement = {
    by: actor.name,
    comment,
    at: now,
    until,
    severity: alert.severity,
    level: levelOfAlert(alert),
  };
  const reason =
    [actor.name, ...(lasts === null ? [] : [`for ${formatDuration(lasts)}`])].join(', ') + (comment === '' ? '' : `: ${comment}`);
  await change(alert, after, { at: now, what: 'acknowledged', reason, value: null }, actor, deps);
  return after;
}

/** Takes an acknowledgement back. Throws as {@link acknowledge}, and TCN-H003 where nobody takes care of the alert. */
export async function withdraw(
  request: Pick<AckRequest, 'fingerprint' | 'startsAt'>,
  actor: Actor,
  deps: AcknowledgeDeps,
): Promise<void> {
  const now = deps.clock.now();
  const alert = await firing(request, deps);
  if (!isAcknowledged(alert, now)) throw new TocsinError('TCN-H003', `nobody takes care of ${alert.fingerprint}`);
  await change(alert, null, { at: now, what: 'unacknowledged', reason: actor.name, value: null }, actor, deps);
}

async function firing(
  { fingerprint, startsAt }: Pick<AckRequest, 'fingerprint' | 'startsAt'>,
  deps: AcknowledgeDeps,
): Promise<Alert> {
  const alert = await deps.alerts.get(fingerprint);
  if (alert === null) throw new TocsinError('TCN-H001', `there is no alert ${fingerprint}`);
  if (alert.status !== 'firing' || (startsAt !== null && alert.startsAt !== startsAt)) throw over(fingerprint);
  return alert;
}

async function change(
  alert: Alert,
  after: Acknowledgement | null,
  line: Parameters<AlertStore['acknowledge']>[2],
  actor: Actor,
  deps: AcknowledgeDeps,
): Promise<void> {
  const action = after === null ? 'acknowledgement withdrawn' : 'alert acknowledged';
  const before = alert.acknowledgement ?? null;
  const entry = { id: randomUUID(), at: line.at, action, subject: alert.fingerprint, before, after } as const;
  if (!(await audited(deps.audit, actor, entry, () => deps.alerts.acknowledge(alert, after, line))))
    throw over(alert.fingerprint);
}

function over(fingerprint: string): TocsinError {
  return new TocsinError('TCN-H003', `alert ${fingerprint} does not fire any more`);
}

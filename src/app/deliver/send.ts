import { fingerprintOf } from '../../alerts/episode.ts';
import type { HistoryEntry } from '../../model/alert.ts';
import type { Receiver } from '../../model/config.ts';
import { formatDuration, MINUTE, SECOND } from '../../model/duration.ts';
import { asTocsinError, type ErrorCode, TocsinError } from '../../model/errors.ts';
import type { NotificationRecord, PendingDelivery, SentEntry } from '../../model/notification.ts';
import { GIVE_UP_AFTER, spread, type Verdict, waitAfter } from '../../notify/verdict.ts';
import type { Version } from '../../ports.ts';
import { attempt } from './attempt.ts';
import { heard, standingOf, waitForProbe } from './circuit.ts';
import { deliveryKey, isDigestGroup, parseDeliveryKey, receiverNamed } from './delivery-key.ts';
import { type DeliverDeps, RACES } from './deps.ts';
import { failedDelivery } from './failed-delivery.ts';
import { putAside } from './put-aside.ts';
import { scheduleFlush, sendFlushes } from './schedule-flush.ts';
import { repeatFlush } from './sweep.ts';

export interface SendOutcome {
  readonly kind: 'send';
  readonly result:
    | 'delivered'
    | 'try again'
    | 'postponed'
    | 'in line'
    | 'given up'
    | 'nothing pending'
    | 'claimed by another'
    | 'not due'
    | 'came early'
    | 'receiver removed'
    | 'body lost'
    | 'taken over';
  readonly id: string | null;
  readonly detail: string | null;
}

/** Longer than any try may take (WEBHOOK_TIMEOUT), so that two instances rarely send at once; when they do, it is the same id. */
export const CLAIM = MINUTE;

const EARLY = 2 * SECOND;

/** Until another ask for a turn, where too many asked at once. */
const ASK_AGAIN = 5 * SECOND;

/** A delivery that this run may send, as it stood when it was claimed. */
export interface Claim {
  readonly group: string;
  readonly receiver: string;
  readonly pending: PendingDelivery;
  readonly until: number;
  /** Nobody tried it before. */
  readonly untried: boolean;
  /** The turn that it has taken with the receiver's rate limit. */
  readonly turnAt?: number;
  /** The record as the claim was written, which nobody else changes in most cases. */
  readonly record: NotificationRecord;
  readonly version: Version;
  /** Whether the group is known to have a flush before it that sees what came meanwhile. */
  readonly flushAhead?: boolean;
}

/** Tries one pending delivery: claim, send with the id of every try, confirm or put off. */
export async function send(delivery: string, deps: DeliverDeps): Promise<SendOutcome> {
  const claim = await takeClaim(delivery, deps);
  return 'result' in claim ? claim : tryClaimed(claim, deps);
}

/** Tries a delivery that is claimed. */
export async function tryClaimed(claim: Claim, deps: DeliverDeps): Promise<SendOutcome> {
  const outcome = await sendClaimed(claim, deps);
  const { group, receiver, pending } = claim;
  const fields = {
    group,
    receiver,
    id: pending.id,
    reason: pending.reason,
    attempt: pending.attempts + 1,
    detail: outcome.detail,
  };
  if (outcome.result === 'delivered') deps.logger.info(fields, 'notification delivered');
  else if (outcome.result === 'in line')
    deps.logger.debug({ ...fields, result: outcome.result }, 'notification waits for its turn');
  else deps.logger.warn({ ...fields, result: outcome.result }, 'notification not delivered');
  return outcome;
}

async function takeClaim(delivery: string, deps: DeliverDeps): Promise<Claim | SendOutcome> {
  const { group, receiver } = parseDeliveryKey(delivery);
  const { value: record, version } = await deps.notificationLog.read(group, receiver);
  const pending = record?.pending ?? null;
  if (record === null || pending === null) return { kind: 'send', result: 'nothing pending', id: null, detail: null };
  const stopped = (result: SendOutcome['result']): SendOutcome => ({ kind: 'send', result, id: pending.id, detail: null });
  const now = deps.clock.now();
  if (pending.claimedUntil !== null && pending.claimedUntil > now) return stopped('claimed by another');
  if (pending.nextTryAt > now) {
    const wait = pending.nextTryAt - now;
    if (wait > EARLY) return stopped('not due');
    await deps.queue.send({ kind: 'send', delivery }, wait);
    return stopped('came early');
  }
  const until = now + CLAIM;
  const { turnAt, untried: _, ...bare } = pending;
  const claimed = { ...record, pending: { ...bare, claimedUntil: until } };
  const written = await deps.notificationLog.rewrite(claimed, version);
  if (written === null) return stopped('claimed by another');
  // A claim that ran out may have ended in a try.
  const untried = pending.attempts === 0 && pending.claimedUntil === null;
  const turn = turnAt === undefined ? {} : { turnAt };
  return { group, receiver, pending: bare, until, untried, ...turn, record: claimed, version: written };
}

async function sendClaimed(claim: Claim, deps: DeliverDeps): Promise<SendOutcome> {
  const { pending } = claim;
  const receiver = receiverNamed(claim.receiver, deps);
  if (receiver === null) return abandon(claim, 'receiver removed', deps);
  const { gone, pause, probed } = await standingOf(receiver, deps);
  if (gone) return giveUp(claim, 'TCN-N005', 'its address answered 410 before', deps);
  if (pause > 0) return postpone(claim, pause, deps);
  const turn = await turnOf(claim, receiver, deps);
  if (turn === null || turn > deps.clock.now()) return putInLine(claim, turn, deps);
  const wait = probed ? await waitForProbe(receiver, deps) : 0;
  if (wait > 0) return postpone(claim, wait, deps);
  const body = pending.body ?? (await deps.archive.get(pending.id));
  if (body === null) return abandon(claim, 'body lost', deps);
  const verdict = await attempt(receiver, pending.id, body, deps);
  if (verdict.kind === 'delivered') {
    const outcome = await confirm(claim, receiver, deps);
    await keepStanding(claim, receiver, verdict, deps);
    return outcome;
  }
  await keepStanding(claim, receiver, verdict, deps);
  if (verdict.kind === 'give up') return giveUp(claim, verdict.code, verdict.detail, deps);
  return putOff(claim, receiver, verdict, deps);
}

/** How the receiver does is advice to others: where it cannot be written, this delivery goes on. One that has just died has a fallback. */
async function keepStanding({ group }: Claim, receiver: Receiver, verdict: Verdict, deps: DeliverDeps): Promise<void> {
  try {
    const died = await heard(receiver, verdict, deps);
    if (!died || receiver.fallback === undefined || isDigestGroup(group)) return;
    const { value } = await deps.groups.read(group);
    if (value !== null) await repeatFlush(value, Number.MAX_SAFE_INTEGER, deps.clock.now(), deps);
  } catch (thrown) {
    deps.logger.warn({ receiver: receiver.name, error: asTocsinError(thrown).message }, 'standing of a receiver not kept');
  }
}

/** When the receiver's rate limit lets this try go, `null` where it must ask again. A turn is good for one try. */
async function turnOf(
  { turnAt }: Claim,
  { name, rateLimit }: Receiver,
  { turns, clock, logger }: DeliverDeps,
): Promise<number | null> {
  const now = clock.now();
  if (rateLimit === undefined || turns === undefined || turnAt !== undefined) return now;
  try {
    return await turns.take(name, rateLimit, now);
  } catch (thrown) {
    // A limit that cannot be kept is the receiver's to keep; an alert does not wait for it.
    logger.warn({ receiver: name, error: asTocsinError(thrown).message }, 'rate limit of a receiver not kept');
    return now;
  }
}

/** It waits in the queue until its turn, or to ask for one. Where nobody can have seen it, news of its group takes its place meanwhile. */
async function putInLine(claim: Claim, turn: number | null, deps: DeliverDeps): Promise<SendOutcome> {
  const pending = await putAside(claim.pending, deps.archive);
  const now = deps.clock.now();
  const nextTryAt = turn ?? now + spread(ASK_AGAIN, pending.id, pending.attempts);
  const createdAt = pending.attempts === 0 ? Math.max(pending.createdAt, nextTryAt) : pending.createdAt;
  const waiting = {
    ...pending,
    ...markOf(claim),
    createdAt,
    nextTryAt,
    ...(turn !== null && { turnAt: turn }),
    claimedUntil: null,
  };
  const written = await reviseClaimed(claim, deps, (record) => ({ ...record, pending: waiting }));
  const outcome = { kind: 'send', id: pending.id, detail: null } as const;
  if (!written) return { ...outcome, result: 'taken over' };
  await deps.queue.send({ kind: 'send', delivery: deliveryKey(claim.group, claim.receiver) }, nextTryAt - now);
  return { ...outcome, result: 'in line' };
}

function markOf({ untried }: Claim): Pick<PendingDelivery, 'untried'> {
  return untried ? { untried } : {};
}

/** The receiver fails for others: this delivery waits without asking it, and those that wait do not come back all at once. */
async function postpone(claim: Claim, pause: number, deps: DeliverDeps): Promise<SendOutcome> {
  const { pending } = claim;
  const now = deps.clock.now();
  const wait = spread(pause, pending.id, pending.attempts);
  const lastError = pending.lastError ?? 'TCN-N003 the receiver fails for other notifications';
  if (now + wait > pending.createdAt + GIVE_UP_AFTER)
    return giveUp(claim, 'TCN-N008', `it failed all the time: ${lastError}`, deps);
  const waiting = await putAside(pending, deps.archive);
  const written = await reviseClaimed(claim, deps, (record) => ({
    ...record,
    pending: { ...waiting, ...markOf(claim), nextTryAt: now + wait, claimedUntil: null, lastError },
  }));
  if (!written) return { kind: 'send', result: 'taken over', id: pending.id, detail: lastError };
  await deps.queue.send({ kind: 'send', delivery: deliveryKey(claim.group, claim.receiver) }, wait);
  return { kind: 'send', result: 'postponed', id: pending.id, detail: lastError };
}

/** Whoever holds the claim by now: the receiver has this id. */
async function confirm(claim: Claim, receiver: Receiver, deps: DeliverDeps): Promise<SendOutcome> {
  const { group, pending } = claim;
  const at = deps.clock.now();
  const { id, firing, resolved, repeats, acknowledged } = pending;
  const entry: SentEntry = {
    id,
    at,
    firing,
    resolved,
    ...(repeats === undefined ? {} : { repeats }),
    ...(acknowledged && { acknowledged }),
  };
  const confirmed = await revise(claim, deps, (record) => {
    if (record.pending?.id !== pending.id) return null;
    const { givenUp: _, ...rest } = record;
    return { ...rest, sent: entry, pending: null, counts: { ...record.counts, sent: record.counts.sent + 1 } };
  });
  if (confirmed && !isDigestGroup(group)) {
    await noteAlerts(
      claim,
      receiver.sendResolved,
      { at, what: 'notified', reason: `${claim.receiver}: ${pending.reason}` },
      deps,
    );
    if (claim.flushAhead !== true) await keepFlushing(group, deps);
  }
  return { kind: 'send', result: 'delivered', id: pending.id, detail: null };
}

async function putOff(
  claim: Claim,
  { backOff }: Receiver,
  verdict: Verdict & { readonly kind: 'try again' },
  deps: DeliverDeps,
): Promise<SendOutcome> {
  const { pending } = claim;
  const now = deps.clock.now();
  const attempts = pending.attempts + 1;
  const due = waitAfter(attempts, verdict.retryAfter, backOff);
  const wait = backOff === undefined && verdict.retryAfter === null ? spread(due, pending.id, attempts) : due;
  if (now + wait > pending.createdAt + GIVE_UP_AFTER) {
    const span = formatDuration(now - pending.createdAt);
    return giveUp(claim, 'TCN-N008', `${attempts} tries in ${span}, the last one: ${verdict.code} ${verdict.detail}`, deps);
  }
  const lastError = `${verdict.code} ${verdict.detail}`;
  const waiting = await putAside(pending, deps.archive);
  const written = await reviseClaimed(claim, deps, (record) => ({
    ...record,
    pending: { ...waiting, attempts, nextTryAt: now + wait, claimedUntil: null, lastError },
    counts: { ...record.counts, retried: record.counts.retried + 1 },
  }));
  if (!written) return { kind: 'send', result: 'taken over', id: pending.id, detail: lastError };
  await deps.queue.send({ kind: 'send', delivery: deliveryKey(claim.group, claim.receiver) }, wait);
  return { kind: 'send', result: 'try again', id: pending.id, detail: lastError };
}

/** The finding comes first: should this run die in between, the next one writes the same finding again. */
async function giveUp(claim: Claim, code: ErrorCode, detail: string, deps: DeliverDeps): Promise<SendOutcome> {
  const { group, pending } = claim;
  const at = deps.clock.now();
  const subject = isDigestGroup(group) ? null : (await deps.groups.read(group)).value;
  await deps.findings.put(failedDelivery({ group, receiver: claim.receiver, subject, pending, code, detail, at }));
  const written = await reviseClaimed(claim, deps, (record) => ({
    ...record,
    pending: null,
    givenUp: { id: pending.id, at, code },
    counts: { ...record.counts, failed: record.counts.failed + 1 },
  }));
  if (!written) return { kind: 'send', result: 'taken over', id: pending.id, detail };
  if (!isDigestGroup(group)) {
    await noteAlerts(claim, true, { at, what: 'notify failed', reason: `${claim.receiver}: ${code} ${detail}` }, deps);
    await keepFlushing(group, deps);
  }
  return { kind: 'send', result: 'given up', id: pending.id, detail: `${code} ${detail}` };
}

/** Nothing can be sent; what the receiver should know is decided anew at the next flush. */
async function abandon(claim: Claim, result: 'receiver removed' | 'body lost', deps: DeliverDeps): Promise<SendOutcome> {
  const written = await reviseClaimed(claim, deps, (record) => ({ ...record, pending: null }));
  if (written && !isDigestGroup(claim.group)) await keepFlushing(claim.group, deps);
  return { kind: 'send', result, id: claim.pending.id, detail: null };
}

/** While a delivery was under way its group may have changed: there must be a flush that sees it. */
async function keepFlushing(key: string, deps: DeliverDeps): Promise<void> {
  const { value: group } = await deps.groups.read(key);
  if (group === null || group.nextFlushAt !== null) return;
  const flush = await scheduleFlush({ identity: group, startsAt: deps.clock.now(), homes: [] }, deps);
  if (flush !== null) await sendFlushes([flush], deps);
}

/** History is for reading: a line that cannot be written is logged and does not undo a delivery. */
async function noteAlerts(
  claim: Claim,
  withResolved: boolean,
  line: Omit<HistoryEntry, 'value'>,
  deps: DeliverDeps,
): Promise<void> {
  const told = new Set(claim.record.sent?.resolved);
  const resolved = withResolved ? claim.pending.resolved.filter((episode) => !told.has(episode)) : [];
  const fingerprints = [...new Set([...claim.pending.firing, ...resolved].map(fingerprintOf))];
  try {
    await deps.alerts.noteGroup(claim.group, fingerprints, { ...line, value: null });
  } catch (thrown) {
    deps.logger.warn(
      { error: asTocsinError(thrown).message, group: claim.group, id: claim.pending.id },
      'history line not written',
    );
  }
}

/** Only as long as nobody took the delivery over. */
async function reviseClaimed(
  claim: Claim,
  deps: DeliverDeps,
  change: (record: NotificationRecord) => NotificationRecord,
): Promise<boolean> {
  const mine = ({ pending }: NotificationRecord): boolean =>
    pending?.id === claim.pending.id && pending.claimedUntil === claim.until;
  return revise(claim, deps, (record) => (mine(record) ? change(record) : null));
}

/** Writes what `change` makes of the record as it stands; resolves to `false` where `change` wants none of it any more. */
async function revise(
  { group, receiver, record, version: claimed }: Claim,
  { notificationLog }: DeliverDeps,
  change: (record: NotificationRecord) => NotificationRecord | null,
): Promise<boolean> {
  for (let race = 0; race < RACES; race++) {
    const asClaimed = { value: record, version: claimed };
    const { value, version } = race === 0 ? asClaimed : await notificationLog.read(group, receiver);
    const next = value === null ? null : change(value);
    if (next === null) return false;
    if (await notificationLog.replace(next, version)) return true;
  }
  throw new TocsinError('TCN-S001', `notification record of ${group} for ${receiver} is written by too many at once`);
}

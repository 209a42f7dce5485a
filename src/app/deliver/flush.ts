import { batchOf, forgotten } from '../../alerts/batch.ts';
import { deliveryId } from '../../alerts/delivery-id.ts';
import { episodeOf } from '../../alerts/episode.ts';
import { escalated, escalationsOf, nextEscalation, waitingOf } from '../../alerts/escalation.ts';
import { type Circumstances, mutedBy, sortOut } from '../../alerts/hold.ts';
import { toldOrInLine, turnoutOf } from '../../alerts/in-line.ts';
import { nextFlush } from '../../alerts/next-flush.ts';
import { nextRepeats, repeatWait } from '../../alerts/repeat.ts';
import { routeById } from '../../alerts/route.ts';
import { shouldNotify, snapshotOf } from '../../alerts/should-notify.ts';
import type { Alert } from '../../model/alert.ts';
import { homeOf } from '../../model/alert-home.ts';
import type { Receiver } from '../../model/config.ts';
import { SECOND } from '../../model/duration.ts';
import { TocsinError } from '../../model/errors.ts';
import type { Group, NotificationRecord, NotifyReason, SentEntry } from '../../model/notification.ts';
import type { Route } from '../../model/route.ts';
import { bodyFor } from '../../notify/receivers.ts';
import { customTexts } from '../../notify/template.ts';
import type { Versioned } from '../../ports.ts';
import { inParallel } from '../in-parallel.ts';
import { ackLinks } from './ack-links.ts';
import { receiverNamed } from './delivery-key.ts';
import { type DeliverDeps, HOMES_NAMED, PARALLEL, RACES } from './deps.ts';
import { fallbacksOf } from './fallback.ts';
import { emptyRecord, newDelivery } from './record.ts';
import { moveToRoutes } from './reroute.ts';
import { CLAIM, type Claim } from './send.ts';

export interface FlushOutcome {
  readonly kind: 'flush';
  readonly result: 'flushed' | 'nothing scheduled' | 'not due' | 'came early';
  /** Notifications that were begun, `receiver: reason`. */
  readonly begun: readonly string[];
  readonly nextFlushAt: number | null;
}

/** Receivers of one notification see at most so many alerts; the rest is counted in the body. */
export const ALERTS_PER_NOTIFICATION = 100;

/** Longer bodies are archived; others stand in the record, which storage compresses, until the first try is made (put-aside.ts). */
const LONGEST_BODY = 256 * 1024;

const EARLY = 30 * SECOND;

/** What became of one receiver at one flush. */
type Stance = {
  /** Episodes that fire and that it is not told of for now. */
  readonly held: readonly string[];
} & (
  | { readonly kind: 'told' | 'given up' | 'on its way' | 'later' }
  | { readonly kind: 'begun'; readonly reason: NotifyReason; readonly claim: Claim }
);

/** What one flush has begun, whatever became of it. Its claims are to be tried. */
export interface Begun {
  readonly claims: Claim[];
}

/**
 * Decides for every receiver of a group whether it must be told something, begins those notifications, claimed for their first try,
 * and notes when the next flush is: its message is to be sent where the outcome is `flushed`. A message that is older than the schedule
 * changes nothing.
 */
export async function flushGroup(key: string, now: number, deps: DeliverDeps, { claims }: Begun): Promise<FlushOutcome> {
  const { groups, config } = deps;
  const begun: string[] = [];
  for (let race = 0; race < RACES; race++) {
    const { value: group, version } = await groups.read(key);
    const due = group?.nextFlushAt ?? null;
    if (group === null || due === null) return { kind: 'flush', result: 'nothing scheduled', begun, nextFlushAt: null };
    const route = routeById(config.route, group.route);
    if (due > now) return notDue(key, due, now, route ?? config.route, deps, begun);

    const steps = route === null ? new Map<string, number>() : escalationsOf(route);
    const named = [...(route?.receivers ?? []), ...steps.keys()].flatMap((name) => receiverNamed(name, deps) ?? []);
    const told = [...named, ...(await fallbacksOf(named, key, deps))];
    // Before the alerts: whoever decides by older alerts than another did must not find that other's notification confirmed.
    const supposed = group.flushedAt === undefined && race === 0;
    const records = supposed ? told.map(() => NO_RECORD) : await recordsOf(told, key, deps);
    const members = await moveToRoutes(group, now, deps);
    const circumstances = await circumstancesOf(route ?? config.route, now, deps);
    const waiting = steps.size === 0 ? {} : waitingOf(sortOut(members, circumstances, null, now).shown, group.waiting, now);
    const stances = await inParallel([...told.entries()], PARALLEL, ([index, receiver]) => {
      const after = steps.get(receiver.name) ?? null;
      return tell(
        records[index] ?? NO_RECORD,
        receiver,
        group,
        route ?? config.route,
        { members, circumstances, waiting, after, now },
        deps,
      );
    });
    for (const stance of stances) {
      if (stance.kind !== 'begun') continue;
      begun.push(`${stance.claim.receiver}: ${stance.reason}`);
      claims.push(stance.claim);
    }
    if (supposed && stances.some(({ kind }) => kind !== 'begun')) continue;

    const firing = members.filter((alert) => alert.status === 'firing').length;
    const untold = stances.filter(
      (stance) => stance.kind === 'begun' || stance.kind === 'on its way' || stance.kind === 'later',
    ).length;
    const held = [...new Set(stances.flatMap((stance) => stance.held))].sort();
    const planned = nextFlush({ firing, untold }, now, route ?? config.route);
    const step = nextEscalation(waiting, steps.values(), now);
    const next = planned === null || step === null ? planned : Math.min(planned, step);
    const { waiting: _, homes: __, ...rest } = group;
    const homes = [...new Set(members.map(homeOf))];
    const few = homes.length <= HOMES_NAMED ? { homes } : {};
    const kept = { ...rest, ...few, ...(steps.size > 0 && { waiting }) };
    if (!(await groups.replace({ ...kept, held, flushedAt: now, nextFlushAt: next }, version))) continue;
    if (next !== null) for (const [index, claim] of claims.entries()) claims[index] = { ...claim, flushAhead: true };
    deps.logger.info(
      { group: key, firing, resolved: members.length - firing, held: held.length, untold, begun, next },
      'group flushed',
    );
    return { kind: 'flush', result: 'flushed', begun, nextFlushAt: next };
  }
  throw new TocsinError('TCN-S001', `group ${key} is written by too many at once`);
}

/**
 * Clocks of two instances differ a little: a message that comes just before its time is put back. One that comes long before it is a
 * stale duplicate, and putting that back would keep it alive for ever.
 */
async function notDue(
  key: string,
  due: number,
  now: number,
  route: Route,
  { queue }: DeliverDeps,
  begun: readonly string[],
): Promise<FlushOutcome> {
  const early = due - now <= Math.min(EARLY, route.groupInterval / 2);
  if (early) await queue.send({ kind: 'flush', group: key }, due - now);
  return { kind: 'flush', result: early ? 'came early' : 'not due', begun, nextFlushAt: due };
}

/** What holds alerts back now; what fires elsewhere is read only where an inhibition rule may ask for it. */
async function circumstancesOf(route: Route, now: number, { alerts, silences, config }: DeliverDeps): Promise<Circumstances> {
  const { inhibit, timeIntervals } = config;
  const [known, firing] = await Promise.all([silences.all(), inhibit.length === 0 ? [] : alerts.open()]);
  return { silences: known, inhibit, firing, muted: mutedBy(route, timeIntervals, now) };
}

interface Moment {
  readonly members: readonly Alert[];
  readonly circumstances: Circumstances;
  readonly waiting: Readonly<Record<string, number>>;
  /** Of somebody who is told only what nobody takes care of: after how long. */
  readonly after: number | null;
  readonly now: number;
}

/** What is supposed of a group that was never flushed: unless that flush died, there is no record, and if it did none can be created. */
const NO_RECORD: Versioned<NotificationRecord | null> = { value: null, version: null };

function recordsOf(told: readonly Receiver[], group: string, { notificationLog }: DeliverDeps) {
  return inParallel(told, PARALLEL, ({ name }) => notificationLog.read(group, name));
}

async function tell(
  { value: record, version }: Versioned<NotificationRecord | null>,
  receiver: Receiver,
  group: Group,
  route: Route,
  { members, circumstances, waiting, after, now }: Moment,
  deps: DeliverDeps,
): Promise<Stance> {
  const { alerts, notificationLog, archive } = deps;
  const sent = record?.sent ?? null;
  const under = record?.pending ?? null;
  const inLine = under?.untried === true && under.claimedUntil === null ? under : null;
  const told = toldOrInLine(sent, inLine);
  const all = withForgotten(members, await alerts.several(forgotten(members, told)));
  const known = after === null ? all : escalated(all, waiting, after, told, now);
  const sorted = sortOut(known, circumstances, told, now);
  const held = sorted.held.flatMap(({ alert }) => (alert.status === 'firing' ? [episodeOf(alert)] : []));
  if (under !== null && inLine === null) return { kind: 'on its way', held };
  const seen = snapshotOf(sorted.shown, now);
  const snapshot = { ...seen, held: new Set(held), wasHeld: new Set(group.held), escalated: after !== null };
  const policy = { ...route, sendResolved: receiver.sendResolved };
  const drop = async (): Promise<void> => {
    if (record !== null && inLine !== null) await notificationLog.replace({ ...record, pending: null }, version);
  };
  if (circumstances.muted !== null) {
    const news = shouldNotify(snapshotOf(known, now), sent, policy, now);
    await drop();
    return { kind: news === null ? 'told' : 'later', held };
  }
  const turnout = inLine === null ? null : turnoutOf(inLine, snapshot, sent, policy, now);
  if (turnout?.kind === 'stays') return { kind: 'on its way', held };
  if (turnout?.kind === 'dropped') await drop();
  const reason =
    turnout === null ? shouldNotify(snapshot, sent, policy, now) : turnout.kind === 'replaced' ? turnout.reason : null;
  if (reason === null) return { kind: 'told', held };

  const acknowledged = [...(seen.acknowledged ?? [])].sort();
  const content = {
    firing: [...seen.firing].sort(),
    resolved: [...seen.resolved].sort(),
    ...(acknowledged.length > 0 && { acknowledged }),
  };
  const id = deliveryId({ group: group.key, receiver: receiver.name, reason, ...content, previous: sent?.id ?? null });
  const givenUp = record?.givenUp;
  if (givenUp?.id === id && now - givenUp.at < route.repeatInterval) return { kind: 'given up', held };

  const batch = batchOf(sorted.shown, sent, receiver.sendResolved, ALERTS_PER_NOTIFICATION);
  const base = record ?? emptyRecord(group.key, receiver.name);
  if (inLine !== null && (inLine.id === id || batch.alerts.length === 0)) return { kind: 'on its way', held };
  if (batch.alerts.length === 0) {
    const noted: SentEntry = { id, at: now, ...content };
    return { kind: (await notificationLog.replace({ ...base, sent: noted }, version)) ? 'told' : 'on its way', held };
  }
  const { consoleUrl } = deps.links;
  const ack = await ackLinks(receiver.name, now, deps);
  const shown = { receiver: receiver.name, group, reason, ...batch, held: held.length, consoleUrl, ...ack };
  const custom = receiver.templates === undefined ? {} : { custom: await customTexts(receiver.templates, shown) };
  const body = bodyFor(receiver, { ...shown, ...custom }, id, now);
  const short = body.length <= LONGEST_BODY;
  if (!short) await archive.put(id, body);
  const repeats = reason === 'repeat due' ? remindersAfter(sent, route, now) : 0;
  const decided = newDelivery({ id, reason, ...content, ...(repeats === 0 ? {} : { repeats }) }, now);
  if (inLine !== null) {
    const { createdAt, nextTryAt, turnAt, lastError } = inLine;
    const turn = turnAt === undefined ? {} : { turnAt };
    const pending = { ...decided, ...(short && { body }), createdAt, nextTryAt, ...turn, lastError, untried: true } as const;
    await notificationLog.replace({ ...base, pending }, version);
    return { kind: 'on its way', held };
  }
  const until = now + CLAIM;
  const pending = { ...decided, ...(short && { body }), claimedUntil: until };
  const next = { ...base, pending };
  const written = await notificationLog.rewrite(next, version);
  if (written === null) return { kind: 'on its way', held };
  const claim = { group: group.key, receiver: receiver.name, pending, until, untried: true, record: next, version: written };
  return { kind: 'begun', reason, claim, held };
}

/** Only where reminders come at growing intervals does it matter how many there were. */
function remindersAfter(sent: SentEntry | null, route: Route, now: number): number {
  if (sent === null || (route.repeatFactor ?? 1) <= 1) return 0;
  const repeats = sent.repeats ?? 0;
  return nextRepeats(repeats, now - sent.at - repeatWait(repeats, route), route);
}

/** A later episode of a forgotten alert stands for it: to the receiver both are the same fingerprint, and neither fires. */
function withForgotten(members: readonly Alert[], found: readonly Alert[]): readonly Alert[] {
  const byEpisode = new Map(members.map((alert) => [episodeOf(alert), alert]));
  for (const alert of found) {
    if (alert.status === 'resolved' && !byEpisode.has(episodeOf(alert))) byEpisode.set(episodeOf(alert), alert);
  }
  return [...byEpisode.values()];
}

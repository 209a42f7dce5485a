import { randomUUID } from 'node:crypto';
import { mergePush } from '../alerts/merge.ts';
import { pushFingerprint, transitionOfPush } from '../alerts/pushed.ts';
import type { Actor } from '../model/access.ts';
import type { Transition } from '../model/alert.ts';
import { TocsinError } from '../model/errors.ts';
import { labelKey } from '../model/labels.ts';
import type { NotificationJob } from '../model/messages.ts';
import type { Push, PushedAlert } from '../model/push.ts';
import type { AuditLog, Clock, JobQueue, PushStore } from '../ports.ts';
import { audited } from './audited.ts';
import { inParallel } from './in-parallel.ts';
import { publishTransitions } from './publish-transitions.ts';

export interface PushDeps {
  readonly pushes: PushStore;
  readonly notifications: JobQueue<NotificationJob>;
  readonly audit: Pick<AuditLog, 'record'>;
  readonly clock: Clock;
}

export interface PushOutcome {
  readonly fired: number;
  readonly resolved: number;
  readonly changed: number;
  readonly unchanged: number;
}

const PARALLEL = 16;
const RACES = 10;
const NAMED_IN_AUDIT = 20;

/** What a push comes to for one alert, seen beside what was known of it. */
interface Change {
  readonly fingerprint: string;
  readonly next: Push | null;
  readonly version: string | null;
  readonly transition: Transition | null;
}

/**
 * Takes alerts of another system: those that are new fire, those that ended resolve, the others last longer. They go the way of any alert.
 * Who pushes after a failure, as Prometheus does, pushes the same again: transitions reach the queue before they are remembered as known.
 */
export async function pushAlerts(alerts: readonly PushedAlert[], actor: Actor, deps: PushDeps): Promise<PushOutcome> {
  const now = deps.clock.now();
  const newest = new Map(alerts.map((pushed) => [pushFingerprint(pushed.labels), pushed]));
  const changes = await inParallel([...newest], PARALLEL, ([fingerprint, pushed]) => changeOf(fingerprint, pushed, now, deps));
  await announce(changes, actor, now, deps);
  await inParallel(changes, PARALLEL, (change) => remember(change, newest.get(change.fingerprint), now, deps));
  const count = (kind: Transition['kind']): number => changes.filter(({ transition }) => transition?.kind === kind).length;
  const unchanged = changes.filter(({ transition }) => transition === null).length;
  return { fired: count('fired'), resolved: count('resolved'), changed: count('corrected'), unchanged };
}

/** Resolves pushed alerts that were not pushed again before their end. Resolves to how many. */
export async function endPushes({ pushes, notifications, clock }: Omit<PushDeps, 'audit'>): Promise<number> {
  const now = clock.now();
  const over = await pushes.ended(now);
  const transitions = over.map(({ pushed, episode }) => transitionOfPush('resolved', pushed, episode, now));
  await publishTransitions(transitions, notifications);
  await inParallel(over, PARALLEL, async ({ fingerprint }) => {
    const { value, version } = await pushes.read(fingerprint);
    if (value !== null && version !== null && value.pushed.endsAt <= now) await pushes.remove(fingerprint, version);
  });
  return over.length;
}

async function changeOf(fingerprint: string, pushed: PushedAlert, now: number, { pushes }: PushDeps): Promise<Change> {
  const { value: known, version } = await pushes.read(fingerprint);
  return { fingerprint, version, ...judged(fingerprint, known, pushed, now) };
}

function judged(fingerprint: string, known: Push | null, pushed: PushedAlert, now: number): Pick<Change, 'next' | 'transition'> {
  const merged = mergePush(known?.pushed ?? null, pushed, now);
  const same = known !== null && known.pushed.endsAt > now;
  const episode = same ? known.episode : merged.startsAt;
  if (merged.endsAt <= now) {
    return { next: null, transition: known === null ? null : transitionOfPush('resolved', merged, known.episode, now) };
  }
  const next: Push = { fingerprint, pushed: merged, episode };
  if (!same) return { next, transition: transitionOfPush('fired', merged, episode, now) };
  const reworded = labelKey(merged.annotations) !== labelKey(known.pushed.annotations);
  return { next, transition: reworded ? transitionOfPush('corrected', merged, episode, now) : null };
}

async function announce(changes: readonly Change[], actor: Actor, now: number, deps: PushDeps): Promise<void> {
  const transitions = changes.flatMap(({ transition }) => transition ?? []);
  if (transitions.length === 0) return;
  const counted = (kind: Transition['kind']): number => transitions.filter((each) => each.kind === kind).length;
  const some = transitions.slice(0, NAMED_IN_AUDIT).map(({ kind, alert }) => ({ kind, labels: alert.labels }));
  const after = { fired: counted('fired'), resolved: counted('resolved'), changed: counted('corrected'), some };
  const line = {
    id: randomUUID(),
    at: now,
    action: 'alerts pushed',
    subject: `${transitions.length} alerts`,
    before: null,
    after,
  } as const;
  await audited(deps.audit, actor, line, () => publishTransitions(transitions, deps.notifications));
}

/** Another push of the same alert may have come first: then both are merged. */
async function remember(change: Change, pushed: PushedAlert | undefined, now: number, { pushes }: PushDeps): Promise<void> {
  let { next, version } = change;
  for (let race = 0; race < RACES; race++) {
    if (next === null) {
      if (version !== null) await pushes.remove(change.fingerprint, version);
      return;
    }
    if (await pushes.replace(next, version)) return;
    const { value, version: newer } = await pushes.read(change.fingerprint);
    if (pushed === undefined) return;
    next = judged(change.fingerprint, value, pushed, now).next;
    version = newer;
  }
  throw new TocsinError('TCN-S001', `pushed alert ${change.fingerprint} is written by too many at once`);
}

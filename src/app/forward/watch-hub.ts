import { transitionOfPush } from '../../alerts/pushed.ts';
import { formatDuration, HOUR, MINUTE } from '../../model/duration.ts';
import type { Finding } from '../../model/finding.ts';
import { type HubPlace, type HubSight, type HubView, seePartition } from '../../model/hub.ts';
import type { NotificationJob } from '../../model/messages.ts';
import type { Clock, FindingStore, ForwardMark, ForwardMarks, HubSource, HubViewStore, JobQueue, Log } from '../../ports.ts';
import { report } from './findings.ts';

/** An event that nobody has read for so long is no batch under way any more, whatever the sinks are like. */
const STALLED = 5 * MINUTE;
/** Never resolves by itself before it is told to. */
const ALERT_LASTS = 30 * 24 * HOUR;

export interface WatchHubDeps {
  readonly hub: string;
  readonly source: HubSource;
  readonly views: HubViewStore;
  readonly marks: Pick<ForwardMarks, 'all'>;
  readonly findings: FindingStore;
  readonly notifications: JobQueue<NotificationJob>;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Compares what the hub holds with what was forwarded. A trigger that does not run looks like a hub that is idle from the inside: here
 * it becomes an alert and a finding, and stream rules wait instead of taking it for silence. Safe to run at any time, also twice.
 */
export async function watchHub(deps: WatchHubDeps): Promise<HubView> {
  const { hub, source, views, marks, findings, notifications, clock, log } = deps;
  const [{ value: before, version }, partitions] = await Promise.all([views.read(hub), source.partitions()]);
  // Read last: what is forwarded meanwhile is not unread.
  const known = new Map((await marks.all()).map((mark) => [mark.partition, placeOf(mark)]));
  const now = clock.now();
  const sights = partitions.map((partition) => {
    const key = `${hub}/${partition.id}`;
    const earlier = before?.partitions.find((one) => one.partition === key) ?? null;
    return seePartition(earlier, key, partition, known.get(key) ?? null, now);
  });

  const stalled = sights.filter(({ waiting }) => waiting !== null && now - waiting.since >= STALLED);
  const alertedSince = stalled.length === 0 ? null : (before?.alertedSince ?? now);
  const told = before?.alertedSince ?? null;
  // The alert comes before the record: a crash between tells it twice under one id.
  if (told === null && alertedSince !== null) await tell(notifications, hub, stalled, alertedSince, now);
  if (told !== null && alertedSince === null) await tell(notifications, hub, null, told, now);
  const view = { hub, at: now, partitions: sights, alertedSince };
  if (!(await views.replace(view, version))) log.info({ hub }, 'someone else looked at the hub');
  await report(troublesOf(hub, stalled, sights, now), findings, log);
  if (stalled.length > 0) log.warn({ hub, stalled: stalled.map(({ partition }) => partition) }, 'events of the hub are not read');
  return view;
}

function placeOf({ sequenceNumber, enqueuedAt }: ForwardMark): HubPlace {
  const at = enqueuedAt === undefined ? Number.NaN : Date.parse(enqueuedAt);
  return { sequenceNumber, enqueuedAt: Number.isNaN(at) ? null : at };
}

/** `stalled` null: everything is read again. */
async function tell(
  notifications: JobQueue<NotificationJob>,
  hub: string,
  stalled: readonly HubSight[] | null,
  since: number,
  now: number,
): Promise<void> {
  const pushed = {
    labels: { alertname: 'TocsinForwardingStalled', hub, severity: 'error', target: 'tocsin' },
    annotations: {
      summary: stalled === null ? `Events of ${hub} are read again` : wordsOf(hub, stalled, now),
      description:
        'See whether the function `forward` runs and what its log says. Stream rules wait meanwhile, and the hub forgets events when their retention is over.',
    },
    startsAt: since,
    endsAt: stalled === null ? now : now + ALERT_LASTS,
    timeout: stalled !== null,
  };
  const transition = transitionOfPush(stalled === null ? 'resolved' : 'fired', pushed, since, now);
  await notifications.send({ kind: 'transitions', transitions: [transition] });
}

function troublesOf(hub: string, stalled: readonly HubSight[], sights: readonly HubSight[], now: number): readonly Finding[] {
  const hour = new Date(now - (now % HOUR)).toISOString().slice(0, 13);
  const common = {
    kind: 'pipeline',
    rule: null,
    target: null,
    labels: { hub },
    firstAt: now,
    lastAt: now,
    evidence: null,
  } as const;
  const expired = sights.reduce((sum, one) => sum + one.expired, 0);
  const unread = stalled.reduce((sum, one) => sum + one.unread, 0);
  return [
    ...(stalled.length === 0
      ? []
      : [
          {
            ...common,
            id: `unread/${hub}/${hour}`,
            severity: 1 as const,
            count: unread,
            value: Math.max(...stalled.map((one) => ageOf(one, now))) / 1000,
            code: 'TCN-F009',
            summary: wordsOf(hub, stalled, now),
          },
        ]),
    ...(expired === 0
      ? []
      : [
          {
            ...common,
            id: `expired/${hub}/${hour}`,
            severity: 1 as const,
            count: expired,
            value: expired,
            code: 'TCN-F010',
            summary: `${expired} events of ${hub} were forgotten by the hub before they were forwarded`,
          },
        ]),
  ];
}

function wordsOf(hub: string, stalled: readonly HubSight[], now: number): string {
  const unread = stalled.reduce((sum, one) => sum + one.unread, 0);
  const age = Math.max(...stalled.map((one) => ageOf(one, now)));
  const places = stalled.map(({ partition }) => partition.slice(partition.lastIndexOf('/') + 1)).join(', ');
  return `${unread} events of ${hub} (partitions ${places}) are not forwarded, the oldest known of them for ${formatDuration(age)}`;
}

function ageOf({ waiting }: HubSight, now: number): number {
  return waiting === null ? 0 : now - waiting.since;
}

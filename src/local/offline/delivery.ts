import { type DeliverDeps, deliver } from '../../app/deliver.ts';
import type { Alert, Transition } from '../../model/alert.ts';
import type { Config, Receiver } from '../../model/config.ts';
import type { Labels } from '../../model/labels.ts';
import type { NotificationJob } from '../../model/messages.ts';
import type { NotifyReason } from '../../model/notification.ts';
import type { Window } from '../../model/window.ts';
import type { WebhookBody } from '../../notify/webhook-body.ts';
import type { HttpSender, Log } from '../../ports.ts';
import { offlineAlerts } from './alerts.ts';
import type { OfflineClock } from './clock.ts';
import { offlineQueue } from './queue.ts';
import { NO_SILENCES, offlineFindings, offlineGroups, offlineNotificationLog, offlineSentArchive } from './stores.ts';

/** A notification that a receiver would have got. */
export interface Notification {
  readonly at: number;
  readonly receiver: string;
  readonly reason: NotifyReason;
  readonly group: Labels;
  /** Alerts in it that fire, and that resolved. */
  readonly firing: number;
  readonly resolved: number;
}

/** The delivering half of the app on a clock that is set by hand: every receiver takes everything at the first try, and nothing leaves the process. */
export interface OfflineDelivery {
  /** Puts transitions into the notifications queue at the clock's time. */
  accept(transitions: readonly Transition[]): Promise<void>;
  /** Delivers what falls due up to and including `end`, moving the clock from one job to the next and at last there. */
  runUntil(end: number): Promise<void>;
  /** Every episode that fired at any time of the window, oldest first. */
  episodes(window: Window): Promise<readonly Alert[]>;
}

const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** The receiver that stands for whoever would be told, where tocsin.yaml names nobody. */
const ANYONE: Receiver = {
  kind: 'webhook',
  name: 'anyone',
  url: 'https://receiver.invalid',
  secret: '',
  sendResolved: true,
  allowPrivate: false,
};

/** Groups, decides and sends by the use case that the function calls (`deliver`); `onSend` gets what a receiver would have got. */
export function offlineDelivery(config: Config, clock: OfflineClock, onSend: (sent: Notification) => void): OfflineDelivery {
  const alerts = offlineAlerts();
  const queue = offlineQueue<NotificationJob>(clock);
  const deps: DeliverDeps = {
    config: withReceivers(config),
    alerts,
    groups: offlineGroups(),
    silences: NO_SILENCES,
    notificationLog: offlineNotificationLog(),
    archive: offlineSentArchive(),
    findings: offlineFindings(),
    queue,
    mail: { send: async () => {} },
    http: receiving((body) => onSend(notificationOf(body, clock.now()))),
    links: { consoleUrl: '' },
    clock,
    logger: SILENT,
  };
  return {
    accept: async (transitions) => {
      if (transitions.length > 0) await queue.send({ kind: 'transitions', transitions });
    },
    runUntil: async (end) => {
      for (let due = queue.nextDue(); due !== null && due <= end; due = queue.nextDue()) {
        clock.moveTo(due);
        const job = queue.take();
        if (job !== null) await deliver(job, deps);
      }
      clock.moveTo(end);
    },
    episodes: (window) => alerts.during(window),
  };
}

/** The routes as configured; settings of an installation (`${WEBHOOK_URL}`) are not known here, and nothing is sent to them. */
function withReceivers(config: Config): Config {
  const receivers = config.receivers.map(({ name, sendResolved }) => ({ ...ANYONE, name, sendResolved }));
  if (config.route.receivers.length > 0) return { ...config, receivers };
  return { ...config, receivers: [...receivers, ANYONE], route: { ...config.route, receivers: [ANYONE.name] } };
}

function receiving(take: (body: WebhookBody) => void): HttpSender {
  return {
    send: async ({ body }) => {
      take(JSON.parse(String(body)) as WebhookBody);
      return { status: 204, headers: {}, body: '' };
    },
  };
}

function notificationOf({ receiver, reason, groupLabels, alerts, truncatedAlerts }: WebhookBody, at: number): Notification {
  const firing = alerts.filter((alert) => alert.status === 'firing').length;
  return {
    at,
    receiver,
    reason: reason as NotifyReason,
    group: groupLabels,
    firing: firing + truncatedAlerts,
    resolved: alerts.length - firing,
  };
}

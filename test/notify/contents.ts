import { closedCircuit } from '../../src/alerts/circuit.ts';
import { receiverFails } from '../../src/alerts/receiver-failing.ts';
import type { Alert } from '../../src/model/alert.ts';
import type { Receiver, ReceiverKind } from '../../src/model/config.ts';
import { HOUR, MINUTE } from '../../src/model/duration.ts';
import type { NotificationContent } from '../../src/notify/webhook-body.ts';
import { alertOf, resolved, TARGET } from '../alerts/make.ts';

/* Notifications as receivers see them, and one receiver of every kind: what the tests and pictures of bodies are made of. */

export const NOW = Date.parse('2026-11-21T08:05:00Z');

const points = Array.from({ length: 30 }, (_, index) => ({
  at: NOW - (30 - index) * MINUTE,
  value: Math.round((0.02 + (index > 20 ? 0.02 * (index - 20) : 0.001 * (index % 7))) * 10_000) / 10_000,
}));
const chat = alertOf('chat', { evidence: { points, threshold: 0.1, unit: 'ratio' } });
const group = { labels: { alertname: chat.rule, target: TARGET } };

/** One that fires, one that is over, and some that are not shown. */
export const FIRING: NotificationContent = {
  receiver: 'r',
  group,
  reason: 'newly firing',
  alerts: [chat, resolved(alertOf('a <b> & *c*', { startsAt: NOW - HOUR }), NOW)],
  truncated: 3,
  held: 1,
  consoleUrl: 'https://tocsin.example',
  ackLink: ({ fingerprint }) => `https://tocsin.example/alerts/${fingerprint}?ack=signed#ack`,
};

/** Somebody took care of it, and it got worse. */
export const ESCALATED: NotificationContent = {
  ...FIRING,
  reason: 'escalated',
  alerts: [
    chat,
    alertOf('embeddings', { acknowledgement: { by: 'ana', comment: 'on it', at: NOW, until: null, severity: 1, level: 1 } }),
  ],
  truncated: 0,
  held: 0,
};

export const OVER: NotificationContent = {
  ...FIRING,
  reason: 'all resolved',
  alerts: [resolved(chat, NOW)],
  truncated: 0,
  held: 0,
};

/** Tocsin's own: a receiver takes nothing. */
export const OWN: NotificationContent = {
  ...FIRING,
  group: { labels: { alertname: 'TocsinReceiverFailing', target: 'tocsin' } },
  reason: 'first',
  alerts: [
    receiverFails(
      {
        receiver: { name: 'on-call', kind: 'pagerduty', fallback: 'mailbox' },
        circuit: { ...closedCircuit('on-call'), failures: 12, failingSince: NOW - 15 * MINUTE },
        error: 'TCN-N001 HTTP 503',
        waiting: 4,
      },
      NOW,
    ).alert,
  ],
  truncated: 0,
  held: 0,
};

/** No measured value: a deployment of which nothing is heard. */
export const ABSENT: NotificationContent = {
  ...FIRING,
  reason: 'first',
  alerts: [
    alertOf('chat', {
      reason: 'absent',
      value: null,
      condition: 'no event for 30m',
      summary: 'chat: no request for 30 minutes',
      evidence: { points: [], threshold: null, unit: 'number' },
    }),
  ],
  truncated: 0,
  held: 0,
};

const long = `<&>"*_\`[]🔥${'x'.repeat(20_000)}`;
const huge = (index: number): Alert =>
  alertOf(`${index} ${long.slice(0, 2_000)}`, {
    summary: long,
    condition: '> 10%',
    response: {
      owner: long,
      within: HOUR,
      action: long,
      runbook: `https://runbooks.example/${'r'.repeat(1_000)}`,
      steps: Array(40).fill(long),
    },
    evidence: { points, threshold: 0.1, unit: 'ratio' },
  });

/** More and longer than any medium takes. */
export const HUGE: NotificationContent = {
  ...FIRING,
  alerts: Array.from({ length: 100 }, (_, index) => huge(index)),
  truncated: 900,
};

/** The same in characters of four bytes, with as many labels as another system may push. */
export const WIDE: NotificationContent = {
  ...FIRING,
  alerts: Array.from({ length: 100 }, (_, index) =>
    alertOf(`${index}`, {
      labels: Object.fromEntries(Array.from({ length: 64 }, (__, label) => [`label${label}`, '🔥'.repeat(2_048)])),
      summary: '🔥'.repeat(4_096),
      response: {
        owner: '🔥'.repeat(400),
        within: HOUR,
        action: '🔥'.repeat(4_096),
        runbook: null,
        steps: Array(40).fill('🔥'.repeat(400)),
      },
    }),
  ),
};

/** Nothing but what an alert cannot do without. */
export const BARE: NotificationContent = {
  ...FIRING,
  group: { labels: {} },
  alerts: [
    alertOf('chat', {
      rule: 'unnamed',
      target: '',
      labels: {},
      value: null,
      condition: 'another system says so',
      summary: '',
      response: { owner: '', within: HOUR, action: '', runbook: null, steps: [] },
      evidence: { points: [], threshold: null, unit: 'number' },
    }),
  ],
  truncated: 0,
  held: 0,
};

export function receiverOf(kind: ReceiverKind, fields: Partial<Receiver> = {}): Receiver {
  return { kind, name: 'r', url: `https://${kind}.test/in`, secret: '', sendResolved: true, allowPrivate: false, ...fields };
}

/** One of every kind and format, by its name. */
export const RECEIVERS: Readonly<Record<string, Receiver>> = {
  webhook: receiverOf('webhook'),
  'webhook azure-common-schema': receiverOf('webhook', { format: 'azure-common-schema' }),
  'webhook cloudevents': receiverOf('webhook', { format: 'cloudevents' }),
  slack: receiverOf('slack'),
  teams: receiverOf('teams'),
  pagerduty: receiverOf('pagerduty', { secret: 'routing-key' }),
  jiraServiceManagement: receiverOf('jiraServiceManagement', { secret: 'api-key' }),
  servicenow: receiverOf('servicenow', { secret: 'user:password' }),
  email: receiverOf('email', { url: 'smtps://user:password@mail.test', from: 'Tocsin <t@a.test>', to: ['ops@a.test'] }),
  communicationServices: receiverOf('communicationServices', {
    secret: 'c2VjcmV0LWtleQ==',
    from: 't@a.test',
    to: ['ops@a.test'],
  }),
  eventGrid: receiverOf('eventGrid', { secret: 'topic-key' }),
  eventHub: receiverOf('eventHub', { secret: 'send:hub-key' }),
};

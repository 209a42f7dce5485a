import { incidentKey, messageOf } from './message.ts';
import { cut, fitting, iso } from './texts.ts';
import type { NotificationContent } from './webhook-body.ts';

/* Events API v2: https://developer.pagerduty.com/docs/send-alert-event */

const SEVERITIES = ['critical', 'error', 'warning', 'info', 'info'] as const;
const SUMMARY = 1_024;
const ALERTS = 50;
/** An event holds 512 KB, with the key that is added. */
const BYTES = 500 * 1024;

/** One event for the group: its incident is opened by the first and closed when nothing fires. The routing key is added when it is sent. */
export function pagerDutyBody(content: NotificationContent): unknown {
  return fitting((alerts) => eventOf(content, alerts), ALERTS, BYTES);
}

function eventOf(content: NotificationContent, alerts: number): unknown {
  const message = messageOf(content, alerts);
  const [worst] = content.alerts;
  return {
    event_action: !message.firing ? 'resolve' : content.reason === 'acknowledged' ? 'acknowledge' : 'trigger',
    dedup_key: incidentKey(content.group),
    client: 'Tocsin',
    client_url: message.url,
    links: (message.shown[0]?.links ?? []).map(({ text, url }) => ({ href: url, text })),
    payload: {
      summary: cut(message.headline, SUMMARY),
      source: worst?.target || 'tocsin',
      severity: SEVERITIES[worst?.severity ?? 4],
      ...(worst === undefined ? {} : { timestamp: iso(worst.startsAt), component: message.shown[0]?.where, class: worst.rule }),
      custom_details: {
        reason: content.reason,
        ...(message.why === null ? {} : { why: message.why }),
        ...(message.rest === null ? {} : { note: message.rest }),
        ...(message.body === null ? {} : { text: message.body }),
        alerts: message.shown.map(({ alert: _, fired: __, ...words }) => words),
      },
    },
  };
}

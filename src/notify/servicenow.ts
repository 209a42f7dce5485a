import { parseResourceId } from '../model/target.ts';
import { incidentKey, messageOf, plainLines } from './message.ts';
import { cut, iso } from './texts.ts';
import type { NotificationContent } from './webhook-body.ts';

/** ServiceNow's severities: 1 critical, 2 major, 3 minor, 4 warning, 5 info; 0 closes. */
const SEVERITIES = ['1', '2', '3', '4', '5'] as const;
const ALERTS = 20;
/* Columns of em_event. */
const SHORT = 100;
const DESCRIPTION = 4_000;

/** One event of Event Management for the group, as its JSON web service (`/api/global/em/jsonv2`) takes it. */
export function serviceNowBody(content: NotificationContent): unknown {
  const message = messageOf(content, ALERTS);
  const [worst] = content.alerts;
  const lines = message.body === null ? message.shown.map((words) => plainLines(words).join('\n')) : [message.body];
  const record = {
    source: 'Tocsin',
    event_class: 'Tocsin',
    node: cut((worst && (parseResourceId(worst.target)?.name ?? worst.target)) || 'tocsin', SHORT),
    resource: cut(message.shown[0]?.where ?? '', SHORT),
    metric_name: cut(worst?.rule ?? '', SHORT),
    type: cut(worst?.rule ?? 'alert', SHORT),
    message_key: incidentKey(content.group),
    severity: message.firing ? SEVERITIES[worst?.severity ?? 4] : '0',
    resolution_state: message.firing ? 'New' : 'Closing',
    time_of_event: iso(worst === undefined ? 0 : (worst.endsAt ?? worst.startsAt))
      .slice(0, 19)
      .replace('T', ' '),
    description: cut([message.title, message.why ?? '', ...lines, message.rest ?? ''].filter(Boolean).join('\n\n'), DESCRIPTION),
    additional_info: JSON.stringify({
      reason: content.reason,
      owner: worst?.response.owner ?? '',
      target: worst?.target ?? '',
      links: message.shown[0]?.links ?? [],
    }),
  };
  return { records: [record] };
}

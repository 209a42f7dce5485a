import { iso } from './texts.ts';
import { type NotificationContent, webhookBody } from './webhook-body.ts';

/** A CloudEvent 1.0 in structured mode around the body of a webhook. Its id is the delivery's, so every try is the same event. */
export function cloudEventBody(content: NotificationContent, id: string, at: number): unknown {
  const data = webhookBody(content);
  return {
    specversion: '1.0',
    type: `dev.tocsin.alerts.${data.status}`,
    source: content.consoleUrl,
    subject: data.groupKey,
    id,
    time: iso(at),
    datacontenttype: 'application/json',
    data,
  };
}

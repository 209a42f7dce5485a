import { type Contract, closed, dateTime, KIB, list, open, type Schema, text, texts } from './parts.ts';

const status: Schema = { enum: ['firing', 'resolved'] };

/** Alertmanager's webhook, version 4: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config */
const alertmanagerBody = open({
  version: { const: '4' },
  groupKey: text(),
  truncatedAlerts: { type: 'integer', minimum: 0 },
  status,
  receiver: text(),
  groupLabels: texts,
  commonLabels: texts,
  commonAnnotations: texts,
  externalURL: text(),
  alerts: list(
    open({
      status,
      labels: texts,
      annotations: texts,
      startsAt: dateTime,
      endsAt: dateTime,
      generatorURL: { type: 'string' },
      fingerprint: text(),
    }),
  ),
});

/** Logic Apps and Event Hubs' Basic tier stop at 256 KB. */
export const alertmanager: Contract = { schema: alertmanagerBody, mostBytes: 256 * KIB };

/** CloudEvents 1.0 in structured mode: attribute names are lower-case letters and digits, `source` and `id` are not empty. */
const event = (data: Schema): Schema => ({
  ...closed(
    {
      specversion: { const: '1.0' },
      id: text(),
      source: { type: 'string', minLength: 1, pattern: '^\\S+$' },
      type: text(),
      subject: text(),
      time: dateTime,
      datacontenttype: text(),
      dataschema: text(),
      data,
    },
    ['specversion', 'id', 'source', 'type'],
  ),
  propertyNames: { pattern: '^[a-z0-9]+$' },
});

export const cloudEvents: Contract = { schema: event(alertmanagerBody), mostBytes: 256 * KIB };

/** Event Grid takes events of 1 MB: https://learn.microsoft.com/azure/event-grid/quotas-limits */
export const eventGrid: Contract = { ...cloudEvents, mostBytes: KIB * KIB };

/** Any CloudEvent, whatever it carries and whatever extensions it has. */
export const anyCloudEvent: Schema = {
  ...event({}),
  additionalProperties: true,
  properties: { specversion: { const: '1.0' }, id: text(), source: text(), type: text(), time: dateTime },
};

import { type Contract, closed, dateTime, KIB, list, open, text, texts, url } from './parts.ts';

/** Events API v2, after https://developer.pagerduty.com/docs/send-alert-event: a key for all but `trigger`, 512 KB, 1024 characters of summary. */
export const pagerDuty: Contract = {
  schema: closed(
    {
      routing_key: text(),
      event_action: { enum: ['trigger', 'acknowledge', 'resolve'] },
      dedup_key: text(255),
      client: text(),
      client_url: url,
      links: list(closed({ href: url, text: text() }, ['href'])),
      images: list(open({ src: url }, ['src'])),
      payload: closed(
        {
          summary: text(1024),
          source: text(),
          severity: { enum: ['critical', 'error', 'warning', 'info'] },
          timestamp: dateTime,
          component: text(),
          group: text(),
          class: text(),
          custom_details: { type: 'object' },
        },
        ['summary', 'source', 'severity'],
      ),
    },
    ['routing_key', 'event_action', 'dedup_key', 'payload'],
  ),
  mostBytes: 512 * KIB,
};

/** The alert API of Jira Service Management, after https://docs.opsgenie.com/docs/alert-api. */
export const jiraCreate: Contract = {
  schema: closed(
    {
      message: text(130),
      alias: text(512),
      description: text(15_000),
      tags: list(text(50), { most: 20 }),
      details: { ...texts, maxProperties: 100 },
      entity: { type: 'string', maxLength: 512 },
      source: text(100),
      priority: { enum: ['P1', 'P2', 'P3', 'P4', 'P5'] },
    },
    ['message', 'alias', 'priority'],
  ),
  mostBytes: 256 * KIB,
};

export const jiraClose: Contract = { schema: closed({ source: text(100), note: text(25_000) }, []), mostBytes: 256 * KIB };

/** Rows of em_event, after "Event field format for event collection" in ServiceNow's documentation. */
export const serviceNow: Contract = {
  schema: closed({
    records: list(
      closed(
        {
          source: text(100),
          event_class: text(100),
          node: text(100),
          resource: { type: 'string', maxLength: 100 },
          metric_name: { type: 'string', maxLength: 100 },
          type: text(100),
          message_key: text(1024),
          severity: { enum: ['0', '1', '2', '3', '4', '5'] },
          resolution_state: { enum: ['New', 'Closing'] },
          time_of_event: { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d$' },
          description: text(4000),
          additional_info: text(),
        },
        ['source', 'node', 'type', 'severity', 'message_key', 'description'],
      ),
      { least: 1, most: 1 },
    ),
  }),
  mostBytes: 256 * KIB,
};

const mailbox = closed({ address: text(), displayName: text() }, ['address']);

/** E-mail of Azure Communication Services, API version 2023-03-31: a request holds 10 MB. */
export const communicationServices: Contract = {
  schema: closed(
    {
      senderAddress: text(),
      content: closed({ subject: text(998), plainText: text(), html: text() }, ['subject']),
      recipients: closed({ to: list(mailbox, { least: 1 }), cc: list(mailbox), bcc: list(mailbox) }, ['to']),
      headers: texts,
    },
    ['senderAddress', 'content', 'recipients'],
  ),
  mostBytes: 10 * KIB * KIB,
};

/** What an action group of Azure Monitor takes and sends: 256 KB. */
export const azureCommonSchema: Contract = {
  schema: closed({
    schemaId: { const: 'azureMonitorCommonAlertSchema' },
    data: closed({
      essentials: open(
        {
          alertId: text(),
          alertRule: text(),
          severity: { enum: ['Sev0', 'Sev1', 'Sev2', 'Sev3', 'Sev4'] },
          signalType: { enum: ['Metric', 'Log', 'Activity Log'] },
          monitorCondition: { enum: ['Fired', 'Resolved'] },
          monitoringService: text(),
          alertTargetIDs: list(text()),
          configurationItems: list(text()),
          originAlertId: text(),
          firedDateTime: dateTime,
          resolvedDateTime: dateTime,
          description: { type: 'string' },
          essentialsVersion: text(),
          alertContextVersion: text(),
        },
        [
          'alertId',
          'alertRule',
          'severity',
          'signalType',
          'monitorCondition',
          'monitoringService',
          'alertTargetIDs',
          'firedDateTime',
        ],
      ),
      alertContext: open({
        conditionType: text(),
        condition: open(
          {
            windowSize: text(),
            allOf: list(
              open(
                {
                  metricName: text(),
                  operator: { type: 'string' },
                  threshold: { type: 'string' },
                  timeAggregation: text(),
                  dimensions: list(closed({ name: text(), value: { type: 'string' } })),
                  metricValue: { type: ['number', 'null'] },
                },
                ['metricName', 'operator', 'threshold', 'dimensions'],
              ),
              { least: 1 },
            ),
            windowStartTime: dateTime,
            windowEndTime: dateTime,
          },
          ['windowSize', 'allOf'],
        ),
      }),
      customProperties: { type: ['object', 'null'], additionalProperties: { type: 'string' } },
    }),
  }),
  mostBytes: 256 * KIB,
};

import { messageOf } from './message.ts';
import { cut, iso } from './texts.ts';
import { groupKeyText, type NotificationContent } from './webhook-body.ts';

const ALERTS = 1;
/** Another system may push 64 labels of 4096 characters; an action group's webhook holds 256 KB. */
const DIMENSION = 500;
const OPERATORS: Readonly<Record<string, string>> = {
  '>': 'GreaterThan',
  '>=': 'GreaterThanOrEqual',
  '<': 'LessThan',
  '<=': 'LessThanOrEqual',
  '==': 'Equals',
  '!=': 'NotEquals',
};

/**
 * The common alert schema of Azure Monitor, for what takes its action groups' webhooks. The schema speaks of one alert: the most urgent of
 * the group stands for it, and `customProperties` have the rest.
 */
export function azureCommonSchemaBody(content: NotificationContent): unknown {
  const [alert] = content.alerts;
  const message = messageOf(content, ALERTS);
  if (alert === undefined) return { schemaId: 'azureMonitorCommonAlertSchema', data: { essentials: {}, alertContext: {} } };
  const subscription = /^\/subscriptions\/[^/]+/i.exec(alert.target)?.[0] ?? '';
  const [operator = ''] = /^[<>=!]+/.exec(alert.condition) ?? [];
  const words = message.shown[0];
  const targets = alert.target === '' ? [] : [alert.target];
  const fired = alert.status === 'firing';
  return {
    schemaId: 'azureMonitorCommonAlertSchema',
    data: {
      essentials: {
        alertId: `${subscription}/providers/Microsoft.AlertsManagement/alerts/${alert.fingerprint}`,
        alertRule: alert.rule,
        severity: `Sev${alert.severity}`,
        signalType: 'Metric',
        monitorCondition: message.firing ? 'Fired' : 'Resolved',
        monitoringService: 'Tocsin',
        alertTargetIDs: targets,
        configurationItems: targets.map((target) => target.slice(target.lastIndexOf('/') + 1)),
        originAlertId: groupKeyText(content.group.labels),
        firedDateTime: iso(alert.startsAt),
        ...(fired ? {} : { resolvedDateTime: iso(alert.endsAt ?? alert.updatedAt) }),
        description: words?.summary ?? '',
        essentialsVersion: '1.0',
        alertContextVersion: '1.0',
      },
      alertContext: {
        properties: null,
        conditionType: 'SingleResourceMultipleMetricCriteria',
        condition: {
          windowSize: 'PT5M',
          allOf: [
            {
              metricName: alert.rule,
              metricNamespace: 'Tocsin',
              operator: OPERATORS[operator] ?? operator,
              threshold: String(alert.evidence.threshold ?? ''),
              timeAggregation: 'Total',
              dimensions: Object.entries(alert.labels).map(([name, value]) => ({ name, value: cut(value, DIMENSION) })),
              metricValue: alert.value,
              webTestName: null,
            },
          ],
          windowStartTime: iso(alert.activeAt),
          windowEndTime: iso(alert.updatedAt),
        },
      },
      customProperties: {
        reason: content.reason,
        value: words?.value ?? '',
        response: words?.response ?? '',
        note: message.rest ?? '',
        ...Object.fromEntries((words?.links ?? []).map(({ text, url }) => [text, url])),
      },
    },
  };
}

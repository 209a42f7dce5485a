import { DAY } from '../model/duration.ts';
import { parseInstant } from '../model/instant.ts';
import type { Labels } from '../model/labels.ts';
import type { PushedAlert } from '../model/push.ts';

/*
 * The common alert schema of Azure Monitor, and the same schema as its services really fill it:
 * https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-common-schema
 */

type Fields = Readonly<Record<string, unknown>>;

/** Of these Azure says when they are over. Should that message be lost, they end after so long. */
const STATEFUL = 30 * DAY;
/** The others (activity log, budgets, smart detection) are events; one that is not told again is over after a day. */
const EVENT = DAY;

const MOST_DIMENSIONS = 20;
const MOST_DETAILS = 20;
const LONGEST = 1_000;

const OPERATORS: Readonly<Record<string, string>> = {
  greaterthan: '>',
  greaterthanorequal: '>=',
  lessthan: '<',
  lowerthan: '<',
  lessthanorequal: '<=',
  lowerthanorequal: '<=',
  equals: '==',
  equal: '==',
  notequals: '!=',
};

/**
 * What an action group (or an activity log alert of old) says, as an alert that another system pushes; a text where it is neither.
 * Identity is rule, target, dimensions and, of an event, what happened: never a value, a time or a description.
 */
export function pushOfAzure(body: unknown, now: number): PushedAlert | string {
  const whole = fields(body);
  const bare = whole.schemaId === undefined && whole.operationName !== undefined;
  if (whole.schemaId !== 'azureMonitorCommonAlertSchema' && !bare) {
    return 'not the common alert schema: switch it on for the action group';
  }
  const data = fields(whole.data);
  const essentials = fields(data.essentials);
  const context = bare ? whole : fields(data.alertContext);
  if (!bare && Object.keys(essentials).length === 0) return 'the essentials of the common alert schema are missing';
  const condition = firstCondition(context);
  const labels = labelsOf(essentials, context, condition, bare);
  const startsAt = timeOf(essentials.firedDateTime ?? field(context, 'eventTimestamp')) ?? now;
  const generatorUrl = linkOf(condition, context, labels.target ?? '');
  return {
    labels,
    annotations: annotationsOf(data, essentials, context, condition),
    startsAt,
    ...endOf(essentials, context, startsAt, now),
    ...(generatorUrl === '' ? {} : { generatorUrl }),
  };
}

function labelsOf(essentials: Fields, context: Fields, condition: Fields, bare: boolean): Labels {
  const budget = fields(context.AlertData);
  const service = text(essentials.monitoringService);
  const operation = text(fields(context.operationName).value) || text(context.operationName);
  const [target = ''] = list(essentials.alertTargetIDs).map(text);
  const properties = fields(context.properties);
  const own = {
    ...dimensionsOf(field(condition, 'dimensions') ?? field(context, 'dimensions')),
    // Of a Prometheus rule of Azure Monitor.
    ...textsOf(context.labels),
    ...(text(context.expression) === '' ? {} : { rule_group: text(context.ruleGroup) }),
    ...(operation === '' ? {} : { operation }),
    ...(text(properties.trackingId) === '' ? {} : { trackingId: text(properties.trackingId) }),
    ...(text(budget.NotificationThresholdAmount) === '' ? {} : { threshold: text(budget.NotificationThresholdAmount) }),
  };
  const alertname = text(essentials.alertRule) || text(budget.BudgetName) || (bare ? operation : service) || 'AzureMonitor';
  const place = target || text(budget.BudgetId) || text(budget.Scope) || text(properties.resourceId) || text(essentials.alertId);
  return without({
    ...own,
    alertname,
    target: place.toLowerCase().replace(/\/$/, ''),
    severity: text(essentials.severity).toLowerCase() || 'sev2',
    source: 'azure-monitor',
    monitoringService: service.replace(/\s+/g, ''),
  });
}

function annotationsOf(data: Fields, essentials: Fields, context: Fields, condition: Fields): Labels {
  const custom = { ...textsOf(context.properties), ...textsOf(data.customProperties), ...textsOf(context.annotations) };
  const description = plain(text(essentials.description) || text(context.description));
  const summary =
    custom.summary ??
    (text(fields(context.properties).title) || text(context.DetectionSummary) || description || text(essentials.alertRule));
  const some = Object.fromEntries(Object.entries(custom).slice(0, MOST_DETAILS));
  return without({
    ...some,
    summary: plain(summary).slice(0, LONGEST),
    description: (custom.description ?? description).slice(0, LONGEST),
    condition: conditionText(condition, context),
    alertId: text(essentials.alertId),
  });
}

/** `metricValue` is a number, `threshold` beside it a text, and operators have several spellings. */
function conditionText(condition: Fields, context: Fields): string {
  const what = text(field(condition, 'metricName')) || text(field(condition, 'webTestName')) || text(context.expression);
  const word = text(field(condition, 'operator') ?? field(context, 'operator'));
  const operator = OPERATORS[word.toLowerCase().replace(/\s+/g, '')] ?? word;
  const threshold = text(field(condition, 'threshold') ?? field(context, 'threshold'));
  const value = text(field(condition, 'metricValue') ?? field(context, 'expressionValue') ?? field(context, 'resultCount'));
  const aggregation = text(field(condition, 'timeAggregation'));
  const words = [aggregation, what, value === '' ? '' : `is ${value}`, operator === '' ? '' : `(${operator} ${threshold})`];
  return words.filter((word) => word !== '').join(' ');
}

/** An end that Azure states is explicit; any other comes by itself unless the alert is told again. */
function endOf(essentials: Fields, context: Fields, startsAt: number, now: number): Pick<PushedAlert, 'endsAt' | 'timeout'> {
  const properties = fields(context.properties);
  const health = text(essentials.monitoringService).replace(/\s+/g, '').toLowerCase();
  const stage = text(properties.stage).toLowerCase();
  const healthy = health === 'resourcehealth' && /^(?:resolved)$/i.test(text(context.status));
  const over = health === 'servicehealth' && (stage === 'resolved' || stage === 'complete');
  if (/^resolved$/i.test(text(essentials.monitorCondition)) || healthy || over) {
    const said = timeOf(essentials.resolvedDateTime) ?? timeOf(properties.impactMitigationTime) ?? now;
    return { endsAt: Math.min(Math.max(said, startsAt), Math.max(now, startsAt)), timeout: false };
  }
  const lasting =
    /^(?:metric|log)$/i.test(text(essentials.signalType)) || health === 'resourcehealth' || health === 'servicehealth';
  const event = health === 'smartdetector' || !lasting;
  return { endsAt: now + (event ? EVENT : STATEFUL), timeout: true };
}

function firstCondition(context: Fields): Fields {
  return fields(list(fields(context.condition).allOf)[0]);
}

function linkOf(condition: Fields, context: Fields, target: string): string {
  const link = ['linkToFilteredSearchResultsUI', 'linkToSearchResultsUI', 'linkToSearchResults']
    .map((name) => text(field(condition, name) ?? field(context, name)))
    .find((each) => each.startsWith('https://'));
  return link ?? (target.startsWith('/subscriptions/') ? `https://portal.azure.com/#resource${target}` : '');
}

function dimensionsOf(value: unknown): Labels {
  const named = list(value).map(fields);
  return Object.fromEntries(named.slice(0, MOST_DIMENSIONS).map(({ name, value: one }) => [labelName(text(name)), text(one)]));
}

function labelName(name: string): string {
  return name.replace(/[^A-Za-z0-9_]/g, '_') || '_';
}

/** Those members that are texts, numbers or truth values. */
function textsOf(value: unknown): Labels {
  return without(
    Object.fromEntries(Object.entries(fields(value)).map(([name, one]) => [name, plain(text(one)).slice(0, LONGEST)])),
  );
}

/** Log alerts of the first version write their keys with a capital. */
function field(of: Fields, name: string): unknown {
  return of[name] ?? of[`${name.slice(0, 1).toUpperCase()}${name.slice(1)}`];
}

function timeOf(value: unknown): number | null {
  return parseInstant(text(value));
}

/** Service health writes HTML. */
function plain(written: string): string {
  return written
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

function without(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ''));
}

function text(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

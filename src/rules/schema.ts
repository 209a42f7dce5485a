import * as z from 'zod';
import { ACTIVITY_CATEGORIES } from '../model/activity.ts';
import { COMPARISON, REACH } from './comparison.ts';

/*
 * The format of rule files (docs/rules.md), as data: it checks what is read and becomes the JSON Schema that editors complete from.
 * Only the form is here. What depends on Azure's metrics, on other keys or on other rules is checked in resolve-*.ts.
 */

export const DURATION = /^(?:\d+[smhdw])+$/;
export const DELAY = /^(?:auto|(?:\d+[smhdw])+)$/;
export const FAILING = /^\s*(\d+)\s+of\s+(\d+)\s*$/;
/** A share written as a percentage. */
export const SHARE = /^\s*(\d{1,2}(?:\.\d+)?|100)\s*%\s*$/;
/** Names key state and stand in blob names and URLs. */
export const RULE_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,79}$/;

const AGGREGATIONS = ['total', 'average', 'minimum', 'maximum', 'count'] as const;

const duration = (about: string) => z.string().regex(DURATION).describe(`${about} Written as 90s, 5m, 1h30m or 7d.`);
const comparison = (about: string) => z.string().regex(COMPARISON).describe(about);
const names = (about: string) => z.array(z.string().min(1)).describe(about);
const scalar = z.union([z.string(), z.number(), z.boolean()]);

const where = z
  .record(z.string(), z.union([scalar, z.array(scalar).min(1)]))
  .describe('Dimension and the values that count; of a list any one. A comparison such as ">=500" is a value, too.');

const policy = z.enum(['keep', 'ok', 'alert', 'report']);

const selectorFields = {
  type: z.string().min(3).describe('Resource type, e.g. Microsoft.CognitiveServices/accounts.'),
  kinds: names('Kinds as Azure Resource Manager names them, e.g. OpenAI, AIServices. Any one of them.').optional(),
  tags: z
    .record(z.string(), z.string())
    .describe('Tags that the resource must carry, all of them, with these values.')
    .optional(),
  resourceGroups: names('Resource groups; any one of them.').optional(),
  subscriptions: names('Subscription ids; any one of them.').optional(),
  ids: names('Resource ids; any one of them.').optional(),
};
const selector = z.strictObject(selectorFields).describe('Which resources a rule watches. Every key that is given must match.');

const termFields = {
  name: z.string().min(1).describe('Name of the metric in the REST API; names are case-sensitive.'),
  where: where.optional(),
  aggregate: z
    .enum(AGGREGATIONS)
    .describe('How samples become a value. May be left out where the metric offers only one way.')
    .optional(),
};

const metric = z
  .strictObject({
    ...termFields,
    over: z
      .strictObject({ ...termFields, name: termFields.name.optional() })
      .describe('The denominator: the value becomes a ratio. Its name and aggregate are those of the metric where left out.')
      .optional(),
    by: names('Dimensions to split by: one series, and one alert, for each combination of their values.').optional(),
  })
  .describe('A platform metric.');

const log = z
  .strictObject({
    query: z
      .string()
      .min(1)
      .describe(
        'KQL. Tocsin adds the time range; every row must carry _ResourceId. May be left out where `table` alone is meant.',
      )
      .optional(),
    table: z
      .string()
      .min(1)
      .describe('The table whose newest row tells how far data have arrived; by default the first table that the query reads.')
      .optional(),
    value: z.string().min(1).describe('The column that holds the value. Without it rows are counted.').optional(),
    over: z.string().min(1).describe('The column that holds the denominator: the value is the ratio of the sums.').optional(),
    by: names('Columns that make one series each.').optional(),
    categories: names(
      'Log categories that a diagnostic setting must route; by default those that the query speaks of.',
    ).optional(),
  })
  .describe('A KQL query over a Log Analytics workspace.');

const member = (about: string) => z.string().min(1).describe(about);
const streamFields = {
  where: z
    .record(z.string(), z.union([scalar, z.array(scalar).min(1)]))
    .describe('Member of the record and the values that count; of a list any one. A comparison such as ">=500" is a value, too.')
    .optional(),
  value: member('The member whose numbers are added up. Without it records are counted.').optional(),
};
const stream = z
  .strictObject({
    category: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).describe('Log category, or several.'),
    ...streamFields,
    over: z
      .strictObject(streamFields)
      .describe('The denominator: the value becomes a ratio. `{}` counts all records of the categories.')
      .optional(),
    by: names('Members that make one series each.').optional(),
  })
  .describe('Records of diagnostic logs, counted by minute while they are forwarded from the Event Hub.');

const patterns = (about: string) =>
  z.record(z.string(), z.union([z.string().min(1), z.array(z.string().min(1)).min(1)])).describe(about);
const activity = z
  .strictObject({
    category: z.enum(ACTIVITY_CATEGORIES).describe('Category of the activity log; default Administrative.').optional(),
    where: patterns('Field and what it must be; of a list any one. `*` stands for any text, case does not matter.').optional(),
    except: patterns('Events that match all of these fields are left out.').optional(),
    by: names('Fields that make one series each; default operation, resource and caller.').optional(),
  })
  .describe('Operations on resources, service health or resource health, from the activity log.');

const JOB_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const jobId = z.string().regex(JOB_ID);
const heartbeat = z
  .strictObject({
    id: z.union([jobId, z.array(jobId).min(1)]).describe('Id of the job in /api/heartbeats/{id}, or several.'),
    period: duration('How long after a check-in the next one is due.').optional(),
    cron: z.string().min(9).describe('When check-ins are due: minute, hour, day, month, day of the week.').optional(),
    zone: z.string().describe('Time zone of `cron`, e.g. Europe/Stockholm; default UTC.').optional(),
    grace: duration('How late a check-in may be; default 1h.').optional(),
    maxRun: duration('How long the job may run from its start to its finish; default: grace.').optional(),
  })
  .describe('Check-ins of a job that Tocsin does not run.');

const inventory = z
  .strictObject({
    value: z
      .enum([
        'daysToRetirement',
        'quotaUsed',
        'quotaLeft',
        'tokensPerMinute',
        'requestsPerMinute',
        'provisionedUnits',
        'instances',
      ])
      .describe('What Azure Resource Manager is asked for.'),
    by: names('Labels that make one series each.').optional(),
  })
  .describe('What Azure Resource Manager says now of deployments and quotas.');

const cost = z
  .strictObject({ by: names('ModelDeploymentName (default), ModelName, ModelVersion, Region.').optional() })
  .describe('Cost of the tokens used, by the price table of tocsin.yaml.');

const forecast = z
  .strictObject({
    reach: z.string().regex(REACH).describe('The limit: "100%", ">= 5000", "< 10", "100% of capacity.tokensPerMinute".'),
    within: duration('Breach when the limit is that near at the current trend.').optional(),
    over: duration('History that the trend is taken from, in whole days; default 14d.').optional(),
    sum: z.literal('month').describe('Values add up from the first of the month (UTC).').optional(),
    confidence: z.enum(['low', 'medium', 'high']).describe('How sure the trend must be: 80 %, 95 % (default), 99 %.').optional(),
  })
  .describe('Breach when the trend leads to a limit.');

const seen = duration('Keys that spoke within this time.');
const absent = z
  .strictObject({
    for: duration('How long an expected key may be silent.'),
    expect: z
      .union([
        z.array(z.string().min(1)).min(1),
        z.literal('inventory'),
        z.strictObject({
          names: z.array(z.string().min(1)).min(1).describe('Keys that are always expected.').optional(),
          inventory: z.boolean().describe('What exists in Azure Resource Manager: deployments, endpoints.').optional(),
          seen: seen.optional(),
        }),
      ])
      .describe('Which keys must speak: a list of names, `inventory`, `{ seen: 7d }`, or several of them as one mapping.'),
  })
  .describe('Breach when an expected key has no event.');

const clear = comparison('A firing alert is over only once this holds (hysteresis).');
const when = comparison('Breach while this holds, e.g. "> 10%", ">= 5". A ratio written as 10% is 0.1.');
const floor = z.number().min(0).describe('Below this denominator (or number of samples) there is no verdict; default 0.');
const held = duration('How long a breach must last before the alert fires; default 0s.');

const all = z
  .array(z.strictObject({ metric, when, clear: clear.optional(), floor: floor.optional() }))
  .min(2)
  .describe('Conditions that must all hold for one series. The first says what the series are.');

const slo = z.string().regex(SHARE).describe('The objective as a percentage, e.g. 99.9%.');
const anomaly = z
  .strictObject({
    sensitivity: z
      .enum(['low', 'medium', 'high'])
      .describe('How far out of the usual is a breach; default medium. High finds more, and more that is nothing.')
      .optional(),
    side: z.enum(['above', 'below', 'both']).describe('Which side of the usual is a breach; default both.').optional(),
    history: duration('How long a series must be known before anything is said of it; at least and by default 3d.').optional(),
    samples: z.int().min(30).describe('How many windows of it must be known; at least and by default 30.').optional(),
  })
  .describe('Breach when the value is out of what the last four weeks of the series make usual at its hour of the week.');

const burnRate = z
  .strictObject({
    slo,
    period: duration('What the objective is of; default 30d.').optional(),
    speed: z.enum(['fast', 'slow', 'all']).describe('Which of the default windows count; default fast.').optional(),
    windows: z
      .union([
        z.enum(['workbook', 'scaled']),
        z
          .array(
            z.strictObject({
              long: duration('The window in which it must matter.'),
              short: duration('The window in which it must still go on.'),
              budget: z.string().regex(SHARE).describe('The share of the budget spent in the long window, e.g. 2%.').optional(),
              factor: z.number().positive().describe('Or how many times as fast as the objective allows.').optional(),
              for: duration('How long the pair must hold; default 0s.').optional(),
            }),
          )
          .min(1),
      ])
      .describe('workbook (default): the windows of the SRE workbook; scaled: in proportion to the period; or pairs of your own.')
      .optional(),
    counts: z.enum(['bad', 'good']).describe('What the signal is the share of; default bad.').optional(),
  })
  .describe('Breach while the error budget burns too fast, in a long and a short window.');

const changed = z
  .strictObject({
    label: z
      .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
      .describe('Of `by`: the label whose values may be new; default all of them.')
      .optional(),
    within: duration('A value not seen for so long is new.'),
    learn: duration('So long from its first evaluation a target is only learnt; default `within`, at most 7d.').optional(),
  })
  .describe('Breach when a value appears that was not seen before.');

const match = z
  .strictObject({
    kinds: selectorFields.kinds,
    tags: selectorFields.tags,
    resourceGroups: selectorFields.resourceGroups,
    subscriptions: selectorFields.subscriptions,
    ids: selectorFields.ids,
  })
  .describe('Which of the rule’s targets; every key that is given must match. Without it, all.');

const respond = z
  .strictObject({
    owner: z.string().min(1).describe('Who acts.'),
    within: duration('The time within which somebody must have acted.'),
    action: z.string().min(1).describe('The first thing to do, as an order. May hold {{labels.X}} and {{value}}.'),
    runbook: z.url().describe('Where the full procedure stands.').optional(),
    steps: z.array(z.string().min(1)).describe('What to do then, in order.').optional(),
  })
  .describe('What a person must do when the alert fires. Without one, the rule can only be a report.');

const severity = z
  .int()
  .min(0)
  .max(4)
  .describe('0 critical, 1 error, 2 warning, 3 informational, 4 verbose, as in Azure Monitor.');
const every = duration('How often the rule is evaluated, and what window ends are aligned to; default 1m.');
const noData = policy.describe('What becomes of a series without data; default keep: its state stays, for a bounded time.');
const onError = policy.describe('What becomes of a series that could not be read; default keep. Never taken for ok by itself.');
const delay = z
  .string()
  .regex(DELAY)
  .describe('How long after its end a window is read. auto: metrics 3m, resource logs 10m, activity log 20m, streams 30s.');
const labels = z.record(z.string().min(1), z.string()).describe('Labels that every alert of the rule carries, for routing.');
const keepFiringFor = duration('How long an alert stays after the first good value; default 0s.');
const on = z.union([z.string().min(1), selector]).describe('Whom the rule watches: a name from `targets:`, or a selector.');

const overrideFields = {
  match: match.optional(),
  when: when.optional(),
  clear: clear.optional(),
  slo: slo.optional(),
  absent: z
    .strictObject({ for: duration('How long without an event.') })
    .describe('Another span for an absence.')
    .optional(),
  floor: floor.optional(),
  for: held.optional(),
  keepFiringFor: keepFiringFor.optional(),
  severity: severity.optional(),
  enabled: z.boolean().describe('false: the rule does not watch these targets.').optional(),
};
const override = z.strictObject(overrideFields).describe('What is different for some targets.');
const namedOverride = z
  .strictObject({ rule: z.string().min(1).describe('Name of the rule, of whatever file.'), ...overrideFields })
  .describe('What is different for some targets of a rule.');

/** What only people read: it makes docs/rules.md, and stays out of the compiled rules. */
const noteFields = {
  about: z.string().min(1).describe('What the rule watches and why it is made this way, for people.').optional(),
  falsePositives: names('Known false alarms and how to tell or avoid them, for people.').optional(),
};

const ruleFields = {
  ...noteFields,
  on: on.optional(),
  metric: metric.optional(),
  log: log.optional(),
  stream: stream.optional(),
  activity: activity.optional(),
  heartbeat: heartbeat.optional(),
  inventory: inventory.optional(),
  cost: cost.optional(),
  window: duration('The span that is folded into one value; default 5m.').optional(),
  every: every.optional(),
  when: when.optional(),
  clear: clear.optional(),
  relativeTo: z.literal('previous').describe('The value is divided by that of the window before.').optional(),
  all: all.optional(),
  anomaly: anomaly.optional(),
  burnRate: burnRate.optional(),
  changed: changed.optional(),
  absent: absent.optional(),
  forecast: forecast.optional(),
  floor: floor.optional(),
  for: held.optional(),
  failing: z.string().regex(FAILING).describe('"3 of 5": breach when 3 of the last 5 parts of the window violate.').optional(),
  keepFiringFor: keepFiringFor.optional(),
  severity: severity.optional(),
  noData: noData.optional(),
  onError: onError.optional(),
  delay: delay.optional(),
  labels: labels.optional(),
  limit: z.int().min(1).max(50_000).describe('Alerts that may be open at once on one shard of targets; default 5000.').optional(),
  override: z.array(override).min(1).describe('What is different for some targets; later entries win.').optional(),
  thresholdTag: z.string().min(1).describe('Tag by which a resource gives its own threshold, e.g. "5%".').optional(),
  summary: z
    .string()
    .min(1)
    .describe(
      'One line for people. May hold {{labels.X}}, {{details.X}}, {{value}}, {{value | percent}}, {{threshold}}, {{lower}}, {{upper}}, {{usual}}, {{target.name}}, {{rule}}, {{window}}.',
    )
    .optional(),
};

const ruleName = z.string().regex(RULE_NAME);

export const alertRule = z
  .strictObject({
    alert: ruleName.describe('Name of the alert. It keys the state: renaming begins a new alert.'),
    ...ruleFields,
    respond,
  })
  .describe('Tells a person when something needs a specific response now.');

export const reportRule = z
  .strictObject({
    report: ruleName.describe('Name of the report rule.'),
    reason: z.string().min(1).describe('Why nobody has to act at once, for people.').optional(),
    ...ruleFields,
  })
  .describe('Writes down what needs no immediate response.');

export const defaultsSchema = z
  .strictObject({
    on: on.optional(),
    every: every.optional(),
    severity: severity.optional(),
    noData: noData.optional(),
    onError: onError.optional(),
    delay: delay.optional(),
    keepFiringFor: keepFiringFor.optional(),
    labels: labels.optional(),
  })
  .describe('Values for every rule of this file that does not give its own.');

export const selectorSchema = selector;
export const overrideSchema = namedOverride;

export const ruleFile = z
  .strictObject({
    $schema: z.string().describe('Ignored; for editors.').optional(),
    version: z.literal(1).describe('Version of this format.'),
    defaults: defaultsSchema.optional(),
    targets: z.record(z.string().min(1), selector).describe('Named sets of resources, for `on:`.').optional(),
    rules: z.array(z.union([alertRule, reportRule])).describe('The rules.'),
    overrides: z.array(namedOverride).describe('Overrides of rules of this and other files.').optional(),
  })
  .describe('A Tocsin rule file.');

export type RawSelector = z.infer<typeof selector>;
export type RawDefaults = z.infer<typeof defaultsSchema>;
export type RawRule = z.infer<typeof alertRule> | z.infer<typeof reportRule>;
export type RawMetric = z.infer<typeof metric>;
export type RawLog = z.infer<typeof log>;
export type RawStream = z.infer<typeof stream>;
export type RawAnomaly = z.infer<typeof anomaly>;
export type RawBurnRate = z.infer<typeof burnRate>;
export type RawChanged = z.infer<typeof changed>;
export type RawOverride = z.infer<typeof override>;
export type RawActivity = z.infer<typeof activity>;
export type RawHeartbeat = z.infer<typeof heartbeat>;
export type RawInventory = z.infer<typeof inventory>;
export type RawCost = z.infer<typeof cost>;
export type RawForecast = z.infer<typeof forecast>;
export type RawAbsent = z.infer<typeof absent>;
export type RawWhere = z.infer<typeof where>;

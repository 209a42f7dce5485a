import * as z from 'zod';

/* The form of `*.test.yaml` (docs/rules-tests.md), as data: it checks what is read and becomes a JSON Schema for editors. */

const TIME = /^(?:0|-?(?:\d+[smhdw])+|\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?Z)$/;
const SPAN = /^(?:\d+[smhdw])+$/;
const LATE = /^\+?(?:\d+[smhdw])+$/;

const time = (about: string) =>
  z
    .union([z.string().regex(TIME), z.literal(0)])
    .describe(`${about} After the test's start (40m, -1d), or a date and time in UTC.`);
const span = (about: string) => z.string().regex(SPAN).describe(about);
const names = (about: string) => z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).describe(about);
const labels = z.record(z.string().min(1), z.union([z.string(), z.number(), z.boolean()]));
const text = (about: string) => z.string().describe(`${about} The whole text, or /a pattern/.`);
const number = z.union([z.number(), z.string().regex(/^-?\d+(?:\.\d+)?%?$/)]);

const targetSchema = z
  .strictObject({
    id: z.string().min(1).describe('The resource id; one is made of the rest when left out.').optional(),
    type: z.string().min(3).describe("Resource type; the rule's own when left out.").optional(),
    kind: z.string().optional(),
    tags: z.record(z.string(), z.string()).optional(),
    region: z.string().min(1).optional(),
    subscription: z.string().min(1).optional(),
    resourceGroup: z.string().min(1).optional(),
    contains: z
      .array(z.record(z.string(), z.string()))
      .describe('What is deployed in it, for `expect: inventory`: label names and values of each deployment.')
      .optional(),
    deployments: z
      .array(
        z.strictObject({
          labels: z.record(z.string().min(1), z.string()).describe('ModelDeploymentName, ModelName …, or Endpoint, Deployment.'),
          tokensPerMinute: z.number().min(0).optional(),
          requestsPerMinute: z.number().min(0).optional(),
          provisionedUnits: z.number().min(0).optional(),
          instances: z.number().min(0).optional(),
          sku: z.string().optional(),
          retires: time('When its model stops answering.').optional(),
          lifecycle: z.string().optional(),
        }),
      )
      .describe('What is deployed in it, with its capacity; also for `expect: inventory`.')
      .optional(),
    quotas: z
      .array(z.strictObject({ name: z.string().min(1), used: z.number(), limit: z.number() }))
      .describe('Quotas of its subscription and region.')
      .optional(),
  })
  .describe('A watched resource.');

const on = names('The targets that it comes from; every one when left out.').optional();
const arrives = z
  .string()
  .regex(LATE)
  .describe('How long after its time it can be read, e.g. +40m; at once when left out.')
  .optional();

const metricInput = z
  .strictObject({
    metric: z.string().min(1).describe('Name of the metric.'),
    on,
    labels: labels.describe('Values of its dimensions.').optional(),
    values: z
      .union([z.string().min(1), z.number()])
      .describe(
        'One value a minute: `5x3` is 5 and three more, `5+2x3` in steps of 2, `_x3` three missing ones, `stale` the end.',
      ),
    interval: span('Time between two values; default 1m.').optional(),
    from: time('Time of the first value; default 0.').optional(),
    samples: z.int().min(1).describe('How many samples each value is the average of; default 1.').optional(),
    arrives,
  })
  .describe('A series of a platform metric.');

const row = z.record(z.string().min(1), z.unknown());
const logInput = z
  .strictObject({
    log: z.string().min(1).describe('Name of the table.'),
    on,
    row: row.describe('Columns and values. {n} counts the rows, {time} is the time of the row, {time-5m} before it.').optional(),
    rows: z.array(row).min(1).describe('Several rows of the same time.').optional(),
    at: time('Time of the (first) row; default 0.').optional(),
    every: span('Repeats it in these steps; default 1m where `count` or `until` is given.').optional(),
    count: z.int().min(1).describe('How many times.').optional(),
    until: time('Repeats it up to this time, inclusive.').optional(),
    copies: z.int().min(1).max(100_000).describe('How many of it each time; default 1.').optional(),
    arrives,
  })
  .describe('Rows of a Log Analytics table.');

const recordInput = z
  .strictObject({
    record: z.string().min(1).describe('Log category of the records that came into the hub.'),
    on,
    members: row.describe('Members of the record, as Azure sends them, `properties` among them.').optional(),
    at: time('When the (first) record came into the hub; default 0.').optional(),
    every: span('Repeats it in these steps; default 1m where `count` or `until` is given.').optional(),
    count: z.int().min(1).describe('How many times.').optional(),
    until: time('Repeats it up to this time, inclusive.').optional(),
    copies: z.int().min(1).max(100_000).describe('How many of it each time; default 1.').optional(),
  })
  .describe('Records of diagnostic logs that were forwarded.');

const outageInput = z
  .strictObject({
    outage: z.enum(['metrics', 'logs']).describe('What cannot be read.'),
    from: time('When it begins; default 0.').optional(),
    until: time('When it ends; default never.').optional(),
    code: z
      .string()
      .regex(/^TCN-A\d{3}$/)
      .describe('What is answered; default TCN-A002.')
      .optional(),
  })
  .describe('A time in which Azure Monitor does not answer.');

const eventInput = z
  .strictObject({
    event: z
      .record(z.string().min(1), z.string())
      .describe('Fields of the event, e.g. operation, status, caller, resource; category is Administrative when left out.'),
    on,
    at: time('When it happened; default 0.').optional(),
    arrives,
  })
  .describe('An event of the activity log.');

const checkInInput = z
  .strictObject({
    checkIn: z.string().min(1).describe('Id of the job.'),
    phase: z.enum(['start', 'finish', 'fail']).describe('Default finish.').optional(),
    at: time('Time of the (first) check-in; default 0.').optional(),
    every: span('Repeats it in these steps, up to `until`.').optional(),
    until: time('Time of the last one.').optional(),
    note: z.string().optional(),
  })
  .describe('A check-in of a job.');

/** Every kind of input, by the key that tells it. */
export const INPUTS = {
  metric: metricInput,
  log: logInput,
  record: recordInput,
  event: eventInput,
  checkIn: checkInInput,
  outage: outageInput,
} as const;
export type InputKind = keyof typeof INPUTS;

const which = {
  rule: z.string().min(1).describe('Name of the rule; may be left out where the test has one.').optional(),
  target: z.string().min(1).optional(),
  labels: labels.describe('Labels that it carries, at least.').optional(),
};

const alert = z
  .strictObject({
    ...which,
    severity: z.int().min(0).max(4).optional(),
    value: number.optional(),
    reason: z.string().optional(),
    summary: text('The rendered summary.').optional(),
    action: text('The rendered action of the response.').optional(),
    steps: z.array(z.string()).optional(),
    owner: z.string().optional(),
    runbook: z.string().optional(),
    since: time('End of the window in which it began to fire.').optional(),
  })
  .describe('An alert that fires.');

const episode = z
  .strictObject({
    ...which,
    fired: time('End of the window in which it began to fire.').optional(),
    resolved: z.union([time('End of the window in which it was over.'), z.literal('open')]).optional(),
    reason: z.string().describe('Why it ended.').optional(),
  })
  .describe('An alert from its beginning to its end.');

const finding = z
  .strictObject({
    ...which,
    kind: z.string().min(1).describe('report, late breach, blind, catch-up …').optional(),
    severity: z.int().min(0).max(4).optional(),
    value: number.optional(),
    count: z.int().optional(),
    summary: text('The rendered summary.').optional(),
  })
  .describe('A finding of a report.');

const series = z
  .strictObject({
    ...which,
    state: z.enum(['inactive', 'pending', 'firing', 'recovering', 'resolved']),
    reason: z.string().optional(),
    value: number.optional(),
  })
  .describe('Where a series stands.');

const verdict = z
  .strictObject({
    ...which,
    window: time('End of the window.'),
    is: z.enum(['breach', 'ok', 'unjudged']),
  })
  .describe('What was judged of one window.');

const evaluation = z
  .strictObject({
    rule: which.rule,
    outcome: z.enum(['judged', 'waiting', 'unknown', 'failed']).optional(),
    reason: text('In the words of the evaluation log.').optional(),
    code: z.string().optional(),
  })
  .describe('The newest line of the evaluation log.');

const all = <Item extends z.ZodType>(item: Item, about: string) =>
  z.union([z.literal('none'), z.array(item)]).describe(`${about} The complete list, in any order, or none.`);

const checkSchema = z
  .strictObject({
    at: time('Time on the clock; the end of the test when left out.').optional(),
    alerts: all(alert, 'Alerts that fire at that time.').optional(),
    episodes: all(episode, 'Every alert up to that time.').optional(),
    findings: all(finding, 'Every finding up to that time.').optional(),
    series: z.array(series).describe('Where some series stand.').optional(),
    verdicts: z.array(verdict).describe('What was judged of some windows.').optional(),
    evaluation: evaluation.optional(),
  })
  .describe('What must be true at one time.');

export const testSchema = z
  .strictObject({
    name: z.string().min(1),
    rule: names('The rules that run.').optional(),
    start: z
      .string()
      .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\dZ$/)
      .describe('Time 0; default 2026-01-05T00:00Z, a Monday.')
      .optional(),
    targets: z.record(z.string().min(1), targetSchema).optional(),
    input: z.array(z.unknown()).optional(),
    expect: z.array(checkSchema).min(1),
  })
  .describe('One test.');

export const testFile = z
  .strictObject({
    $schema: z.string().describe('Ignored; for editors.').optional(),
    version: z.literal(1).describe('Version of this format.'),
    rules: names('Rule files, relative to this file; default: those of the folder above.').optional(),
    rule: names('Rules of every test that names none.').optional(),
    start: testSchema.shape.start,
    targets: z.record(z.string().min(1), targetSchema).describe('Targets of every test that names none.').optional(),
    input: z.array(z.unknown()).describe('Input of every test, before its own.').optional(),
    tests: z.array(z.unknown()),
  })
  .describe('Tests of Tocsin rules.');

export type RawTarget = z.infer<typeof targetSchema>;
export type RawMetricInput = z.infer<typeof metricInput>;
export type RawLogInput = z.infer<typeof logInput>;
export type RawRecordInput = z.infer<typeof recordInput>;
export type RawEventInput = z.infer<typeof eventInput>;
export type RawCheckInInput = z.infer<typeof checkInInput>;
export type RawOutage = z.infer<typeof outageInput>;
export type RawTest = z.infer<typeof testSchema>;
export type RawCheck = z.infer<typeof checkSchema>;
export type RawAlert = z.infer<typeof alert>;
export type RawEpisode = z.infer<typeof episode>;
export type RawFinding = z.infer<typeof finding>;
export type RawSeries = z.infer<typeof series>;
export type RawVerdict = z.infer<typeof verdict>;
export type RawEvaluation = z.infer<typeof evaluation>;

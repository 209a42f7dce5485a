import * as z from 'zod';
import { sinkFile } from './config-sinks.ts';
import { DURATION } from './schema.ts';

/* The format of tocsin.yaml: where notifications and records go, and when digests come. */

const SETTING = `May be \${NAME}: the app setting of that name.`;
const duration = (about: string) => z.string().regex(DURATION).describe(`${about} Written as 30s, 5m or 4h.`);
const price = (what: string) => z.number().min(0).describe(`Price of ${what}.`);
const written = z.union([z.string(), z.number()]);
const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/);

const webhook = z
  .strictObject({
    url: z.string().min(1).describe(`Address that is sent to. ${SETTING}`),
    secret: z.string().describe(`Signing secret, whsec_…; several, separated by blanks, while rotating. ${SETTING}`).optional(),
    format: z
      .enum(['azure-common-schema', 'cloudevents'])
      .describe('Another body than Tocsin\u2019s own, which extends Alertmanager\u2019s.')
      .optional(),
    title: z.string().max(20_000).describe('Title of its notifications, a Liquid template over the webhook body.').optional(),
    body: z.string().max(20_000).describe('Text in place of the list of alerts, a Liquid template likewise.').optional(),
    fallback: z
      .string()
      .describe('Receiver that is told, too, while this one is dead: failing for 15 minutes, refusing, or gone.')
      .optional(),
    sendResolved: z.boolean().describe('Whether the end of an alert is notified, too; default true.').optional(),
    backOff: z
      .array(duration('A wait.'))
      .min(1)
      .describe('Waits between tries that fail, the last again and again for 24 hours; default 5s growing to 1h.')
      .optional(),
    rateLimit: z
      .string()
      .regex(/^(?:none|[1-9]\d{0,5}\/(?:second|minute|hour))$/)
      .describe(
        'How often it is asked at most, such as 30/minute, or none; the default depends on its kind, see docs/receivers.md.',
      )
      .optional(),
    allowPrivate: z.boolean().describe('Whether the address may be private or loopback; default false.').optional(),
  })
  .describe('A signed POST, see docs/webhook.md.');

const url = z.string().min(1).describe(`Address that is sent to; keep it secret. ${SETTING}`);
const key = (about: string) => z.string().min(1).describe(`${about} ${SETTING}`);
const common = {
  title: webhook.shape.title,
  body: webhook.shape.body,
  fallback: webhook.shape.fallback,
  sendResolved: webhook.shape.sendResolved,
  backOff: webhook.shape.backOff,
  rateLimit: webhook.shape.rateLimit,
  allowPrivate: webhook.shape.allowPrivate,
};

const mailbox = z.string().regex(/^[^\s<>]+@[^\s<>]+$|^\$\{\w+\}$|^[^\r\n<>]* <[^\s<>]+@[^\s<>]+>$/);
const addresses = {
  from: mailbox.describe(`Address that it comes from. ${SETTING}`),
  to: z.array(mailbox).min(1).max(50).describe(`Addresses that it goes to. ${SETTING}`),
};

/** A receiver has exactly one of these. */
const receiverKinds = {
  webhook: webhook.optional(),
  slack: z
    .strictObject({ url, ...common })
    .describe('An incoming webhook of Slack.')
    .optional(),
  teams: z
    .strictObject({ url, ...common })
    .describe('A Workflows webhook of Microsoft Teams.')
    .optional(),
  pagerduty: z
    .strictObject({ routingKey: key('Integration key.'), url: url.optional(), ...common })
    .describe('Events API v2 of PagerDuty.')
    .optional(),
  jiraServiceManagement: z
    .strictObject({ apiKey: key('Key of an API integration.'), url: url.optional(), ...common })
    .describe('Alerts of Jira Service Management.')
    .optional(),
  servicenow: z
    .strictObject({ url, credentials: key('user:password of the integration user.'), ...common })
    .describe('Event Management of ServiceNow: https://INSTANCE.service-now.com/api/global/em/jsonv2.')
    .optional(),
  email: z
    .strictObject({ url: key('smtps://user:password@host, or smtp:// with STARTTLS.'), ...addresses, ...common })
    .describe('E-mail over SMTP.')
    .optional(),
  communicationServices: z
    .strictObject({
      url,
      accessKey: key('Access key of the resource; without one Tocsin signs in as its identity.').optional(),
      ...addresses,
      ...common,
    })
    .describe('E-mail through Azure Communication Services: https://RESOURCE.communication.azure.com.')
    .optional(),
  eventGrid: z
    .strictObject({
      url,
      key: key('Access key of the topic; without one Tocsin signs in as its identity.').optional(),
      ...common,
    })
    .describe('CloudEvents to a topic of Event Grid: https://TOPIC.REGION.eventgrid.azure.net/api/events.')
    .optional(),
  eventHub: z
    .strictObject({
      url,
      key: key('policy:key of a shared access policy that may send; without one Tocsin signs in as its identity.').optional(),
      ...common,
    })
    .describe('Events to an Event Hub: https://NAMESPACE.servicebus.windows.net/HUB.')
    .optional(),
};

const matchers = (about: string) =>
  z.array(z.string().min(1)).min(1).describe(`${about} All must hold, e.g. severity="critical" or target=~".*/rg-prod/.*".`);

const interval = z
  .strictObject({
    times: z
      .array(z.strictObject({ start: z.string(), end: z.string() }))
      .describe('Times of day, HH:MM, the end excluded; 24:00 is the end of the day.')
      .optional(),
    weekdays: z.array(z.string()).describe('Such as monday:friday, sunday.').optional(),
    daysOfMonth: z.array(written).describe('Such as 1:5; negative ones count from the end, -1 being the last day.').optional(),
    months: z.array(written).describe('Such as december, 1:3.').optional(),
    years: z.array(written).describe('Such as 2026:2027.').optional(),
    location: z.string().describe('Time zone, e.g. Europe/Stockholm; default UTC.').optional(),
  })
  .describe('Every field that is given must contain the time; within a field any one entry does.');

const routeFields = {
  receivers: z.array(z.string()).describe('Who is told; by default as the route above, at the root all.').optional(),
  groupBy: z
    .array(z.string().min(1))
    .describe(
      'Labels whose alerts are notified together; default alertname and target. [...] groups by all labels, [] not at all.',
    )
    .optional(),
  groupWait: duration('How long the first notification of a group waits for further alerts; default 30s.').optional(),
  groupInterval: duration('How long until changes of a group are notified; default 5m.').optional(),
  repeatInterval: duration('How long until what still fires is notified again; default 4h.').optional(),
  escalate: z
    .array(
      z.strictObject({
        after: duration('How long an alert may wait for somebody to acknowledge it.'),
        receivers: z.array(z.string()).min(1).describe('Who is told then.'),
      }),
    )
    .describe('Who else is told of alerts that nobody acknowledges.')
    .optional(),
  repeatFactor: z
    .number()
    .min(1)
    .max(10)
    .describe('By how much each reminder in a row makes the wait for the next longer; default 1: not at all.')
    .optional(),
  repeatLimit: duration('The longest wait between reminders that grow.').optional(),
};

type Optional<Shape> = { readonly [Key in keyof Shape]?: Shape[Key] | undefined };

/** A route below the root, as it is written. */
export interface RawRoute
  extends Optional<{
    receivers: string[];
    groupBy: string[];
    groupWait: string;
    groupInterval: string;
    repeatInterval: string;
    escalate: { after: string; receivers: string[] }[];
    repeatFactor: number;
    repeatLimit: string;
    continue: boolean;
    muteTimeIntervals: string[];
    activeTimeIntervals: string[];
    routes: RawRoute[];
  }> {
  readonly matchers: string[];
}

const childRoute: z.ZodType<RawRoute> = z.strictObject({
  ...routeFields,
  matchers: matchers('Which alerts take this route.'),
  continue: z.boolean().describe('Whether routes after this one may take the alert, too; default false.').optional(),
  muteTimeIntervals: z.array(z.string()).describe('Nothing is sent while any of these contains the time.').optional(),
  activeTimeIntervals: z.array(z.string()).describe('Nothing is sent while none of these contains the time.').optional(),
  get routes(): z.ZodType<RawRoute[] | undefined> {
    return childRoutes();
  },
});

function childRoutes() {
  return z.array(childRoute).describe('Routes below this one: the first that matches takes the alert.').optional();
}

export const configFile = z
  .strictObject({
    $schema: z.string().optional(),
    version: z.literal(1),
    receivers: z
      .array(z.strictObject({ name: name.describe('Name of the receiver.'), ...receiverKinds }))
      .describe('Who can be notified.')
      .optional(),
    route: z
      .strictObject({
        ...routeFields,
        routes: childRoutes(),
      })
      .describe('How alerts reach receivers: the root of the routing tree, which takes every alert.')
      .optional(),
    inhibit: z
      .array(
        z.strictObject({
          source: matchers('Alerts that, while they fire,'),
          target: matchers('keep these from being notified.'),
          equal: z.array(z.string()).describe('Labels in which both must agree.').optional(),
        }),
      )
      .describe('What need not be told while something else fires.')
      .optional(),
    timeIntervals: z
      .array(z.strictObject({ name: name.describe('Name that routes use.'), intervals: z.array(interval).min(1) }))
      .describe('Times of the calendar, for routes; a time is inside when any of the intervals contains it.')
      .optional(),
    silences: z
      .array(
        z.strictObject({
          name: name.describe('Name of the silence.'),
          matchers: matchers('Which alerts.').optional(),
          resources: z
            .array(z.string().min(1))
            .describe('Ids of resources, resource groups or subscriptions under maintenance, with everything below them.')
            .optional(),
          comment: z.string().min(1).describe('Why nobody is to be told.'),
          author: z.string().min(1).describe('Who wants that; default tocsin.yaml.').optional(),
          startsAt: z.string().describe('Not before, e.g. 2026-11-21T08:00:00Z.').optional(),
          endsAt: z.string().describe('Not after; needed where it does not recur.').optional(),
          recurring: z
            .strictObject({
              cron: z.string().describe('When it begins: minute, hour, day of month, month, day of week.'),
              zone: z.string().describe('Time zone, e.g. Europe/Stockholm; default UTC.').optional(),
              duration: duration('How long it lasts each time.'),
            })
            .describe('Again and again.')
            .optional(),
        }),
      )
      .describe('Alerts that nobody is told of for a while, such as in maintenance windows; see docs/silences.md.')
      .optional(),
    digests: z
      .array(
        z.strictObject({
          name: name.describe('Name of the digest; stands in its address.'),
          period: z.enum(['daily', 'weekly']).describe('Weekly digests come on Mondays.'),
          at: z
            .string()
            .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/)
            .describe('Time of day, HH:MM; default 08:00.')
            .optional(),
          zone: z.string().describe('Time zone, e.g. Europe/Stockholm; default UTC.').optional(),
          receivers: z.array(z.string()).describe('Who is told of it; by default the receivers of the route.').optional(),
        }),
      )
      .describe('Periodic reports; by default one a day and one a week.')
      .optional(),
    sinks: z.array(sinkFile).describe('Where diagnostics are forwarded to.').optional(),
    prices: z
      .strictObject({
        currency: z
          .string()
          .regex(/^[A-Z]{3}$/)
          .describe('Default USD. With another one the prices that Tocsin assumes are not used.')
          .optional(),
        models: z
          .array(
            z.strictObject({
              model: z.string().min(1).describe('Name of the model, e.g. gpt-4o; `*` stands for any text.'),
              version: z.string().describe('Only this version.').optional(),
              sku: z
                .string()
                .describe('Only deployments of this SKU, e.g. Standard, GlobalStandard, ProvisionedManaged.')
                .optional(),
              input: price('a million input tokens').optional(),
              output: price('a million output tokens').optional(),
              unitHour: price('one provisioned unit for an hour').optional(),
            }),
          )
          .describe('Prices of your contract; a model that is named here takes nothing from the assumed ones.')
          .optional(),
      })
      .describe('What tokens cost, for `cost` rules.')
      .optional(),
  })
  .describe('Configuration of Tocsin.');

export type RawConfig = z.infer<typeof configFile>;

import * as z from 'zod';
import { DURATION } from './schema.ts';

/* The format of tocsin.yaml: where notifications and records go, and when digests come. */

const SETTING = `May be \${NAME}: the app setting of that name.`;
const duration = (about: string) => z.string().regex(DURATION).describe(`${about} Written as 30s, 5m or 4h.`);
const price = (what: string) => z.number().min(0).describe(`Price of ${what}.`);
const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/);

const webhook = z
  .strictObject({
    url: z.string().min(1).describe(`Address that is sent to. ${SETTING}`),
    secret: z.string().describe(`Signing secret, whsec_…; several, separated by blanks, while rotating. ${SETTING}`).optional(),
    sendResolved: z.boolean().describe('Whether the end of an alert is notified, too; default true.').optional(),
    allowPrivate: z.boolean().describe('Whether the address may be private or loopback; default false.').optional(),
  })
  .describe('A signed POST, see docs/webhook.md.');

const otlp = z
  .strictObject({
    url: z.string().describe(`Base URL; /v1/logs and /v1/metrics are appended. Empty: off. ${SETTING}`),
    headers: z.record(z.string(), z.string()).describe(`Headers of every request. ${SETTING}`).optional(),
  })
  .describe('OpenTelemetry over HTTP.');

const kept = (what: string) => z.boolean().describe(`Whether ${what} are taken out; default true.`).optional();
const redact = z
  .strictObject({
    content: kept('prompts, completions and logged bodies'),
    secrets: kept('keys, tokens and passwords'),
    emails: kept('e-mail addresses'),
  })
  .describe('What is taken out of records before they leave, see docs/forwarding.md.');

export const configFile = z
  .strictObject({
    $schema: z.string().optional(),
    version: z.literal(1),
    receivers: z
      .array(z.strictObject({ name: name.describe('Name of the receiver.'), webhook }))
      .describe('Who can be notified.')
      .optional(),
    route: z
      .strictObject({
        receivers: z.array(z.string()).describe('Receivers of every alert; by default all.').optional(),
        groupWait: duration('How long the first notification of a group waits for further alerts; default 30s.').optional(),
        groupInterval: duration('How long until changes of a group are notified; default 5m.').optional(),
        repeatInterval: duration('How long until what still fires is notified again; default 4h.').optional(),
      })
      .describe('How alerts reach receivers.')
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
    sinks: z
      .array(z.strictObject({ name: name.describe('Name of the sink.'), otlp, redact: redact.optional() }))
      .describe('Where diagnostics are forwarded to.')
      .optional(),
    prices: z
      .strictObject({
        currency: z
          .string()
          .regex(/^[A-Z]{3}$/)
          .describe('Default USD. With another one the list prices that Tocsin carries are not used.')
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
          .describe('Prices of your contract; a model that is named here takes nothing from the list prices.')
          .optional(),
      })
      .describe('What tokens cost, for `cost` rules.')
      .optional(),
  })
  .describe('Configuration of Tocsin.');

export type RawConfig = z.infer<typeof configFile>;

import * as z from 'zod';
import type { Redaction, Sink, SinkFilter } from '../model/sink.ts';
import type { Scope } from './scope.ts';

/* The sinks of tocsin.yaml: their format, what is checked of them, and what they become. */

const SETTING = `May be \${NAME}: the app setting of that name.`;
const EXAMPLE = `\${NAME}`;
const REFERENCE = /^\$\{[A-Za-z_][A-Za-z0-9_]*\}$/;

const url = (about: string) => z.string().describe(`${about} Empty: off. ${SETTING}`);
const secret = (about: string) => z.string().describe(`${about} ${SETTING}`);
const text = (about: string) => z.string().min(1).describe(about);
const headers = z.record(z.string(), z.string()).describe(`Headers of every request. ${SETTING}`).optional();
const resourceTags = z
  .array(text('Name of a tag, e.g. team.'))
  .max(20)
  .describe('Tags of Azure resources that are sent with their records. Default none.')
  .optional();
const scope = text('A token of the app\u2019s identity for this scope goes with every request.').optional();

const kinds = {
  otlp: z
    .strictObject({
      url: url('Base URL; /v1/logs and /v1/metrics are appended.'),
      headers,
      encoding: z.enum(['protobuf', 'json']).describe('Default protobuf.').optional(),
      tokenUsage: z
        .boolean()
        .describe('Token counts of records also as metric gen_ai.client.token.usage. Default false.')
        .optional(),
      scope,
      telemetry: z.boolean().describe('Also what forwarding tells of itself, once a minute; default false.').optional(),
      resourceTags,
    })
    .describe('OpenTelemetry over HTTP.')
    .optional(),
  ndjson: z
    .strictObject({ url: url('Address that lines of JSON are posted to.'), headers, scope })
    .describe('One record a line over HTTP, e.g. streaming ingestion of Azure Data Explorer.')
    .optional(),
  hec: z
    .strictObject({
      url: url('Address of the collector; without a path /services/collector/event.'),
      token: secret('HEC token.'),
      index: text('Default: that of the token.').optional(),
      source: text('Default: that of the token.').optional(),
      sourcetype: text('Default azure:diagnostics.').optional(),
    })
    .describe('HTTP Event Collector of Splunk.')
    .optional(),
  elastic: z
    .strictObject({
      url: url('Address of the cluster; without a path /_bulk.'),
      apiKey: secret('API key, encoded.').optional(),
      index: text('Data stream or index; default logs-azure.diagnostics-default.').optional(),
      headers,
    })
    .describe('Bulk API of Elasticsearch.')
    .optional(),
  datadog: z
    .strictObject({
      apiKey: secret('API key.'),
      site: text('Default datadoghq.com.').optional(),
      url: url('Address of the logs intake, by default that of the site.').optional(),
      metricsUrl: url('Address that metrics are sent to, by default that of the site.').optional(),
      service: text('Service that logs are filed under.').optional(),
      tags: z.array(text('A tag, such as env:prod.')).describe('Tags of every log and metric.').optional(),
      resourceTags,
    })
    .describe('Logs and metrics of Datadog.')
    .optional(),
  azureMonitor: z
    .strictObject({
      endpoint: url('Logs ingestion endpoint, of a data collection endpoint or of the rule itself.'),
      rule: secret('Immutable id of the data collection rule, dcr-….'),
      stream: text('Stream of the rule, Custom-….'),
    })
    .describe('Logs Ingestion API of Azure Monitor; the app\u2019s identity needs Monitoring Metrics Publisher on the rule.')
    .optional(),
  eventHub: z
    .strictObject({
      hub: secret('Name of the hub.'),
      namespace: url('Host name of the namespace; the app\u2019s identity needs Azure Event Hubs Data Sender.').optional(),
      connection: secret('Connection string instead of a namespace.').optional(),
    })
    .describe('Another Event Hub; partition keys are kept.')
    .optional(),
  blob: z
    .strictObject({
      url: url('Address of the storage account; the app\u2019s identity needs Storage Blob Data Contributor.').optional(),
      connection: secret('Connection string instead of an address.').optional(),
    })
    .describe('A storage account, in the layout in which Azure archives diagnostics.')
    .optional(),
};

const kept = (what: string) => z.boolean().describe(`Whether ${what} are taken out; default true.`).optional();
const patterns = (what: string) => z.array(text(`A pattern; * stands for any text.`)).min(1).describe(what).optional();

const recordPatterns = {
  categories: patterns('Log categories; platform metrics have none and are not asked.'),
  resources: patterns('Resource ids.'),
  members: z
    .record(
      text('A member of logs, e.g. level or properties.apiName.'),
      z.array(text('A pattern; * stands for any text.')).min(1),
    )
    .describe('Patterns of members of logs; platform metrics are not asked.')
    .optional(),
};

export const sinkFile = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/)
    .describe('Name of the sink.'),
  ...kinds,
  redact: z
    .strictObject({
      content: kept('prompts, completions and logged bodies'),
      secrets: kept('keys, tokens and passwords'),
      emails: kept('e-mail addresses'),
    })
    .describe('What is taken out of records before they leave, see docs/forwarding.md.')
    .optional(),
  only: z
    .strictObject({
      signals: z
        .array(z.enum(['logs', 'metrics']))
        .min(1)
        .describe('Default both.')
        .optional(),
      ...recordPatterns,
      except: z
        .strictObject(recordPatterns)
        .describe('Records that the sink does not get; all that is given must hold.')
        .optional(),
      sample: z
        .number()
        .gt(0)
        .max(1)
        .describe('Share of the logs left, the same ones at every redelivery; platform metrics are not sampled. Default 1.')
        .optional(),
    })
    .describe('Which records the sink gets; all that is given must hold. Default: all records.')
    .optional(),
  batch: z
    .strictObject({
      records: z.number().int().min(1).describe('Records of a request at most.').optional(),
      bytes: z.number().int().min(1_000).describe('Bytes of a request before compression at most.').optional(),
    })
    .describe('Default: what suits the kind of sink.')
    .optional(),
  concurrency: z.number().int().min(1).max(32).describe('Requests at a time; default 1.').optional(),
  tries: z
    .number()
    .int()
    .min(1)
    .max(10)
    .describe('Times that a request is tried before it waits in storage; default 3.')
    .optional(),
  drain: z.enum(['oldest', 'newest']).describe('What has waited is sent oldest or newest first; default oldest.').optional(),
});

export type RawSink = z.infer<typeof sinkFile>;
type Kind = keyof typeof kinds;
const KINDS = Object.keys(kinds) as readonly Kind[];

/** The sink with its defaults; none where its kind is missing, which {@link checkSinks} says. */
export function sinkOf(raw: RawSink): readonly Sink[] {
  const common = {
    name: raw.name,
    ...(raw.redact !== undefined && { redact: redactionOf(raw.redact) }),
    ...(raw.only !== undefined && { only: defined(raw.only) as SinkFilter }),
    ...(raw.batch !== undefined && { batch: defined(raw.batch) }),
    ...defined({ concurrency: raw.concurrency, tries: raw.tries, drain: raw.drain }),
  };
  const { otlp, ndjson, hec, elastic, datadog, azureMonitor, eventHub, blob } = raw;
  const sinks: (Sink | null)[] = [
    otlp === undefined ? null : { kind: 'otlp', ...common, ...defined(otlp), headers: otlp.headers ?? {} },
    ndjson === undefined ? null : { kind: 'ndjson', ...common, ...defined(ndjson), headers: ndjson.headers ?? {} },
    hec === undefined
      ? null
      : {
          kind: 'hec',
          ...common,
          url: hec.url,
          headers: { authorization: `Splunk ${hec.token}` },
          ...defined({ index: hec.index, source: hec.source, sourcetype: hec.sourcetype }),
        },
    elastic === undefined
      ? null
      : {
          kind: 'elastic',
          ...common,
          url: elastic.url,
          index: elastic.index ?? 'logs-azure.diagnostics-default',
          headers: { ...(elastic.apiKey !== undefined && { authorization: `ApiKey ${elastic.apiKey}` }), ...elastic.headers },
        },
    datadog === undefined ? null : { kind: 'datadog', ...common, ...datadogOf(datadog) },
    azureMonitor === undefined
      ? null
      : {
          kind: 'azureMonitor',
          ...common,
          url: ingestionUrl(azureMonitor),
          headers: {},
          scope: 'https://monitor.azure.com/.default',
        },
    eventHub === undefined
      ? null
      : {
          kind: 'eventHub',
          ...common,
          hub: eventHub.hub,
          namespace: eventHub.namespace ?? '',
          connection: eventHub.connection ?? '',
        },
    blob === undefined ? null : { kind: 'blob', ...common, url: blob.url ?? '', connection: blob.connection ?? '' },
  ];
  return sinks.filter((sink) => sink !== null);
}

function datadogOf({
  apiKey,
  site = 'datadoghq.com',
  url: logs,
  metricsUrl,
  service,
  tags,
  resourceTags,
}: NonNullable<RawSink['datadog']>) {
  return {
    url: logs ?? `https://http-intake.logs.${site}/api/v2/logs`,
    metricsUrl: metricsUrl ?? `https://api.${site}/api/v2/series`,
    headers: { 'dd-api-key': apiKey },
    ...defined({ service, tags, resourceTags }),
  };
}

/** https://learn.microsoft.com/en-us/azure/azure-monitor/logs/logs-ingestion-api-overview */
function ingestionUrl({ endpoint, rule, stream }: NonNullable<RawSink['azureMonitor']>): string {
  if (endpoint === '') return '';
  return `${endpoint.replace(/\/+$/, '')}/dataCollectionRules/${rule}/streams/${stream}?api-version=2023-01-01`;
}

function redactionOf({ content = true, secrets = true, emails = true }: NonNullable<RawSink['redact']>): Redaction {
  return { content, secrets, emails };
}

type Defined<Raw> = { [Key in keyof Raw]: Exclude<Raw[Key], undefined> };

/** Without the members that are not given. */
function defined<Raw extends object>(raw: Raw): Defined<Raw> {
  return Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== undefined)) as Defined<Raw>;
}

const SECRETS = ['token', 'apiKey', 'connection'] as const;
const ADDRESSES = ['url', 'metricsUrl', 'endpoint'] as const;

export function checkSinks(sinks: readonly RawSink[], problems: Scope): void {
  for (const [index, sink] of sinks.entries()) {
    const given = KINDS.filter((kind) => sink[kind] !== undefined);
    if (given.length !== 1) {
      problems.report('TCN-C003', ['sinks', index], 'a sink has one kind', { hint: `one of ${KINDS.join(', ')}` });
    }
    for (const kind of given) {
      const members = sink[kind] as Readonly<Record<string, unknown>>;
      for (const name of SECRETS) checkSecret(members[name], ['sinks', index, kind, name], problems);
      for (const name of ADDRESSES) checkAddress(members[name], ['sinks', index, kind, name], problems);
    }
    const { blob, eventHub } = sink;
    if (blob !== undefined && (blob.url === undefined) === (blob.connection === undefined)) {
      problems.report('TCN-C003', ['sinks', index, 'blob'], 'a storage account has a `url` or a `connection`');
    }
    if (eventHub !== undefined && (eventHub.namespace === undefined) === (eventHub.connection === undefined)) {
      problems.report('TCN-C003', ['sinks', index, 'eventHub'], 'a hub has a `namespace` or a `connection`');
    }
  }
}

type Path = readonly (string | number)[];

function checkSecret(written: unknown, path: Path, problems: Scope): void {
  if (typeof written !== 'string' || written === '' || REFERENCE.test(written)) return;
  const hint = `put it into an app setting and write ${EXAMPLE} here`;
  problems.report('TCN-C003', path, 'a secret stands in a file', { severity: 'warning', hint });
}

function checkAddress(written: unknown, path: Path, problems: Scope): void {
  if (typeof written !== 'string' || written === '' || written.includes('${') || URL.canParse(written)) return;
  problems.report('TCN-C003', path, 'not a URL', { hint: `write https://… or ${EXAMPLE}` });
}

/** Grows with every change of a name or value below; sent as the version of the instrumentation scope. docs/forwarding-mapping.md is made of this file. */
export const MAPPING_VERSION = 3;
export const SCOPE_NAME = 'tocsin.forward';
/** https://github.com/open-telemetry/semantic-conventions, docs/azure/azure-events.md */
export const EVENT_NAME = 'azure.resource.log';

/** Where a name comes from. */
export const CITATIONS = {
  'semconv azure': {
    what: 'OpenTelemetry semantic conventions, Azure',
    url: 'https://github.com/open-telemetry/semantic-conventions/blob/v1.41.1/docs/registry/attributes/azure.md',
  },
  'semconv cloud': {
    what: 'OpenTelemetry semantic conventions, cloud',
    url: 'https://github.com/open-telemetry/semantic-conventions/blob/v1.41.1/docs/registry/attributes/cloud.md',
  },
  'semconv http': {
    what: 'OpenTelemetry semantic conventions, HTTP, URL and user agent',
    url: 'https://github.com/open-telemetry/semantic-conventions/blob/v1.41.1/docs/registry/attributes/http.md',
  },
  'semconv general': {
    what: 'OpenTelemetry semantic conventions, network, error, log and user',
    url: 'https://github.com/open-telemetry/semantic-conventions/tree/v1.41.1/docs/registry/attributes',
  },
  'semconv gen-ai': {
    what: 'OpenTelemetry semantic conventions, generative AI',
    url: 'https://github.com/open-telemetry/semantic-conventions/blob/v1.41.1/docs/registry/attributes/gen-ai.md',
  },
  'azure encoding extension': {
    what: 'Azure encoding extension of the OpenTelemetry collector, internal/unmarshaler/logs at 1794f946',
    url: 'https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/extension/encoding/azureencodingextension',
  },
  'azure resource detector': {
    what: 'Azure detector of the resource detection processor of the OpenTelemetry collector',
    url: 'https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/processor/resourcedetectionprocessor/internal/azure',
  },
  tocsin: { what: 'Tocsin: nobody has named it yet', url: null },
} as const;

export type Citation = keyof typeof CITATIONS;

/** An attribute; `from` says of what it is made. */
interface Mapped {
  readonly from: string;
  readonly to: string;
  readonly by: Citation;
}

/** How a value is turned: `as it is`; a whole number; the sum of a list of counts; .NET ticks as digits and as RFC 3339; see `convert.ts`. */
export type Conversion = 'as it is' | 'integer' | 'number' | 'sum' | 'ticks' | 'streaming' | 'body' | 'left out';

export interface PropertyRule {
  /** Key of `properties`, spelled as Azure sends it. */
  readonly from: string;
  readonly to: readonly string[];
  readonly as: Conversion;
  /** Of the first; `second` of the second. */
  readonly by: Citation;
  readonly second?: Citation;
}

/** Attributes of the resource, of what the record's resource id, tenant and location say, and of what the inventory knows of it. */
export const RESOURCE = {
  provider: { from: 'always `azure`', to: 'cloud.provider', by: 'semconv cloud' },
  id: { from: '`resourceId`', to: 'cloud.resource_id', by: 'semconv cloud' },
  subscription: { from: '`resourceId`: subscription', to: 'cloud.account.id', by: 'semconv cloud' },
  region: { from: '`location`, else the inventory', to: 'cloud.region', by: 'semconv cloud' },
  group: { from: '`resourceId`: resource group', to: 'azure.resource_group.name', by: 'azure encoding extension' },
  namespace: { from: '`resourceId`: provider', to: 'azure.resource_provider.namespace', by: 'semconv azure' },
  type: { from: '`resourceId`: provider and types, in lower case', to: 'azure.resource.type', by: 'tocsin' },
  name: { from: '`resourceId`: names', to: 'azure.resource.name', by: 'tocsin' },
  kind: { from: 'the inventory', to: 'azure.resource.kind', by: 'tocsin' },
  tenant: { from: '`tenantId`', to: 'azure.tenant.id', by: 'azure encoding extension' },
} as const satisfies Record<string, Mapped>;

/** Put before the name of a tag of the resource. */
export const TAG = { prefix: 'azure.tag.', by: 'azure resource detector' } as const satisfies { prefix: string; by: Citation };

/** Attributes of Azure OpenAI's records beside those of their properties. */
export const OPENAI_RECORD = {
  provider: { from: '`properties.apiName`', to: 'gen_ai.provider.name', by: 'semconv gen-ai' },
  operation: { from: '`operationName`', to: 'gen_ai.operation.name', by: 'semconv gen-ai' },
  api: { from: '`operationName`', to: 'openai.api.type', by: 'semconv gen-ai' },
  status: { from: '`resultSignature`, where it is a number', to: 'http.response.status_code', by: 'semconv http' },
  error: { from: '`resultSignature` from 400', to: 'error.type', by: 'semconv general' },
} as const satisfies Record<string, Mapped>;

/** The metric of tokens and its attributes: https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/ */
export const TOKEN_USAGE = {
  metric: 'gen_ai.client.token.usage',
  unit: '{token}',
  type: 'gen_ai.token.type',
  operation: OPENAI_RECORD.operation.to,
  provider: OPENAI_RECORD.provider.to,
  requestModel: 'gen_ai.request.model',
  model: 'gen_ai.response.model',
  deployment: 'azure.ai.openai.deployment.name',
  caller: 'network.peer.address',
} as const;

/** Attributes of every log record, of the members around `properties`. */
export const RECORD = {
  category: {
    from: '`category`; of rows of tables `Type`, of alerts of Defender `SecurityAlert`',
    to: 'azure.category',
    by: 'azure encoding extension',
  },
  operationName: { from: '`operationName`', to: 'azure.operation.name', by: 'azure encoding extension' },
  operationVersion: { from: '`operationVersion`', to: 'azure.operation.version', by: 'azure encoding extension' },
  resultType: { from: '`resultType`', to: 'azure.result.type', by: 'azure encoding extension' },
  resultSignature: { from: '`resultSignature`', to: 'azure.result.signature', by: 'azure encoding extension' },
  resultDescription: { from: '`resultDescription`', to: 'azure.result.description', by: 'azure encoding extension' },
  correlationId: { from: '`correlationId`', to: 'azure.correlation_id', by: 'azure encoding extension' },
  durationMs: { from: '`durationMs`, milliseconds', to: 'azure.operation.duration', by: 'azure encoding extension' },
  callerIpAddress: { from: '`callerIpAddress`', to: 'network.peer.address', by: 'semconv general' },
  unparsedProperties: {
    from: '`properties`, where they are text that is no object',
    to: 'azure.properties',
    by: 'azure encoding extension',
  },
  uid: { from: 'a hash of content, resource and place in the body', to: 'log.record.uid', by: 'semconv general' },
  timeFrom: { from: '`enqueued`, where no time could be read', to: 'tocsin.time.from', by: 'tocsin' },
  unparsed: { from: 'why the record could not be parsed; the body is its text', to: 'tocsin.unparsed', by: 'tocsin' },
} as const satisfies Record<string, Mapped>;

/** Other members of a record keep their names behind this prefix, apart from those that `properties` hold. */
export const OTHER_PREFIX = 'azure.record.';
/** Personal data: sent only by those who ask for it (semconv marks `user.id` and `user.email` as opt-in), which a later version lets them. */
export const LEFT_OUT: ReadonlySet<string> = new Set(['identity']);

const OPENAI: readonly PropertyRule[] = [
  { from: 'apiName', to: ['azure.ai.openai.api.name'], as: 'as it is', by: 'tocsin' },
  {
    from: 'modelDeploymentName',
    to: ['gen_ai.request.model', 'azure.ai.openai.deployment.name'],
    as: 'as it is',
    by: 'semconv gen-ai',
    second: 'tocsin',
  },
  { from: 'modelName', to: ['gen_ai.response.model'], as: 'as it is', by: 'semconv gen-ai' },
  { from: 'modelVersion', to: ['azure.ai.openai.model.version'], as: 'as it is', by: 'tocsin' },
  { from: 'streamType', to: ['gen_ai.request.stream'], as: 'streaming', by: 'semconv gen-ai' },
  { from: 'promptTokens', to: ['gen_ai.usage.input_tokens'], as: 'sum', by: 'semconv gen-ai' },
  { from: 'generatedTokens', to: ['gen_ai.usage.output_tokens'], as: 'sum', by: 'semconv gen-ai' },
  { from: 'cachedTokens', to: ['gen_ai.usage.cache_read.input_tokens'], as: 'sum', by: 'semconv gen-ai' },
  { from: 'requestLength', to: ['http.request.body.size'], as: 'integer', by: 'semconv http' },
  { from: 'responseLength', to: ['http.response.body.size'], as: 'integer', by: 'semconv http' },
  { from: 'requestTime', to: ['azure.ai.openai.request.ticks', 'azure.ai.openai.request.time'], as: 'ticks', by: 'tocsin' },
  { from: 'responseTime', to: ['azure.ai.openai.response.ticks', 'azure.ai.openai.response.time'], as: 'ticks', by: 'tocsin' },
  { from: 'objectId', to: ['user.id'], as: 'left out', by: 'semconv general' },
];

const MACHINE_LEARNING: readonly PropertyRule[] = [
  { from: 'Method', to: ['http.request.method'], as: 'as it is', by: 'semconv http' },
  { from: 'Path', to: ['url.path'], as: 'as it is', by: 'semconv http' },
  { from: 'ResponseCode', to: ['http.response.status_code'], as: 'integer', by: 'semconv http' },
  { from: 'RequestPayloadSize', to: ['http.request.body.size'], as: 'integer', by: 'semconv http' },
  { from: 'ResponsePayloadSize', to: ['http.response.body.size'], as: 'integer', by: 'semconv http' },
  { from: 'UserAgent', to: ['user_agent.original'], as: 'as it is', by: 'semconv http' },
  { from: 'TotalDurationMs', to: ['azure.operation.duration'], as: 'number', by: 'azure encoding extension' },
  { from: 'Message', to: ['body'], as: 'body', by: 'tocsin' },
];

const ANY: readonly PropertyRule[] = [
  { from: 'message', to: ['body'], as: 'body', by: 'azure encoding extension' },
  { from: 'Message', to: ['body'], as: 'body', by: 'azure encoding extension' },
];

/** `Tenant` is a region, whatever its name says. */
const OPENAI_OTHERS: ReadonlyMap<string, string> = new Map([
  ['event', 'azure.ai.openai.event'],
  ['Tenant', 'azure.ai.openai.region'],
]);

/** A group of categories whose properties are named alike. Properties that no rule names keep their name, behind `prefix` if any. */
export interface Family {
  readonly name: 'Azure OpenAI and model inference' | 'Azure Machine Learning' | 'any other category';
  readonly rules: ReadonlyMap<string, PropertyRule>;
  /** Put before the name in snake case: `EndpointName` → `azure.ml.endpoint_name`. `null`: the name stays as it is. */
  readonly prefix: string | null;
  /** Members beside `properties`, by their names. */
  readonly others: ReadonlyMap<string, string>;
}

export const FAMILIES = {
  openai: { name: 'Azure OpenAI and model inference', rules: byKey(OPENAI), prefix: null, others: OPENAI_OTHERS },
  machineLearning: { name: 'Azure Machine Learning', rules: byKey(MACHINE_LEARNING), prefix: 'azure.ml.', others: new Map() },
  any: { name: 'any other category', rules: byKey(ANY), prefix: null, others: new Map() },
} satisfies Record<string, Family>;

export const OPENAI_CATEGORIES: ReadonlySet<string> = new Set(['RequestResponse', 'AzureOpenAIRequestUsage']);

export function familyOf(category: string): Family {
  if (OPENAI_CATEGORIES.has(category)) return FAMILIES.openai;
  return category.startsWith('Aml') ? FAMILIES.machineLearning : FAMILIES.any;
}

/** `gen_ai.operation.name` and, where the convention has one, `openai.api.type`, of the operation. */
export const OPERATIONS: ReadonlyMap<string, { readonly operation: string; readonly api: string | null }> = new Map([
  ['ChatCompletions_Create', { operation: 'chat', api: 'chat_completions' }],
  ['Responses_Create', { operation: 'chat', api: 'responses' }],
  ['Completions_Create', { operation: 'text_completion', api: null }],
  ['Embeddings_Create', { operation: 'embeddings', api: null }],
]);

/** `gen_ai.provider.name` of the API's name as Azure sends it. */
export function providerOf(apiName: string): string | null {
  if (apiName.startsWith('Azure OpenAI')) return 'azure.ai.openai';
  return /inference/i.test(apiName) ? 'azure.ai.inference' : null;
}

/** OpenTelemetry's severity number of Azure's level, as a word or as Azure's number (1 critical … 5 verbose). */
export const SEVERITIES: ReadonlyMap<string, number> = new Map([
  ['verbose', 5],
  ['debug', 5],
  ['trace', 1],
  ['5', 5],
  ['informational', 9],
  ['low', 9],
  ['information', 9],
  ['info', 9],
  ['4', 9],
  ['warning', 13],
  ['medium', 13],
  ['warn', 13],
  ['3', 13],
  ['error', 17],
  ['high', 17],
  ['2', 17],
  ['critical', 21],
  ['fatal', 21],
  ['1', 21],
  ['0', 21],
]);

function byKey(rules: readonly PropertyRule[]): ReadonlyMap<string, PropertyRule> {
  return new Map(rules.map((rule) => [rule.from, rule]));
}

/*
 * Diagnostic records of the kinds and sizes that a hub of an AI estate carries, made anew with every number different, so that
 * compression sees what it would see in the field: 56 % Azure OpenAI requests, 8 % usage, 6 % audit, 7 % gateway, 5 % activity log,
 * 12 % Azure ML, 6 % platform metrics; about 1 KB a record.
 */

type Random = () => number;
type Make = (random: Random) => object;

/** mulberry32: the same numbers for the same seed on every machine. */
function mulberry32(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const SUBSCRIPTION = '/SUBSCRIPTIONS/0F3B2A10-5C1E-4E21-9D50-6A1B2C3D4E5F/RESOURCEGROUPS/RG-AI-WEST/PROVIDERS/';
const ACCOUNTS = ['CHAT-WE', 'CHAT-SC', 'CHAT-EUS2'].map((name) => `${SUBSCRIPTION}MICROSOFT.COGNITIVESERVICES/ACCOUNTS/${name}`);
const WORKSPACE = `${SUBSCRIPTION}MICROSOFT.MACHINELEARNINGSERVICES/WORKSPACES/MLW-WEST`;
const GATEWAY = `${SUBSCRIPTION}MICROSOFT.APIMANAGEMENT/SERVICE/APIM-AI`;

const whole = (random: Random, limit: number): number => Math.floor(random() * limit);
const pick = <Item>(random: Random, items: readonly Item[]): Item => items[whole(random, items.length)] as Item;
const hex = (random: Random, length: number): string => Array.from({ length }, () => whole(random, 16).toString(16)).join('');
const guid = (random: Random): string => [8, 4, 4, 4, 12].map((length) => hex(random, length)).join('-');
const digits = (random: Random, count: number): string => Array.from({ length: count }, () => whole(random, 10)).join('');
const time = (random: Random): string => {
  const at = new Date(Date.UTC(2026, 2, 10) + whole(random, 8 * 86_400_000));
  return `${at.toISOString().slice(0, 19)}.${digits(random, 7)}Z`;
};
/** Becomes a bare integer in the text. */
const ticks = (random: Random): string => `#6387${digits(random, 14)}#`;

const request: Make = (random) => ({
  Tenant: 'westeurope',
  callerIpAddress: `20.51.${whole(random, 255)}.***`,
  category: 'RequestResponse',
  correlationId: guid(random),
  durationMs: whole(random, 5_000),
  event: 'ShoeboxCallResult',
  location: 'westeurope',
  operationName: pick(random, ['ChatCompletions_Create', 'Embeddings_Create', 'Responses_Create']),
  properties: {
    apiName: 'Azure OpenAI API version 2024-10-21',
    requestTime: ticks(random),
    requestLength: whole(random, 60_000),
    responseTime: ticks(random),
    responseLength: whole(random, 60_000),
    objectId: '',
    streamType: pick(random, ['Streaming', 'Non-Streaming']),
    modelDeploymentName: pick(random, ['gpt-4o-chat', 'gpt-4o-mini-batch', 'text-embedding-3-large']),
    modelName: pick(random, ['gpt-4o', 'gpt-4o-mini', 'text-embedding-3-large']),
    modelVersion: '2024-11-20',
  },
  resourceId: pick(random, ACCOUNTS),
  resultSignature: pick(random, ['200', '200', '200', '429', '503']),
  time: time(random),
});

const asText =
  (make: Make): Make =>
  (random) => {
    const record = make(random) as { properties: object };
    return { ...record, properties: JSON.stringify(record.properties).replace(/"#(\d+)#"/g, '$1') };
  };

const usage: Make = (random) => {
  const record = request(random) as { properties: object };
  const tokens = { promptTokens: [whole(random, 9_000)], generatedTokens: [whole(random, 900)], cachedTokens: [0] };
  return { ...record, category: 'AzureOpenAIRequestUsage', properties: { ...record.properties, ...tokens } };
};

const audit: Make = (random) => ({
  AssetIdentity: guid(random),
  Tenant: 'westeurope',
  category: 'Audit',
  operationName: 'ListKey',
  properties: { objectId: guid(random) },
  resourceId: pick(random, ACCOUNTS),
  time: time(random),
});

const body = (random: Random): string =>
  JSON.stringify({
    id: `chatcmpl-${hex(random, 24)}`,
    choices: [
      {
        index: 0,
        finish_reason: 'stop',
        message: { role: 'assistant', content: `${hex(random, 160)} ${'an answer of some length '.repeat(14)}` },
      },
    ],
    usage: { prompt_tokens: whole(random, 900), completion_tokens: whole(random, 300) },
  });

const gateway: Make = (random) => {
  const answer = body(random);
  const question = JSON.stringify({
    model: 'gpt-4o-chat',
    messages: [{ role: 'user', content: `${'a question of some length '.repeat(8)}${hex(random, 60)}` }],
  });
  return {
    DeploymentVersion: '0.44.1.0',
    Level: 4,
    Sku: 'Basic',
    callerIpAddress: `81.2.69.${whole(random, 255)}`,
    category: 'GatewayLogs',
    correlationId: guid(random),
    durationMs: whole(random, 5_000),
    isRequestSuccess: true,
    location: 'West Europe',
    operationName: 'Microsoft.ApiManagement/GatewayLogs',
    properties: {
      apiId: 'azure-openai-api',
      method: 'POST',
      url: `https://apim-ai.azure-api.net/deployments/gpt-4o-chat/chat/completions?api-version=2024-10-21`,
      backendMethod: 'POST',
      backendResponseCode: 200,
      backendTime: whole(random, 900),
      requestBody: question,
      backendRequestBody: question,
      responseBody: answer,
      backendResponseBody: answer,
      responseCode: 200,
      responseSize: whole(random, 9_000),
    },
    resourceId: GATEWAY,
    time: time(random),
  };
};

const activity: Make = (random) => ({
  time: time(random),
  resourceId: `${pick(random, ACCOUNTS)}/DEPLOYMENTS/GPT-4O-CHAT`,
  operationName: 'MICROSOFT.COGNITIVESERVICES/ACCOUNTS/DEPLOYMENTS/WRITE',
  category: 'Administrative',
  resultType: 'Success',
  resultSignature: 'Succeeded.',
  durationMs: whole(random, 5_000),
  callerIpAddress: '111.93.54.106',
  correlationId: guid(random),
  identity: {
    authorization: {
      scope: pick(random, ACCOUNTS),
      action: 'Microsoft.CognitiveServices/accounts/deployments/write',
      evidence: { role: 'Owner', principalId: hex(random, 32) },
    },
    claims: Object.fromEntries(
      Array.from({ length: 14 }, (_, index) => [`http://schemas.example.org/claims/${index}`, hex(random, 36)]),
    ),
  },
  level: 'Information',
  location: 'global',
});

const traffic: Make = (random) => ({
  time: time(random),
  resourceId: `${WORKSPACE}/ONLINEENDPOINTS/SCORE`,
  operationName: 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints/traffic',
  category: 'AmlOnlineEndpointTrafficLog',
  level: 'Informational',
  location: 'westeurope',
  properties: {
    Method: 'POST',
    Path: '/score',
    EndpointName: 'score',
    DeploymentName: pick(random, ['blue', 'green']),
    Protocol: 'HTTP/1.1',
    ResponseCode: '200',
    ModelStatusCode: '200',
    RequestPayloadSize: `${whole(random, 5_000)}`,
    ResponsePayloadSize: `${whole(random, 5_000)}`,
    UserAgent: 'python-httpx/0.27.0',
    XRequestId: guid(random),
    TotalDurationMs: `${whole(random, 900)}.${whole(random, 10)}`,
    RequestDurationMs: '0.4',
    ResponseDurationMs: `${whole(random, 900)}`,
  },
  correlationId: guid(random),
});

const metric: Make = (random) => ({
  count: whole(random, 100),
  total: whole(random, 90_000),
  minimum: whole(random, 10),
  maximum: whole(random, 900),
  average: whole(random, 9_000) / 7,
  resourceId: pick(random, ACCOUNTS),
  time: `${time(random).slice(0, 17)}00.0000000Z`,
  metricName: pick(random, ['ModelRequests', 'InputTokens', 'OutputTokens', 'TimeToResponse', 'ProvisionedUtilization']),
  timeGrain: 'PT1M',
});

const KINDS: readonly (readonly [weight: number, make: Make])[] = [
  [46, request],
  [10, asText(request)],
  [8, usage],
  [6, audit],
  [7, gateway],
  [5, activity],
  [12, traffic],
  [6, metric],
];

function recordText(random: Random): string {
  let draw = random() * 100;
  let make: Make = request;
  for (const [weight, candidate] of KINDS) {
    make = candidate;
    draw -= weight;
    if (draw < 0) break;
  }
  return JSON.stringify(make(random)).replace(/"#(\d+)#"/g, '$1');
}

/** Batches of message bodies. */
export function makeBatches(batches: number, bodies: number, records: number): readonly (readonly Buffer[])[] {
  const random = mulberry32(1);
  return Array.from({ length: batches }, () =>
    Array.from({ length: bodies }, () =>
      Buffer.from(`{"records":[${Array.from({ length: records }, () => recordText(random)).join(',')}]}`),
    ),
  );
}

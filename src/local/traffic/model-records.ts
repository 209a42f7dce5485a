import type { Call } from './calls.ts';
import type { TrafficAccount, TrafficDeployment } from './estate.ts';

/** .NET ticks (100 ns since 0001-01-01) of a time in epoch ms; beyond 2^53, so as text. */
function ticks(time: number, fraction: number): string {
  return (BigInt(time) * 10_000n + 621_355_968_000_000_000n + BigInt(fraction)).toString();
}

/** Seven digits of fraction, as Azure writes record times. */
function recordTime(time: number, fraction: number): string {
  return `${new Date(time).toISOString().slice(0, -1)}${String(fraction).padStart(4, '0')}Z`;
}

/**
 * The RequestResponse record of a call, as JSON text: `requestTime` and `responseTime` are integers beyond 2^53 that no JavaScript
 * number holds. Most records carry `properties` as JSON text, one in eight as an object: Azure sends both.
 */
export function requestResponse(account: TrafficAccount, deployment: TrafficDeployment | null, call: Call): string {
  const fraction = Number.parseInt(call.correlationId.slice(0, 4), 16) % 10_000;
  const members = [
    `"apiName":"Azure OpenAI API version 2024-10-21"`,
    `"requestTime":${ticks(call.at, fraction)}`,
    `"requestLength":${420 + call.promptTokens * 4}`,
    `"responseTime":${ticks(call.at + call.duration, fraction)}`,
    `"responseLength":${300 + call.outputTokens * 4}`,
    `"objectId":""`,
  ];
  if (deployment !== null) {
    members.push(
      `"streamType":"${call.streaming ? 'Streaming' : 'Non-Streaming'}"`,
      `"modelDeploymentName":"${deployment.name}"`,
      `"modelName":"${deployment.model.name}"`,
      `"modelVersion":"${deployment.model.version}"`,
    );
  }
  const properties = `{${members.join(',')}}`;
  const asObject = Number.parseInt(call.correlationId.slice(-1), 16) < 2;
  return `{${[
    ...common(account, call, fraction, 'RequestResponse', 'ShoeboxCallResult', operationOf(deployment)),
    `"properties":${asObject ? properties : JSON.stringify(properties)}`,
  ].join(',')}}`;
}

/** The usage record of a successful call. Each count is an array of one, as public toolkits report. */
export function requestUsage(account: TrafficAccount, deployment: TrafficDeployment, call: Call): string {
  const fraction = Number.parseInt(call.correlationId.slice(0, 4), 16) % 10_000;
  const properties = JSON.stringify({
    promptTokens: [call.promptTokens],
    cachedTokens: [0],
    generatedTokens: [call.outputTokens],
    modelDeploymentName: deployment.name,
    modelName: deployment.model.name,
    modelVersion: deployment.model.version,
  });
  return `{${[
    ...common(account, call, fraction, 'AzureOpenAIRequestUsage', 'ShoeboxAzureOpenAIRequestUsage', operationOf(deployment)),
    `"properties":${JSON.stringify(properties)}`,
  ].join(',')}}`;
}

/** The RequestResponse record of a call to a service that is no language model: it names no deployment. */
export function serviceCall(
  account: TrafficAccount,
  operationName: string,
  status: number,
  at: number,
  durationMs: number,
  correlationId: string,
): string {
  return JSON.stringify({
    time: new Date(at + durationMs).toISOString(),
    resourceId: account.id.toUpperCase(),
    Tenant: account.location,
    operationName,
    category: 'RequestResponse',
    event: 'ShoeboxCallResult',
    location: account.location,
    resultSignature: String(status),
    durationMs,
    callerIpAddress: '10.0.4.***',
    correlationId,
    properties: JSON.stringify({ apiName: 'Text Analytics', requestLength: 900, responseLength: 400, objectId: '' }),
  });
}

function common(
  account: TrafficAccount,
  call: Call,
  fraction: number,
  category: string,
  event: string,
  operation: string,
): readonly string[] {
  return [
    `"time":"${recordTime(call.at + call.duration, fraction)}"`,
    `"resourceId":"${account.id.toUpperCase()}"`,
    `"Tenant":"${account.location}"`,
    `"operationName":"${operation}"`,
    `"category":"${category}"`,
    `"event":"${event}"`,
    `"location":"${account.location}"`,
    `"resultSignature":"${call.status}"`,
    `"durationMs":${call.duration}`,
    `"callerIpAddress":"${call.caller}"`,
    `"correlationId":"${call.correlationId}"`,
  ];
}

export function operationOf(deployment: TrafficDeployment | null): string {
  if (deployment === null) return 'ChatCompletions_Create';
  return deployment.workload.output.max === 0 ? 'Embeddings_Create' : 'ChatCompletions_Create';
}

import { type MetricFacts, metricsOf } from './catalogue.ts';
import { nearest } from './suggest.ts';

/*
 * Names of metrics that people find in documents, templates and public code and that Azure does not take, or takes for something else.
 * MDI is Microsoft's page "Monitor model deployments in Azure AI model inference".
 */

/** What to use instead of a name, and why it was written; names of the accounts' metrics. */
const MISPRINTED: Readonly<Record<string, string>> = {
  TokensCacheMatchRate:
    'MDI prints this name for provisioned utilization: use `ProvisionedUtilization`; for the cache, `AzureOpenAIContextTokensCacheMatchRate`',
  ModelRequestsServiceErrors: 'use `ModelRequests` with `where: { StatusCode: [">=500"] }`',
  ProvisionedConsumedTokens: 'use `ActiveTokens`',
  PromptTokenTransaction: 'use `InputTokens`',
  GeneratedTokenTransaction: 'use `OutputTokens`',
  GeneratedCompletionTokens: 'use `OutputTokens`',
  ProcessedInferenceTokens: 'use `TotalTokens`',
  AzureOpenAIServerErrors: 'use `ModelRequests` with `where: { StatusCode: [">=500"] }`',
};

/** What says the same of Azure OpenAI accounts as a metric that Azure's reference tells not to use for them. */
const LEGACY: Readonly<Record<string, string>> = {
  BlockedCalls: '`ModelRequests` with `where: { StatusCode: ["429"] }`',
  ClientErrors: '`ModelRequests` with `where: { StatusCode: [">=400"] }`',
  DataIn: '`InputTokens`',
  DataOut: '`OutputTokens`',
  Latency: '`TimeToResponse`',
  Ratelimit: '`ModelRequests` with `where: { StatusCode: ["429"] }`',
  ServerErrors: '`ModelRequests` with `where: { StatusCode: [">=500"] }`',
  SuccessfulCalls: '`ModelRequests` with `where: { StatusCode: ["<400"] }`',
  TotalCalls: '`ModelRequests`',
  TotalErrors: '`ModelRequests` with `where: { StatusCode: [">=400"] }`',
  SuccessRate: '`ModelAvailabilityRate`, or `ModelRequests` as a ratio',
};

/** Dimensions that MDI lists for a metric which does not have them. */
const MISPRINTED_DIMENSIONS: Readonly<Record<string, readonly string[]>> = {
  ModelAvailabilityRate: ['ApiName', 'OperationName', 'StreamType'],
};

/** What to write instead of a name that the type has no (living) metric of: `null` where nothing is near. */
export function adviceOnName(type: string, written: string): string | null {
  const living = metricsOf(type).filter(({ status }) => status === 'current' || status === 'preview');
  const names = living.map(({ name }) => name);
  const bare = written.trim();
  if (bare !== written && names.includes(bare))
    return `without the blank at its ${written.startsWith(' ') ? 'beginning' : 'end'}: \`${bare}\``;
  const misprinted = MISPRINTED[bare];
  if (misprinted !== undefined) return misprinted;
  const spelled = names.find((name) => name.toLowerCase() === bare.toLowerCase());
  if (spelled !== undefined) return `names are case-sensitive: \`${spelled}\``;
  const shown = living.filter(({ displayName }) => displayName.toLowerCase() === bare.toLowerCase());
  const best = shown.find(({ supersededBy }) => supersededBy === null) ?? shown[0];
  if (best !== undefined) return `that is how the portal shows \`${best.name}\``;
  const near = nearest(bare, names);
  return near === null ? null : `did you mean \`${near}\`?`;
}

/** What to use for Azure OpenAI accounts instead of a metric that is not meant for them. */
export function insteadOfLegacy({ name }: MetricFacts): string {
  const instead = LEGACY[name];
  return `${instead === undefined ? '' : `use ${instead}, or `}give the target set \`kinds:\` without OpenAI`;
}

/** Whether Microsoft's page lists the dimension for the metric although it has none such. */
export function isMisprintedDimension({ name }: MetricFacts, dimension: string): boolean {
  return MISPRINTED_DIMENSIONS[name]?.includes(dimension) ?? false;
}

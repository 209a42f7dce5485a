import type { Deployment, Quota } from '../model/deployment.ts';
import type { CapacityName } from '../model/rule.ts';
import type { Target } from '../model/target.ts';
import type { Arm } from './arm.ts';
import { fieldOf, listOf, numberOf, textOf } from './fields.ts';

/*
 * What Azure Resource Manager says of what is deployed inside targets: limits, models and their retirement, quotas.
 */

const COGNITIVE_API = '2024-10-01';
const MACHINE_LEARNING_API = '2024-10-01';

export const ACCOUNTS = 'microsoft.cognitiveservices/accounts';
const WORKSPACES = 'microsoft.machinelearningservices/workspaces';
const ENDPOINTS = `${WORKSPACES}/onlineendpoints`;
const ENDPOINT_DEPLOYMENTS = `${ENDPOINTS}/deployments`;

/** Everything deployed inside a target; none where its type has no such thing. */
export async function deploymentsOf(arm: Arm, target: Target): Promise<readonly Deployment[]> {
  if (target.type === ACCOUNTS) {
    const deployments = await arm.list(`${target.id}/deployments?api-version=${COGNITIVE_API}`);
    return deployments.flatMap(modelDeployment);
  }
  if (target.type === WORKSPACES) {
    const endpoints = await arm.list(`${target.id}/onlineEndpoints?api-version=${MACHINE_LEARNING_API}`);
    const ids = endpoints.flatMap((endpoint) => textOf(endpoint, 'id') ?? []);
    return (await Promise.all(ids.map((id) => endpointDeployments(arm, id)))).flat();
  }
  if (target.type === ENDPOINTS) return endpointDeployments(arm, target.id);
  if (target.type !== ENDPOINT_DEPLOYMENTS) return [];
  const siblings = await endpointDeployments(arm, target.id.split('/').slice(0, -2).join('/'));
  const own = target.id.split('/').at(-1);
  return siblings.filter(({ labels }) => labels.Deployment?.toLowerCase() === own);
}

/** A model that the account's region offers, by name and version in lower case. */
export interface ModelFacts {
  readonly retiresAt: number | null;
  readonly lifecycle: string;
}

export async function modelsOf(arm: Arm, account: Target): Promise<ReadonlyMap<string, ModelFacts>> {
  const models = await arm.list(`${account.id}/models?api-version=${COGNITIVE_API}`);
  return new Map(
    models.flatMap((item) => {
      const [name, version] = [textOf(item, 'name'), textOf(item, 'version')];
      if (name === null || version === null) return [];
      const date = Date.parse(textOf(fieldOf(item, 'deprecation'), 'inference') ?? '');
      const facts = { retiresAt: Number.isNaN(date) ? null : date, lifecycle: textOf(item, 'lifecycleStatus') ?? '' };
      return [[modelKey(name, version), facts] as const];
    }),
  );
}

export function withLifecycle(deployment: Deployment, models: ReadonlyMap<string, ModelFacts>): Deployment {
  const { ModelName = '', ModelVersion = '' } = deployment.labels;
  return { ...deployment, ...models.get(modelKey(ModelName, ModelVersion)) };
}

function modelKey(name: string, version: string): string {
  return `${name} ${version}`.toLowerCase();
}

/** Quotas of the kind of service that the target is, in its subscription and region; none for any other. */
export async function quotasOf(arm: Arm, { type, subscriptionId, location }: Target): Promise<readonly Quota[]> {
  const cognitive = type === ACCOUNTS;
  if (!cognitive && type !== WORKSPACES) return [];
  const [provider, api] = cognitive
    ? ['Microsoft.CognitiveServices', COGNITIVE_API]
    : ['Microsoft.MachineLearningServices', MACHINE_LEARNING_API];
  const path = `/subscriptions/${subscriptionId}/providers/${provider}/locations/${location}/usages?api-version=${api}`;
  return (await arm.list(path)).flatMap((item): readonly Quota[] => {
    const name = textOf(fieldOf(item, 'name'), 'value');
    const [used, limit] = [numberOf(item, 'currentValue'), numberOf(item, 'limit')];
    // A limit below nothing says that there is none.
    if (name === null || used === null || limit === null || limit < 0) return [];
    return [{ name, region: location, used, limit }];
  });
}

function modelDeployment(item: unknown): readonly Deployment[] {
  const name = textOf(item, 'name');
  if (name === null) return [];
  const properties = fieldOf(item, 'properties');
  const model = fieldOf(properties, 'model');
  const [modelName, version] = [textOf(model, 'name'), textOf(model, 'version')];
  const sku = fieldOf(item, 'sku');
  const skuName = textOf(sku, 'name') ?? '';
  return [
    {
      labels: {
        ModelDeploymentName: name,
        DeploymentName: name,
        ...(modelName !== null && { ModelName: modelName }),
        ...(version !== null && { ModelVersion: version }),
      },
      capacity: modelCapacity(skuName, numberOf(sku, 'capacity'), listOf(properties, 'rateLimits')),
      sku: skuName,
      retiresAt: null,
      lifecycle: '',
    },
  ];
}

/** The unit of a standard deployment's capacity, where Azure does not state its rate limits. */
const TOKENS_PER_UNIT = 1_000;
const STANDARD = /^(?:Global|DataZone)?Standard$/i;

function modelCapacity(sku: string, units: number | null, rateLimits: readonly unknown[]): Deployment['capacity'] {
  if (/provisioned/i.test(sku)) return units === null ? {} : { provisionedUnits: units };
  const tokens = perMinute(rateLimits, 'token') ?? (STANDARD.test(sku) && units !== null ? units * TOKENS_PER_UNIT : null);
  const requests = perMinute(rateLimits, 'request');
  return defined({ tokensPerMinute: tokens, requestsPerMinute: requests });
}

/** A rate limit of so many in so many seconds. */
function perMinute(rateLimits: readonly unknown[], key: string): number | null {
  const limit = rateLimits.find((one) => textOf(one, 'key')?.toLowerCase() === key);
  const [count, seconds] = [numberOf(limit, 'count'), numberOf(limit, 'renewalPeriod')];
  return count === null || seconds === null || seconds <= 0 ? null : (count * 60) / seconds;
}

async function endpointDeployments(arm: Arm, endpointId: string): Promise<readonly Deployment[]> {
  const endpoint = endpointId.split('/').at(-1) ?? '';
  const deployments = await arm.list(`${endpointId}/deployments?api-version=${MACHINE_LEARNING_API}`);
  return deployments.flatMap((item) => {
    const name = textOf(item, 'name')?.split('/').at(-1);
    if (name === undefined) return [];
    return [
      {
        labels: { Deployment: name, DeploymentName: name, Endpoint: endpoint, EndpointName: endpoint },
        capacity: defined({ instances: numberOf(fieldOf(item, 'sku'), 'capacity') }),
        sku: textOf(fieldOf(item, 'properties'), 'instanceType') ?? '',
        retiresAt: null,
        lifecycle: '',
      },
    ];
  });
}

function defined(capacity: Readonly<Partial<Record<CapacityName, number | null>>>): Deployment['capacity'] {
  return Object.fromEntries(Object.entries(capacity).filter(([, value]) => value !== null)) as Deployment['capacity'];
}

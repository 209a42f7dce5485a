import { type Labels, labelKey } from '../model/labels.ts';
import { type Expected, parseResourceId, type Target, type TargetSelector } from '../model/target.ts';
import type { CallOptions, Clock, Inventory } from '../ports.ts';
import { type Arm, createArm } from './arm.ts';
import { createCache } from './cache.ts';
import { literal } from './keys.ts';
import type { AzureAccess } from './loopback.ts';
import { selects, subscriptionsOf } from './selector.ts';

/** Read again after a quarter of an hour; where that fails, an answer serves until it is an hour old. */
const AGES = { fresh: 15 * 60_000, usable: 3_600_000 };

const RESOURCES_API = '2021-04-01';
const COGNITIVE_API = '2024-10-01';
const MACHINE_LEARNING_API = '2024-10-01';

/** A deployment found inside a target, under every name by which metrics and logs speak of it. */
type Child = Readonly<Record<string, string>>;

/**
 * Resources and what is deployed in them, from Azure Resource Manager. `subscriptions` are those that the app watches. An aborted call
 * stops waiting; the reading, which others may share, goes on.
 */
export function createInventory(access: AzureAccess, subscriptions: readonly string[], clock: Clock): Inventory {
  const arm = createArm(access);
  const cache = createCache(clock, AGES);

  async function ofType(subscription: string, type: string): Promise<readonly Target[]> {
    const filter = encodeURIComponent(`resourceType eq ${literal(type)}`);
    const path = `/subscriptions/${subscription}/resources?api-version=${RESOURCES_API}&$filter=${filter}`;
    return cache.get(path, async () => (await arm.list(path)).flatMap((item) => targetOf(item) ?? []));
  }

  async function targets(selectors: readonly TargetSelector[]): Promise<readonly Target[]> {
    const wanted = new Map<string, Promise<readonly Target[]>>();
    for (const selector of selectors) {
      const type = selector.type.toLowerCase();
      for (const subscription of subscriptionsOf(selector) ?? subscriptions) {
        const place = `${subscription.toLowerCase()} ${type}`;
        // A promise that is replaced before anybody waits for it would reject unheard, and that ends the worker.
        if (!wanted.has(place)) wanted.set(place, ofType(subscription.toLowerCase(), type));
      }
    }
    const found = new Map<string, Target>();
    for (const target of (await Promise.all(wanted.values())).flat()) {
      if (selectors.some((selector) => selects(selector, target))) found.set(target.id, target);
    }
    return [...found.values()];
  }

  async function expected(target: Target, labelNames: readonly string[]): Promise<readonly Expected[]> {
    if (labelNames.length === 0) return [{ targetId: target.id, labels: {} }];
    const children = await cache.get(`children of ${target.id}`, () => childrenOf(arm, target));
    const found = new Map<string, Expected>();
    for (const child of children) {
      const labels = labelsOf(child, labelNames);
      if (labels !== null) found.set(labelKey(labels), { targetId: target.id, labels });
    }
    return [...found.values()];
  }

  return {
    targets: (selectors, options) => unlessAborted(targets(selectors), options),
    expected: (target, labelNames, options) => unlessAborted(expected(target, labelNames), options),
  };
}

/** Only when every label asked for is known of the child: a series with other labels is not the one that is expected. */
function labelsOf(child: Child, names: readonly string[]): Labels | null {
  const labels: Record<string, string> = {};
  for (const name of names) {
    const value = child[name.toLowerCase()];
    if (value === undefined) return null;
    labels[name] = value;
  }
  return labels;
}

async function childrenOf(arm: Arm, target: Target): Promise<readonly Child[]> {
  if (target.type === 'microsoft.cognitiveservices/accounts') {
    const deployments = await arm.list(`${target.id}/deployments?api-version=${COGNITIVE_API}`);
    return deployments.flatMap(modelDeployment);
  }
  if (target.type === 'microsoft.machinelearningservices/workspaces') {
    const endpoints = await arm.list(`${target.id}/onlineEndpoints?api-version=${MACHINE_LEARNING_API}`);
    const ids = endpoints.flatMap((endpoint) => textOf(endpoint, 'id') ?? []);
    return (await Promise.all(ids.map((id) => endpointDeployments(arm, id)))).flat();
  }
  return target.type === 'microsoft.machinelearningservices/workspaces/onlineendpoints'
    ? endpointDeployments(arm, target.id)
    : [];
}

function modelDeployment(item: unknown): readonly Child[] {
  const name = textOf(item, 'name');
  if (name === null) return [];
  const model = (item as { properties?: { model?: unknown } }).properties?.model;
  const [modelName, version] = [textOf(model, 'name'), textOf(model, 'version')];
  return [
    {
      modeldeploymentname: name,
      deploymentname: name,
      ...(modelName !== null && { modelname: modelName }),
      ...(version !== null && { modelversion: version }),
    },
  ];
}

async function endpointDeployments(arm: Arm, endpointId: string): Promise<readonly Child[]> {
  const endpoint = endpointId.split('/').at(-1) ?? '';
  const deployments = await arm.list(`${endpointId}/deployments?api-version=${MACHINE_LEARNING_API}`);
  return deployments.flatMap((item) => {
    const name = textOf(item, 'name')?.split('/').at(-1);
    return name === undefined ? [] : [{ deployment: name, deploymentname: name, endpoint, endpointname: endpoint }];
  });
}

function targetOf(item: unknown): Target | null {
  const id = textOf(item, 'id');
  const parts = id === null ? null : parseResourceId(id);
  if (id === null || parts === null) return null;
  const { kind, location, tags } = item as { kind?: unknown; location?: unknown; tags?: unknown };
  return {
    id: id.toLowerCase(),
    name: parts.name,
    type: parts.type,
    kind: typeof kind === 'string' ? kind : '',
    location: typeof location === 'string' ? location.toLowerCase().replace(/\s/g, '') : '',
    subscriptionId: parts.subscriptionId,
    resourceGroup: parts.resourceGroup,
    tags: typeof tags === 'object' && tags !== null ? (tags as Labels) : {},
  };
}

function textOf(item: unknown, name: string): string | null {
  const value = (item as Record<string, unknown> | null | undefined)?.[name];
  return typeof value === 'string' ? value : null;
}

async function unlessAborted<Result>(work: Promise<Result>, options?: CallOptions): Promise<Result> {
  const signal = options?.signal;
  if (signal === undefined) return work;
  return new Promise<Result>((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

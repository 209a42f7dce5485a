import type { Deployment, Quota } from '../model/deployment.ts';
import { type Labels, labelKey } from '../model/labels.ts';
import {
  type Expected,
  matches,
  ownTargets,
  parseResourceId,
  subscriptionsOf,
  type Target,
  type TargetSelector,
} from '../model/target.ts';
import type { CallOptions, Clock, Deployments, Inventory } from '../ports.ts';
import { createArm } from './arm.ts';
import { createCache } from './cache.ts';
import { ACCOUNTS, deploymentsOf, modelsOf, quotasOf, withLifecycle } from './deployments.ts';
import { textOf } from './fields.ts';
import { literal } from './keys.ts';
import type { AzureAccess } from './loopback.ts';

/** Read again after a quarter of an hour; where that fails, an answer serves until it is an hour old. */
const AGES = { fresh: 15 * 60_000, usable: 3_600_000 };

/** What is deployed changes less often than what exists; where asking again fails, an answer serves for longer. */
const SLOW_AGES = { fresh: 3_600_000, usable: 6 * 3_600_000 };

const RESOURCES_API = '2021-04-01';

/**
 * Resources and what is deployed in them, from Azure Resource Manager. `subscriptions` are those that the app watches. An aborted call
 * stops waiting; the reading, which others may share, goes on.
 */
export function createInventory(access: AzureAccess, subscriptions: readonly string[], clock: Clock): Inventory & Deployments {
  const arm = createArm(access);
  const cache = createCache(clock, AGES);
  const slow = createCache(clock, SLOW_AGES);

  async function ofType(subscription: string, type: string): Promise<readonly Target[]> {
    const filter = encodeURIComponent(`resourceType eq ${literal(type)}`);
    const path = `/subscriptions/${subscription}/resources?api-version=${RESOURCES_API}&$filter=${filter}`;
    return cache.get(path, async () => (await arm.list(path)).flatMap((item) => targetOf(item) ?? []));
  }

  async function targets(selectors: readonly TargetSelector[]): Promise<readonly Target[]> {
    const wanted = new Map<string, Promise<readonly Target[]>>();
    const own = new Map<string, Target>();
    for (const selector of selectors) {
      const watched = ownTargets(selector, subscriptions);
      for (const target of watched ?? []) own.set(target.id, target);
      if (watched !== null) continue;
      const type = selector.type.toLowerCase();
      for (const subscription of subscriptionsOf(selector) ?? subscriptions) {
        const place = `${subscription.toLowerCase()} ${type}`;
        // A promise that is replaced before anybody waits for it would reject unheard, and that ends the worker.
        if (!wanted.has(place)) wanted.set(place, ofType(subscription.toLowerCase(), type));
      }
    }
    const found = new Map(own);
    for (const target of (await Promise.all(wanted.values())).flat()) {
      if (selectors.some((selector) => matches(selector, target))) found.set(target.id, target);
    }
    return [...found.values()];
  }

  async function expected(target: Target, labelNames: readonly string[]): Promise<readonly Expected[]> {
    if (labelNames.length === 0) return [{ targetId: target.id, labels: {} }];
    const children = await cache.get(`children of ${target.id}`, () => deploymentsOf(arm, target));
    const found = new Map<string, Expected>();
    for (const child of children) {
      const labels = labelsOf(child.labels, labelNames);
      if (labels !== null) found.set(labelKey(labels), { targetId: target.id, labels });
    }
    return [...found.values()];
  }

  function of(target: Target): Promise<readonly Deployment[]> {
    return slow.get(`children of ${target.id}`, () => deploymentsOf(arm, target));
  }

  async function lifecycles(target: Target): Promise<readonly Deployment[]> {
    const found = await of(target);
    if (target.type !== ACCOUNTS || found.length === 0) return found;
    const models = await slow.get(`models of ${target.subscriptionId} ${target.location}`, () => modelsOf(arm, target));
    return found.map((deployment) => withLifecycle(deployment, models));
  }

  function quotas(target: Target): Promise<readonly Quota[]> {
    const place = `${target.subscriptionId} ${target.location} ${target.type}`;
    return slow.get(`quotas of ${place}`, () => quotasOf(arm, target));
  }

  return {
    of: (target, options) => unlessAborted(of(target), options),
    lifecycles: (target, options) => unlessAborted(lifecycles(target), options),
    quotas: (target, options) => unlessAborted(quotas(target), options),
    targets: (selectors, options) => unlessAborted(targets(selectors), options),
    expected: (target, labelNames, options) => unlessAborted(expected(target, labelNames), options),
  };
}

/** Only when every label asked for is known of the child: a series with other labels is not the one that is expected. */
function labelsOf(child: Labels, names: readonly string[]): Labels | null {
  const known = new Map(Object.entries(child).map(([name, value]) => [name.toLowerCase(), value]));
  const labels: Record<string, string> = {};
  for (const name of names) {
    const value = known.get(name.toLowerCase());
    if (value === undefined) return null;
    labels[name] = value;
  }
  return labels;
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

import type { Deployment } from '../../model/deployment.ts';
import { labelKey } from '../../model/labels.ts';
import type { Rule } from '../../model/rule.ts';
import { type Expected, matches, ownTargets, parseResourceId, type Target } from '../../model/target.ts';
import type { Inventory } from '../../ports.ts';
import type { Estate } from '../estate.ts';
import { listedResources } from '../monitor/world.ts';

/** What a backtest knows of the resources: an estate file, or only who wrote to the archive, which may grow while it is read. */
export type KnownEstate =
  | { readonly kind: 'file'; readonly estate: Estate }
  | { readonly kind: 'archive'; readonly resourceIds: () => Iterable<string> };

/**
 * An archive tells neither kind nor tags nor region of a resource, so rules are put to every resource of their type. Resolves also to the
 * rules that this concerns.
 */
export function widened(
  rules: readonly Rule[],
  known: KnownEstate,
): { readonly rules: readonly Rule[]; readonly ids: readonly string[] } {
  if (known.kind === 'file') return { rules, ids: [] };
  const narrow = rules.filter(({ on }) => on.kinds !== undefined || on.tags !== undefined).map(({ id }) => id);
  return {
    ids: narrow,
    rules: rules.map((rule) => {
      const { kinds: _, tags: __, ...on } = rule.on;
      return { ...rule, on };
    }),
  };
}

export function inventoryOf(known: KnownEstate): Inventory {
  const targets = known.kind === 'file' ? fixed(known.estate) : growing(known.resourceIds);
  const children = known.kind === 'file' ? childrenOf(known.estate) : new Map<string, Child[]>();
  return {
    targets: async (selectors) => {
      const known = targets();
      const subscriptions = [...new Set(known.map(({ subscriptionId }) => subscriptionId))];
      const own = selectors.flatMap((selector) => ownTargets(selector, subscriptions) ?? []);
      const all = new Map([...own, ...known].map((target) => [target.id, target]));
      return [...all.values()].filter((target) => selectors.some((selector) => matches(selector, target)));
    },
    expected: async (target, labelNames) => {
      if (labelNames.length === 0) return [{ targetId: target.id, labels: {} }];
      const found = new Map<string, Expected>();
      for (const child of children.get(target.id) ?? []) {
        const values = labelNames.map((name) => child[name.toLowerCase()]);
        if (values.includes(undefined)) continue;
        const labels = Object.fromEntries(labelNames.map((name, index) => [name, values[index] ?? '']));
        found.set(labelKey(labels), { targetId: target.id, labels });
      }
      return [...found.values()];
    },
  };
}

function fixed(estate: Estate): () => readonly Target[] {
  const targets = listedResources(estate).flatMap((resource) => targetOf(resource) ?? []);
  return () => targets;
}

function growing(resourceIds: () => Iterable<string>): () => readonly Target[] {
  const known = new Map<string, Target | null>();
  return () => {
    for (const id of resourceIds()) {
      if (!known.has(id)) known.set(id, targetOf({ id, kind: '', location: 'unknown', tags: {} }));
    }
    return [...known.values()].filter((target) => target !== null);
  };
}

function targetOf(resource: {
  readonly id: string;
  readonly kind: string;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
}): Target | null {
  const parts = parseResourceId(resource.id);
  if (parts === null) return null;
  const { kind, tags } = resource;
  const location = resource.location.toLowerCase().replace(/\s/g, '');
  return { ...parts, id: `/${resource.id.replace(/^\/+/, '')}`.toLowerCase(), kind, location, tags };
}

/** What is deployed in a resource, under every name (in lower case) by which metrics and logs speak of it. */
type Child = Readonly<Record<string, string>>;

function childrenOf({ resources }: Estate): ReadonlyMap<string, readonly Child[]> {
  return new Map(
    resources.map(({ id, deployments, onlineEndpoints }) => [
      id.toLowerCase(),
      [
        ...deployments.map(({ name, model }) => ({
          modeldeploymentname: name,
          deploymentname: name,
          modelname: model.name,
          modelversion: model.version,
        })),
        ...onlineEndpoints.flatMap((endpoint) =>
          endpoint.deployments.map(({ name }) => ({
            deployment: name,
            deploymentname: name,
            endpoint: endpoint.name,
            endpointname: endpoint.name,
          })),
        ),
      ],
    ]),
  );
}

/** Model deployments and their capacity, by target id; of an archive nothing is known. */
export function deploymentsOf(known: KnownEstate): Readonly<Record<string, readonly Deployment[]>> {
  if (known.kind === 'archive') return {};
  return Object.fromEntries(
    known.estate.resources.map(({ id, deployments }) => [
      id.toLowerCase(),
      deployments.map(({ name, model, sku, capacity }) => ({
        labels: { ModelDeploymentName: name, DeploymentName: name, ModelName: model.name, ModelVersion: model.version },
        capacity: /provisioned/i.test(sku) ? { provisionedUnits: capacity } : { tokensPerMinute: capacity * 1_000 },
        sku,
        retiresAt: null,
        lifecycle: '',
      })),
    ]),
  );
}

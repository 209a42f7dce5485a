import type { EndpointDeployment, EstateResource, ModelDeployment, OnlineEndpoint } from '../estate.ts';
import { json, type MonitorAnswer, type MonitorRequest, page, wrapped } from './http.ts';
import { findResource, type ListedResource, listedResources, type MonitorWorld, normalId } from './world.ts';

export function listSubscriptions(world: MonitorWorld, request: MonitorRequest): MonitorAnswer {
  const value = world.estate.subscriptions.map(({ id, displayName }) => ({
    id: `/subscriptions/${id}`,
    subscriptionId: id,
    displayName,
    state: 'Enabled',
  }));
  return json(page(value, request, world.pageSize));
}

/** `resourceType eq '…'`, `tagName eq '…' and tagValue eq '…'`, `resourceGroup eq '…'`, `location eq '…'`, joined by `and`. */
export function listResources(world: MonitorWorld, request: MonitorRequest, subscription: string): MonitorAnswer {
  if (!world.estate.subscriptions.some(({ id }) => id.toLowerCase() === subscription.toLowerCase())) {
    throw wrapped(404, 'SubscriptionNotFound', `The subscription '${subscription}' could not be found.`);
  }
  const tests = conditions(request.query.get('$filter') ?? '');
  const prefix = `/subscriptions/${subscription}/`.toLowerCase();
  const found = listedResources(world.estate).filter(
    (resource) => resource.id.toLowerCase().startsWith(prefix) && tests.every((test) => test(resource)),
  );
  return json(page(found, request, Number(request.query.get('$top') ?? world.pageSize)));
}

type Test = (resource: ListedResource) => boolean;

function conditions(filter: string): readonly Test[] {
  if (filter.trim() === '') return [];
  const clauses = filter.split(/\s+and\s+/i).map((clause) => {
    const match = /^\s*(\w+)\s+eq\s+'((?:[^']|'')*)'\s*$/i.exec(clause);
    if (match === null)
      throw wrapped(400, 'InvalidFilterInQueryString', `Invalid $filter '${filter}' specified in the query string.`);
    return { field: (match[1] ?? '').toLowerCase(), value: (match[2] ?? '').replaceAll("''", "'") };
  });
  const tagName = clauses.find(({ field }) => field === 'tagname')?.value;
  return clauses.map(({ field, value }): Test => {
    const wanted = value.toLowerCase();
    switch (field) {
      case 'resourcetype':
        return (resource) => resource.type.toLowerCase() === wanted;
      case 'name':
        return (resource) => resource.name.toLowerCase() === wanted;
      case 'location':
        return (resource) => resource.location.toLowerCase() === wanted;
      case 'resourcegroup':
        return (resource) => resource.id.toLowerCase().includes(`/resourcegroups/${wanted}/`);
      case 'tagname':
        return (resource) => Object.hasOwn(resource.tags, value);
      case 'tagvalue':
        return (resource) => tagName !== undefined && resource.tags[tagName] === value;
      default:
        throw wrapped(400, 'InvalidFilterInQueryString', `Invalid $filter '${filter}' specified in the query string.`);
    }
  });
}

export function getResource(world: MonitorWorld, id: string): MonitorAnswer {
  const found = findResource(world.estate, id);
  if (found === undefined) throw notFound(id);
  return json(found);
}

/** Model deployments of a Cognitive Services account that exist now. */
export function listDeployments(world: MonitorWorld, request: MonitorRequest, accountId: string): MonitorAnswer {
  const account = parent(world, accountId);
  const now = world.clock();
  const existing = account.deployments.filter(
    ({ createdAt, deletedAt }) => (createdAt === undefined || createdAt <= now) && (deletedAt === undefined || deletedAt > now),
  );
  return json(page(existing.map(modelDeployment), request, world.pageSize));
}

/** Log Analytics workspaces of a subscription: the one of the estate. */
export function listWorkspaces(world: MonitorWorld, request: MonitorRequest, subscriptionId: string): MonitorAnswer {
  const { customerId, resourceId } = world.estate.workspace;
  const [, , subscription = ''] = resourceId.split('/');
  const type = 'Microsoft.OperationalInsights/workspaces';
  const own = { id: resourceId, name: resourceId.split('/').at(-1), type, properties: { customerId } };
  return json(page(subscription.toLowerCase() === subscriptionId.toLowerCase() ? [own] : [], request, world.pageSize));
}

function modelDeployment({ id, name, model, sku, capacity, rateLimits, createdAt }: ModelDeployment): object {
  return {
    id,
    type: 'Microsoft.CognitiveServices/accounts/deployments',
    name,
    sku: { name: sku, capacity },
    ...(createdAt !== undefined && { systemData: { createdAt: new Date(createdAt).toISOString() } }),
    properties: {
      model: { format: 'OpenAI', ...model },
      provisioningState: 'Succeeded',
      ...(!/provisioned/i.test(sku) && { rateLimits: rateLimits ?? standardLimits(capacity) }),
    },
  };
}

/** A thousand tokens a minute for each unit, and a request for every 10 seconds and unit, as Azure OpenAI grants them. */
function standardLimits(capacity: number): NonNullable<ModelDeployment['rateLimits']> {
  return [
    { key: 'request', renewalPeriod: 10, count: capacity },
    { key: 'token', renewalPeriod: 60, count: capacity * 1_000 },
  ];
}

/** Models that the account's region offers. */
export function listModels(world: MonitorWorld, request: MonitorRequest, accountId: string): MonitorAnswer {
  parent(world, accountId);
  const models = (world.estate.models ?? []).map(({ name, version, lifecycleStatus, retiresAt }) => ({
    format: 'OpenAI',
    name,
    version,
    lifecycleStatus,
    ...(retiresAt !== undefined && { deprecation: { inference: retiresAt } }),
  }));
  return json(page(models, request, world.pageSize));
}

/** Quotas of a resource provider in a region. */
export function listUsages(world: MonitorWorld, request: MonitorRequest, provider: string, location: string): MonitorAnswer {
  const here = (world.estate.usages ?? []).filter(
    (usage) => usage.provider.toLowerCase() === provider.toLowerCase() && usage.location.toLowerCase() === location.toLowerCase(),
  );
  const value = here.map(({ name, currentValue, limit }) => ({
    name: { value: name, localizedValue: name },
    currentValue,
    limit,
    unit: 'Count',
  }));
  return json(page(value, request, world.pageSize));
}

export function listEndpoints(world: MonitorWorld, request: MonitorRequest, workspaceId: string): MonitorAnswer {
  const workspace = parent(world, workspaceId);
  return json(page(workspace.onlineEndpoints.map(onlineEndpoint), request, world.pageSize));
}

export function getEndpoint(world: MonitorWorld, workspaceId: string, name: string): MonitorAnswer {
  return json(onlineEndpoint(endpointOf(world, workspaceId, name)));
}

export function listEndpointDeployments(
  world: MonitorWorld,
  request: MonitorRequest,
  workspaceId: string,
  name: string,
): MonitorAnswer {
  return json(page(endpointOf(world, workspaceId, name).deployments.map(endpointDeployment), request, world.pageSize));
}

function onlineEndpoint({ id, name, location, tags, traffic }: OnlineEndpoint): object {
  return {
    id,
    name,
    type: 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints',
    kind: 'Managed',
    location,
    tags,
    properties: { authMode: 'Key', provisioningState: 'Succeeded', traffic },
  };
}

function endpointDeployment({ id, name, instanceType, instanceCount }: EndpointDeployment): object {
  return {
    id,
    name,
    type: 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments',
    kind: 'Managed',
    sku: { name: 'Default', capacity: instanceCount },
    properties: { endpointComputeType: 'Managed', instanceType, provisioningState: 'Succeeded' },
  };
}

function endpointOf(world: MonitorWorld, workspaceId: string, name: string): OnlineEndpoint {
  const found = parent(world, workspaceId).onlineEndpoints.find((endpoint) => endpoint.name.toLowerCase() === name.toLowerCase());
  if (found === undefined) throw notFound(`${workspaceId}/onlineEndpoints/${name}`);
  return found;
}

function parent(world: MonitorWorld, id: string): EstateResource {
  const found = world.estate.resources.find((resource) => normalId(resource.id) === normalId(id));
  if (found === undefined) throw notFound(id);
  return found;
}

function notFound(id: string) {
  const [, , , , group = '', , ...rest] = id.split('/');
  return wrapped(404, 'ResourceNotFound', `The Resource '${rest.join('/')}' under resource group '${group}' was not found.`);
}

import type { Window } from '../../model/window.ts';
import { bare, json, type MonitorAnswer, type MonitorRequest, parseBody, wrapped } from './http.ts';
import { definitionsOf, type MetricParameters, type MetricScope, queryMetrics, scopeOf } from './metric-query.ts';
import { parseTimespan } from './time-span.ts';
import { findResource, type ListedResource, listedResources, type MonitorWorld, normalId } from './world.ts';

const MOST_RESOURCES = 50;
const HOUR = 3_600_000;

/** Parameters by name without regard to case: clients differ in it. */
function parameterReader(request: MonitorRequest): (name: string) => string | null {
  const values = new Map([...request.query].map(([name, value]) => [name.toLowerCase(), value]));
  return (name) => values.get(name.toLowerCase()) ?? null;
}

type Read = (name: string) => string | null;

function parametersOf(read: Read, span: Window): MetricParameters {
  return {
    span,
    interval: read('interval'),
    metricNames: read('metricnames'),
    aggregation: read('aggregation'),
    filter: read('$filter') ?? read('filter'),
    top: read('top'),
    orderBy: read('orderby'),
    rollUpBy: read('rollupby'),
    namespace: read('metricnamespace'),
    metadataOnly: read('resultType')?.toLowerCase() === 'metadata',
    validateDimensions: read('ValidateDimensions')?.toLowerCase() !== 'false',
    adjustInterval: read('AutoAdjustTimegrain')?.toLowerCase() === 'true',
  };
}

function spanOf(read: Read, now: number): Window {
  const timespan = read('timespan');
  const span = timespan === null ? { start: now - HOUR, end: now } : parseTimespan(timespan, now);
  if (span === null) throw badRequest(`Invalid timespan: ${timespan}`);
  return span;
}

function badRequest(message: string) {
  return bare(400, 'BadRequest', message);
}

async function answer(
  world: MonitorWorld,
  scope: MetricScope,
  region: string,
  parameters: MetricParameters,
): Promise<MonitorAnswer> {
  const value = await queryMetrics(world, scope, parameters, badRequest);
  return json({
    cost: value.length,
    timespan: `${iso(parameters.span.start)}/${iso(parameters.span.end)}`,
    interval: parameters.interval ?? 'PT1M',
    namespace: scope.type,
    resourceregion: region,
    value,
  });
}

/** `GET {resource}/providers/Microsoft.Insights/metrics` */
export function getMetrics(world: MonitorWorld, request: MonitorRequest, resourceId: string): Promise<MonitorAnswer> {
  const read = parameterReader(request);
  const resource = armResource(world, resourceId);
  return answer(world, scopeOf(resource), resource.location, parametersOf(read, spanOf(read, world.clock())));
}

/**
 * `GET|POST /subscriptions/{id}/providers/Microsoft.Insights/metrics?region=…`: all resources of a type together, unless a filter on
 * `Microsoft.ResourceId` splits them. Parameters of a POST may be in its body.
 */
export async function getSubscriptionMetrics(
  world: MonitorWorld,
  request: MonitorRequest,
  subscription: string,
): Promise<MonitorAnswer> {
  const inQuery = parameterReader(request);
  const inBody = new Map(Object.entries(parseBody(request.body)).map(([name, value]) => [name.toLowerCase(), String(value)]));
  const read: Read = (name) => inQuery(name) ?? inBody.get(name.toLowerCase()) ?? null;
  const region = read('region');
  const namespace = read('metricnamespace');
  if (region === null) throw badRequest('region is required.');
  if (namespace === null) throw badRequest('metricnamespace is required.');
  const resources = listedResources(world.estate).filter(
    ({ id, type, location }) =>
      normalId(id).startsWith(`/subscriptions/${subscription.toLowerCase()}/`) &&
      type.toLowerCase() === namespace.toLowerCase() &&
      location.toLowerCase() === region.toLowerCase(),
  );
  const scope = { id: `/subscriptions/${subscription}`, type: resources[0]?.type ?? namespace, resources, byResource: true };
  return answer(world, scope, region, parametersOf(read, spanOf(read, world.clock())));
}

/** `POST /subscriptions/{id}/metrics:getBatch` on a regional endpoint. */
export async function getMetricBatch(world: MonitorWorld, request: MonitorRequest, subscription: string): Promise<MonitorAnswer> {
  const read = parameterReader(request);
  const refuse = (message: string) => wrapped(400, 'BadRequest', message);
  const ids = parseBody(request.body).resourceids;
  if (!Array.isArray(ids) || ids.length === 0) throw refuse('The body needs resourceids.');
  if (ids.length > MOST_RESOURCES) throw refuse(`The maximum number of resources is ${MOST_RESOURCES}.`);
  const resources = ids.map((id) => batchResource(world, String(id), subscription));
  const span = batchSpan(read, world.clock());
  if (span === null) throw refuse('starttime and endtime are not times.');
  if (new Set(resources.map((resource) => resource.type.toLowerCase())).size > 1)
    throw refuse('All resources must be of one type.');
  const region = /^([a-z0-9]+)\.metrics\.monitor\./i.exec(request.host)?.[1] ?? 'global';
  const stray = resources.find(
    ({ location }) => ![location.toLowerCase(), 'global'].includes(region.toLowerCase()) && location !== 'global',
  );
  if (stray !== undefined) throw refuse(`Resource ${stray.id} is not in region ${region}.`);
  const parameters = { ...parametersOf(read, span), metadataOnly: false, validateDimensions: true, adjustInterval: false };
  if (parameters.namespace === null) throw refuse('metricnamespace is required.');
  const values: object[] = [];
  for (const resource of resources) {
    values.push({
      starttime: iso(span.start),
      endtime: iso(span.end),
      interval: parameters.interval ?? 'PT1M',
      namespace: resource.type,
      resourceregion: resource.location,
      resourceid: resource.id,
      value: await queryMetrics(world, scopeOf(resource), parameters, refuse),
    });
  }
  return json({ values });
}

function batchSpan(read: (name: string) => string | null, now: number): Window | null {
  const [start, end] = [read('starttime'), read('endtime')].map((text) => (text === null ? null : Date.parse(text)));
  if (Number.isNaN(start) || Number.isNaN(end)) return null;
  const until = end ?? now;
  return { start: start ?? until - HOUR, end: until };
}

function batchResource(world: MonitorWorld, id: string, subscription: string): ListedResource {
  const resource = findResource(world.estate, id);
  if (resource === undefined) throw wrapped(404, 'ResourceNotFound', `The resource '${id}' was not found.`);
  if (!normalId(id).startsWith(`/subscriptions/${subscription.toLowerCase()}/`)) {
    throw wrapped(400, 'BadRequest', `Resource ${id} is not of subscription ${subscription}.`);
  }
  return resource;
}

export function getDefinitions(world: MonitorWorld, resourceId: string): MonitorAnswer {
  return json({
    id: `${resourceId}/providers/microsoft.insights/metricdefinitions`,
    value: definitionsOf(armResource(world, resourceId)),
  });
}

export function getNamespaces(world: MonitorWorld, resourceId: string): MonitorAnswer {
  const resource = armResource(world, resourceId);
  const name = resource.type.replaceAll('/', '-');
  return json({
    value: [
      {
        id: `${normalId(resource.id)}/providers/microsoft.insights/metricNamespaces/${name}`,
        type: 'Microsoft.Insights/metricNamespaces',
        name,
        classification: 'Platform',
        properties: { metricNamespaceName: resource.type },
      },
    ],
  });
}

function armResource(world: MonitorWorld, id: string): ListedResource {
  const resource = findResource(world.estate, id);
  if (resource === undefined) throw bare(404, 'ResourceNotFound', `The resource '${id}' was not found.`);
  return resource;
}

function iso(time: number): string {
  return new Date(time).toISOString().replace('.000Z', 'Z');
}

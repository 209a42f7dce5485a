import { listEvents } from './activity-log.ts';
import {
  getEndpoint,
  getResource,
  listDeployments,
  listEndpointDeployments,
  listEndpoints,
  listModels,
  listResources,
  listSubscriptions,
  listUsages,
  listWorkspaces,
} from './arm.ts';
import { deleteSetting, getCategory, getSetting, listCategories, listSettings, putSetting } from './diagnostic-settings.ts';
import { type MonitorAnswer, type MonitorRequest, wrapped } from './http.ts';
import type { Fault } from './inject.ts';
import { runBatch } from './log-batch.ts';
import { logRequest, resourceScope, runLogQuery, workspaceScope } from './log-query.ts';
import { getDefinitions, getMetricBatch, getMetrics, getNamespaces, getSubscriptionMetrics } from './metric-api.ts';
import type { MonitorWorld } from './world.ts';

type Handler = (
  world: MonitorWorld,
  request: MonitorRequest,
  parts: readonly string[],
  partial: Fault['partial'],
) => MonitorAnswer | Promise<MonitorAnswer>;

const INSIGHTS = '/providers/microsoft\\.insights';

/** The first whose method and path fit; paths of Azure Resource Manager are compared without case. */
const ROUTES: readonly (readonly [methods: string, path: string, handler: Handler])[] = [
  ['POST', '/v1/\\$batch', (world, request, _, partial) => runBatch(world, request, partial)],
  [
    'GET POST',
    '/v1/workspaces/([^/]+)/query',
    (world, request, [workspace = ''], partial) =>
      runLogQuery(world, workspaceScope(world, workspace), logRequest(request), partial),
  ],
  [
    'GET POST',
    '/v1(/subscriptions/.+)/query',
    (world, request, [id = ''], partial) => runLogQuery(world, resourceScope(world, id), logRequest(request), partial),
  ],
  ['POST', '/subscriptions/([^/]+)/metrics:getBatch', (world, request, [id = '']) => getMetricBatch(world, request, id)],
  [
    'GET POST',
    `/subscriptions/([^/]+)${INSIGHTS}/metrics`,
    (world, request, [id = '']) => getSubscriptionMetrics(world, request, id),
  ],
  ['GET', `(.+)${INSIGHTS}/metrics`, (world, request, [id = '']) => getMetrics(world, request, id)],
  ['GET', `(.+)${INSIGHTS}/metricDefinitions`, (world, _, [id = '']) => getDefinitions(world, id)],
  ['GET', `(.+)${INSIGHTS}/metricNamespaces`, (world, _, [id = '']) => getNamespaces(world, id)],
  [
    'GET',
    `/subscriptions/([^/]+)${INSIGHTS}/eventtypes/management/values`,
    (world, request, [id = '']) => listEvents(world, request, id),
  ],
  ['GET', `(.+)${INSIGHTS}/diagnosticSettings`, (world, _, [id = '']) => listSettings(world, id)],
  ['GET', `(.+)${INSIGHTS}/diagnosticSettings/([^/]+)`, (world, _, [id = '', name = '']) => getSetting(world, id, name)],
  [
    'PUT',
    `(.+)${INSIGHTS}/diagnosticSettings/([^/]+)`,
    (world, request, [id = '', name = '']) => putSetting(world, request, id, name),
  ],
  ['DELETE', `(.+)${INSIGHTS}/diagnosticSettings/([^/]+)`, (world, _, [id = '', name = '']) => deleteSetting(world, id, name)],
  ['GET', `(.+)${INSIGHTS}/diagnosticSettingsCategories`, (world, _, [id = '']) => listCategories(world, id)],
  [
    'GET',
    `(.+)${INSIGHTS}/diagnosticSettingsCategories/([^/]+)`,
    (world, _, [id = '', name = '']) => getCategory(world, id, name),
  ],
  ['GET', '/subscriptions', (world, request) => listSubscriptions(world, request)],
  ['GET', '/subscriptions/([^/]+)/resources', (world, request, [id = '']) => listResources(world, request, id)],
  [
    'GET',
    '/subscriptions/([^/]+)/providers/microsoft\\.operationalinsights/workspaces',
    (world, request, [id = '']) => listWorkspaces(world, request, id),
  ],
  [
    'GET',
    '(.+/providers/microsoft\\.machinelearningservices/workspaces/[^/]+)/onlineEndpoints/([^/]+)/deployments',
    (world, request, [id = '', name = '']) => listEndpointDeployments(world, request, id, name),
  ],
  [
    'GET',
    '(.+/providers/microsoft\\.machinelearningservices/workspaces/[^/]+)/onlineEndpoints/([^/]+)',
    (world, _, [id = '', name = '']) => getEndpoint(world, id, name),
  ],
  [
    'GET',
    '(.+/providers/microsoft\\.machinelearningservices/workspaces/[^/]+)/onlineEndpoints',
    (world, request, [id = '']) => listEndpoints(world, request, id),
  ],
  [
    'GET',
    '(.+/providers/microsoft\\.cognitiveservices/accounts/[^/]+)/deployments',
    (world, request, [id = '']) => listDeployments(world, request, id),
  ],
  [
    'GET',
    '(.+/providers/microsoft\\.cognitiveservices/accounts/[^/]+)/models',
    (world, request, [id = '']) => listModels(world, request, id),
  ],
  [
    'GET',
    '/subscriptions/[^/]+/providers/([^/]+)/locations/([^/]+)/usages',
    (world, request, [provider = '', location = '']) => listUsages(world, request, provider, location),
  ],
  ['GET', '(/subscriptions/[^/]+/resourceGroups/.+)', (world, _, [id = '']) => getResource(world, id)],
];

const COMPILED = ROUTES.map(([methods, path, handler]) => ({
  methods: methods.split(' '),
  path: new RegExp(`^${path}$`, 'i'),
  handler,
}));

/** Answers a request, or throws a ServiceError. */
export async function route(world: MonitorWorld, request: MonitorRequest, partial: Fault['partial']): Promise<MonitorAnswer> {
  for (const { methods, path, handler } of COMPILED) {
    const match = path.exec(request.path);
    if (match !== null && methods.includes(request.method)) return handler(world, request, match.slice(1), partial);
  }
  throw wrapped(404, 'PathNotFoundError', `The requested path does not exist: ${request.method} ${request.path}`);
}

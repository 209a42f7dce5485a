import { LOG_CATEGORIES } from '../../rules/catalogue.ts';
import type { Estate, EstateDiagnosticSetting } from '../estate.ts';
import { bare, json, type MonitorAnswer, type MonitorRequest, parseBody } from './http.ts';
import { findResource, type MonitorWorld, normalId } from './world.ts';

/** Settings by resource id and by name, both in lower case; values in the API's form. */
export type SettingsStore = Map<string, Map<string, StoredSetting>>;

interface StoredSetting {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

const TYPE = 'Microsoft.Insights/diagnosticSettings';

/** A copy of what the estate says is configured, for clients to change. */
export function createSettingsStore(estate: Estate): SettingsStore {
  return new Map(
    estate.resources.map((resource) => [
      normalId(resource.id),
      new Map(resource.diagnosticSettings.map((setting) => [setting.name.toLowerCase(), stored(resource.id, setting)])),
    ]),
  );
}

function stored(resourceId: string, setting: EstateDiagnosticSetting): StoredSetting {
  const never = { retentionPolicy: { enabled: false, days: 0 } };
  return {
    id: idOf(resourceId, setting.name),
    type: TYPE,
    name: setting.name,
    properties: {
      storageAccountId: setting.storageAccountId,
      workspaceId: setting.workspaceId,
      eventHubAuthorizationRuleId: setting.eventHubAuthorizationRuleId,
      eventHubName: setting.eventHubName,
      metrics: setting.metrics ? [{ category: 'AllMetrics', enabled: true, ...never }] : [],
      logs: [
        ...setting.categories.map((category) => ({ category, categoryGroup: null, enabled: true, ...never })),
        ...setting.categoryGroups.map((categoryGroup) => ({ category: null, categoryGroup, enabled: true, ...never })),
      ],
      logAnalyticsDestinationType: null,
    },
  };
}

function idOf(resourceId: string, name: string): string {
  return `${normalId(resourceId)}/providers/microsoft.insights/diagnosticSettings/${name}`;
}

export function listSettings(world: MonitorWorld, resourceId: string): MonitorAnswer {
  return json({ value: [...settingsOf(world, resourceId).values()] });
}

export function getSetting(world: MonitorWorld, resourceId: string, name: string): MonitorAnswer {
  const found = settingsOf(world, resourceId).get(name.toLowerCase());
  if (found === undefined) throw bare(404, 'ResourceNotFound', `The diagnostic setting '${name}' was not found.`);
  return json(found);
}

export function putSetting(world: MonitorWorld, request: MonitorRequest, resourceId: string, name: string): MonitorAnswer {
  const properties = (parseBody(request.body).properties ?? {}) as Readonly<Record<string, unknown>>;
  const destinations = ['storageAccountId', 'workspaceId', 'eventHubAuthorizationRuleId', 'marketplacePartnerId'];
  if (!destinations.some((field) => typeof properties[field] === 'string')) {
    throw bare(400, 'BadRequest', 'At least one data sink needs to be specified.');
  }
  const known = new Set(categoriesOf(world, resourceId).map((category) => category.name.toLowerCase()));
  for (const log of (properties.logs ?? []) as readonly { category?: string | null }[]) {
    if (typeof log.category === 'string' && !known.has(log.category.toLowerCase())) {
      throw bare(400, 'BadRequest', `Category '${log.category}' is not supported.`);
    }
  }
  const setting = { id: idOf(resourceId, name), type: TYPE, name, properties: { metrics: [], logs: [], ...properties } };
  settingsOf(world, resourceId).set(name.toLowerCase(), setting);
  return json(setting);
}

export function deleteSetting(world: MonitorWorld, resourceId: string, name: string): MonitorAnswer {
  return { status: settingsOf(world, resourceId).delete(name.toLowerCase()) ? 200 : 204 };
}

export function listCategories(world: MonitorWorld, resourceId: string): MonitorAnswer {
  return json({ value: categoriesOf(world, resourceId) });
}

export function getCategory(world: MonitorWorld, resourceId: string, name: string): MonitorAnswer {
  const found = categoriesOf(world, resourceId).find((category) => category.name.toLowerCase() === name.toLowerCase());
  if (found === undefined) throw bare(404, 'ResourceNotFound', `The category '${name}' was not found.`);
  return json(found);
}

function settingsOf(world: MonitorWorld, resourceId: string): Map<string, StoredSetting> {
  const resource = resourceOf(world, resourceId);
  const known = world.settings.get(normalId(resource.id)) ?? new Map<string, StoredSetting>();
  world.settings.set(normalId(resource.id), known);
  return known;
}

function resourceOf(world: MonitorWorld, resourceId: string) {
  const resource = findResource(world.estate, resourceId);
  if (resource === undefined) throw bare(404, 'ResourceNotFound', `The resource '${resourceId}' was not found.`);
  return resource;
}

function categoriesOf(world: MonitorWorld, resourceId: string) {
  const { id, type } = resourceOf(world, resourceId);
  const category = (name: string, categoryType: 'Logs' | 'Metrics', categoryGroups: readonly string[]) => ({
    id: `${normalId(id)}/providers/microsoft.insights/diagnosticSettingsCategories/${name}`,
    type: 'Microsoft.Insights/diagnosticSettingsCategories',
    name,
    properties: { categoryType, categoryGroups },
  });
  const logs = LOG_CATEGORIES.filter((each) => each.resourceType.toLowerCase() === type.toLowerCase());
  return [
    ...logs.map((each) => category(each.category, 'Logs', each.category === 'Audit' ? ['audit', 'allLogs'] : ['allLogs'])),
    category('AllMetrics', 'Metrics', []),
  ];
}

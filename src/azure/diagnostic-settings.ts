import type { DiagnosticSettingsResource, MonitorClient } from '@azure/arm-monitor';
import type { CallOptions, DiagnosticSetting, DiagnosticSettings } from '../ports.ts';
import type { AzureAccess } from './loopback.ts';
import { monitorError } from './sdk-errors.ts';

/** Diagnostic settings through `MonitorClient`, which gives each setting's properties at its top level. */
export function createDiagnosticSettings(access: AzureAccess): DiagnosticSettings {
  let loading: Promise<MonitorClient> | undefined;

  async function load(): Promise<MonitorClient> {
    const { MonitorClient } = await import('@azure/arm-monitor');
    return new MonitorClient(access.credential, await access.clientOptions());
  }

  async function all<Item>(what: string, list: (client: MonitorClient) => AsyncIterable<Item>): Promise<readonly Item[]> {
    try {
      loading ??= load();
      const items: Item[] = [];
      for await (const item of list(await loading)) items.push(item);
      return items;
    } catch (thrown) {
      throw monitorError(thrown, what);
    }
  }

  return {
    list: async (resourceId, options) => {
      const settings = await all(`diagnostic settings of ${resourceId}`, (client) =>
        client.diagnosticSettings.list(relative(resourceId), abortable(options)),
      );
      return settings.map(settingOf);
    },
    categories: async (resourceId, options) => {
      const categories = await all(`log categories of ${resourceId}`, (client) =>
        client.diagnosticSettingsCategory.list(relative(resourceId), abortable(options)),
      );
      return categories.filter((category) => category.categoryType === 'Logs').flatMap((category) => category.name ?? []);
    },
  };
}

function settingOf(setting: DiagnosticSettingsResource): DiagnosticSetting {
  const enabled = (setting.logs ?? []).filter((one) => one.enabled);
  return {
    name: setting.name ?? '',
    workspaceId: setting.workspaceId ?? null,
    eventHub: setting.eventHubName ?? setting.eventHubAuthorizationRuleId ?? null,
    storageAccountId: setting.storageAccountId ?? null,
    categories: enabled.flatMap((one) => one.category ?? one.categoryGroup ?? []),
    metrics: (setting.metrics ?? []).some((one) => one.enabled),
    ...(setting.systemData?.createdAt && { createdAt: setting.systemData.createdAt.getTime() }),
  };
}

/** The client puts a slash before it. */
function relative(resourceId: string): string {
  return resourceId.replace(/^\/+/, '');
}

function abortable(options: CallOptions | undefined): { abortSignal?: AbortSignal } {
  return options?.signal === undefined ? {} : { abortSignal: options.signal };
}

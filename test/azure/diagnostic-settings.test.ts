import { afterEach, describe, expect, it } from 'vitest';
import { createDiagnosticSettings } from '../../src/azure/diagnostic-settings.ts';
import { azureAccess } from '../../src/azure/loopback.ts';
import { type Answer, type LoopbackServer, serve } from '../support/loopback-server.ts';

let server: LoopbackServer | undefined;
afterEach(() => server?.stop());

const ID = '/subscriptions/s1/resourcegroups/rg/providers/microsoft.cognitiveservices/accounts/chat';

async function answering(answer: Answer) {
  server = await serve(() => answer);
  return createDiagnosticSettings(azureAccess(null, server.url));
}

describe('diagnostic settings', () => {
  it('are reduced to what routes data', async () => {
    const properties = {
      storageAccountId: null,
      workspaceId: '/subscriptions/s1/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/w',
      eventHubAuthorizationRuleId: '/…/authorizationRules/send',
      eventHubName: 'diagnostics',
      logs: [
        { category: 'RequestResponse', categoryGroup: null, enabled: true, retentionPolicy: { days: 0, enabled: false } },
        { category: null, categoryGroup: 'audit', enabled: true, retentionPolicy: { days: 0, enabled: false } },
        { category: 'Trace', categoryGroup: null, enabled: false, retentionPolicy: { days: 0, enabled: false } },
      ],
      metrics: [{ category: 'AllMetrics', enabled: true, retentionPolicy: { days: 0, enabled: false } }],
      logAnalyticsDestinationType: null,
    };
    const bare = { id: `${ID}/y`, name: 'bare', type: 't', properties: { logs: [], metrics: [] } };
    const settings = await answering({
      status: 200,
      body: { value: [{ id: `${ID}/x`, name: 'to-tocsin', type: 't', properties }, bare] },
    });
    expect(await settings.list(ID)).toEqual([
      {
        name: 'to-tocsin',
        workspaceId: properties.workspaceId,
        eventHub: 'diagnostics',
        storageAccountId: null,
        categories: ['RequestResponse', 'audit'],
        metrics: true,
      },
      { name: 'bare', workspaceId: null, eventHub: null, storageAccountId: null, categories: [], metrics: false },
    ]);
    expect(server?.asked[0]?.url.pathname).toBe(`${ID}/providers/Microsoft.Insights/diagnosticSettings`);
  });

  it('may route these log categories', async () => {
    const category = (name: string, categoryType: string) => ({
      id: `${ID}/${name}`,
      name,
      type: 't',
      properties: { categoryType, categoryGroups: ['allLogs'] },
    });
    const settings = await answering({
      status: 200,
      body: { value: [category('Audit', 'Logs'), category('Trace', 'Logs'), category('AllMetrics', 'Metrics')] },
    });
    expect(await settings.categories(ID)).toEqual(['Audit', 'Trace']);
  });

  it.each([
    [403, 'TCN-A003'],
    [404, 'TCN-A004'],
    [429, 'TCN-A001'],
    [500, 'TCN-A002'],
  ])('are unknown on %s', async (status, code) => {
    const settings = await answering({ status, body: { error: { code: 'Some', message: 'words of Azure' } } });
    await expect(settings.list(ID)).rejects.toMatchObject({ code, message: expect.stringContaining(ID) });
  });
});

import { afterEach, describe, expect, it } from 'vitest';
import { createDiagnosticSettings } from '../../src/azure/diagnostic-settings.ts';
import { createLogDestinations } from '../../src/azure/log-destinations.ts';
import { azureAccess } from '../../src/azure/loopback.ts';
import { type LoopbackServer, serve } from '../support/loopback-server.ts';
import { FakeClock } from '../support/memory/index.ts';

let server: LoopbackServer | undefined;
afterEach(() => server?.stop());

const ID = '/subscriptions/s1/resourcegroups/rg/providers/microsoft.cognitiveservices/accounts/chat';
const WORKSPACES = '/subscriptions/s2/resourceGroups/logs/providers/Microsoft.OperationalInsights/workspaces';

describe('where logs go', () => {
  it('is told by the customer ids of the workspaces that diagnostic settings name', async () => {
    const setting = (name: string, workspaceId: string | null) => ({
      id: `${ID}/${name}`,
      name,
      properties: { workspaceId, logs: [{ category: 'RequestResponse', enabled: true }], metrics: [] },
    });
    server = await serve(({ url }) => ({
      status: 200,
      body: url.pathname.includes('diagnosticSettings')
        ? { value: [setting('a', `${WORKSPACES}/Main`), setting('b', null), setting('c', `${WORKSPACES}/gone`)] }
        : { value: [{ id: `${WORKSPACES.toLowerCase()}/main`, properties: { customerId: 'AAAA-1' } }, { id: 3 }, null] },
    }));
    const access = azureAccess(null, server.url);
    const clock = new FakeClock(0);
    const destinations = createLogDestinations(access, createDiagnosticSettings(access), clock);
    expect(await destinations.of(ID)).toEqual([{ customerId: 'aaaa-1', categories: ['RequestResponse'] }]);
    await destinations.of(ID);
    expect(server.asked).toHaveLength(2);
  });
});

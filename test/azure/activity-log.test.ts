import { afterEach, describe, expect, it } from 'vitest';
import { createActivityLog } from '../../src/azure/activity-log.ts';
import { azureAccess } from '../../src/azure/loopback.ts';
import { type Answer, type Asked, type LoopbackServer, serve } from '../support/loopback-server.ts';

let server: LoopbackServer | undefined;
afterEach(() => server?.stop());

const NOON = Date.parse('2026-11-20T12:00:00Z');
const SPAN = { start: NOON - 3_600_000, end: NOON };

async function log(script: (asked: Asked) => Answer) {
  server = await serve(script);
  return createActivityLog(azureAccess(null, server.url));
}

const named = (value: string) => ({ value, localizedValue: value });

const deletion = (id: string, at: string) => ({
  eventDataId: id,
  eventTimestamp: at,
  submissionTimestamp: '2026-11-20T11:59:00Z',
  category: named('Administrative'),
  operationName: named('Microsoft.CognitiveServices/accounts/deployments/delete'),
  status: named('Succeeded'),
  subStatus: named('OK'),
  level: 'Informational',
  caller: 'ada@contoso.example',
  resourceId: '/subscriptions/S1/resourceGroups/RG/providers/Microsoft.CognitiveServices/accounts/Chat/deployments/d',
  resourceType: named('Microsoft.CognitiveServices/accounts/deployments'),
  resourceGroupName: 'RG',
});

describe('the activity log', () => {
  it('is read for a span of time, page after page, with the fields that rules may name', async () => {
    const activity = await log(({ url }) =>
      url.searchParams.has('$skiptoken')
        ? { status: 200, body: { value: [deletion('b', '2026-11-20T11:30:00.5Z')] } }
        : {
            status: 200,
            body: {
              value: [deletion('a', '2026-11-20T11:40:00.1234567Z')],
              nextLink:
                'https://management.azure.com/subscriptions/s1/providers/Microsoft.Insights/eventtypes/management/values?api-version=2015-04-01&$skiptoken=2',
            },
          },
    );
    const events = await activity.events('S1', SPAN);
    expect(events.map(({ id, at }) => [id, new Date(at).toISOString()])).toEqual([
      ['a', '2026-11-20T11:40:00.123Z'],
      ['b', '2026-11-20T11:30:00.500Z'],
    ]);
    expect(events[0]?.fields).toEqual({
      category: 'Administrative',
      operation: 'Microsoft.CognitiveServices/accounts/deployments/delete',
      status: 'Succeeded',
      subStatus: 'OK',
      level: 'Informational',
      caller: 'ada@contoso.example',
      resource: '/subscriptions/s1/resourcegroups/rg/providers/microsoft.cognitiveservices/accounts/chat/deployments/d',
      resourceType: 'Microsoft.CognitiveServices/accounts/deployments',
      resourceGroup: 'RG',
    });
    const [first] = server?.asked ?? [];
    expect(first?.url.pathname.toLowerCase()).toBe('/subscriptions/s1/providers/microsoft.insights/eventtypes/management/values');
    expect(first?.url.searchParams.get('$filter')).toBe(
      "eventTimestamp ge '2026-11-20T11:00:00.000Z' and eventTimestamp le '2026-11-20T12:00:00.000Z' and eventChannels eq 'Admin, Operation'",
    );
  });

  it('tells what service health and resource health say, and leaves out what has no id or time', async () => {
    const health = {
      ...deletion('h', '2026-11-20T11:10:00Z'),
      category: named('ServiceHealth'),
      properties: {
        service: 'Azure OpenAI Service',
        region: 'East US 2',
        trackingId: 'ABCD-123',
        incidentType: 'Incident',
        stage: 'Active',
        title: 'Latency',
      },
    };
    const resource = {
      ...deletion('r', '2026-11-20T11:20:00Z'),
      category: named('ResourceHealth'),
      properties: {
        currentHealthStatus: 'Unavailable',
        previousHealthStatus: 'Available',
        cause: 'PlatformInitiated',
        type: 'Downtime',
      },
    };
    const broken = [{ ...deletion('', '2026-11-20T11:20:00Z') }, { eventDataId: 'x' }, { ...deletion('y', 'yesterday') }];
    const activity = await log(() => ({ status: 200, body: { value: [health, resource, ...broken] } }));
    expect((await activity.events('s1', SPAN)).map(({ fields }) => fields)).toMatchObject([
      {
        service: 'Azure OpenAI Service',
        region: 'East US 2',
        incident: 'ABCD-123',
        type: 'Incident',
        stage: 'Active',
        title: 'Latency',
      },
      { health: 'Unavailable', previousHealth: 'Available', cause: 'PlatformInitiated' },
    ]);
  });

  it.each([
    [403, 'TCN-A003'],
    [429, 'TCN-A001'],
    [503, 'TCN-A002'],
  ])('answered with %i is a coded error', async (status, code) => {
    const activity = await log(() => ({ status, body: { error: { code: 'Nope', message: 'no' } } }));
    await expect(activity.events('s1', SPAN)).rejects.toMatchObject({ code });
  });
});

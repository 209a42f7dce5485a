import { afterEach, describe, expect, it } from 'vitest';
import { createInventory } from '../../src/azure/inventory.ts';
import { azureAccess } from '../../src/azure/loopback.ts';
import type { Target } from '../../src/model/target.ts';
import { type Answer, type Asked, type LoopbackServer, serve } from '../support/loopback-server.ts';
import { FakeClock } from '../support/memory/index.ts';
import { MINUTE } from '../support/samples.ts';

let server: LoopbackServer | undefined;
afterEach(() => server?.stop());

const target = (type: string, name: string): Target => ({
  id: `/subscriptions/s1/resourcegroups/rg/providers/${type.toLowerCase()}/${name}`,
  name,
  type: type.toLowerCase(),
  kind: '',
  location: 'swedencentral',
  subscriptionId: 's1',
  resourceGroup: 'rg',
  tags: {},
});
const CHAT = target('Microsoft.CognitiveServices/accounts', 'chat');
const TRAIN = target('Microsoft.MachineLearningServices/workspaces', 'train');

async function arm(script: (asked: Asked) => Answer) {
  server = await serve(script);
  const clock = new FakeClock();
  return { deployments: createInventory(azureAccess(null, server.url), ['s1'], clock), clock };
}

const page = (value: readonly unknown[]): Answer => ({ status: 200, body: { value } });
const model = (name: string, version: string) => ({ format: 'OpenAI', name, version });

const standard = (name: string, properties: object = {}, sku: object = { name: 'GlobalStandard', capacity: 120 }) => ({
  name,
  sku,
  properties: { model: model('gpt-4o', '2024-11-20'), ...properties },
});

describe('the capacity of a model deployment', () => {
  const capacityOf = async (item: object) => {
    const { deployments } = await arm(() => page([item]));
    return (await deployments.of(CHAT))[0]?.capacity;
  };

  it.each([
    [
      'its rate limits, a minute',
      standard('a', {
        rateLimits: [
          { key: 'request', renewalPeriod: 10, count: 120 },
          { key: 'token', renewalPeriod: 60, count: 121_000 },
        ],
      }),
      { tokensPerMinute: 121_000, requestsPerMinute: 720 },
    ],
    ['a thousand tokens for each unit, where ARM states no limits', standard('a'), { tokensPerMinute: 120_000 }],
    [
      'its units, where they are provisioned',
      standard('a', {}, { name: 'GlobalProvisionedManaged', capacity: 15 }),
      { provisionedUnits: 15 },
    ],
    ['not known of another kind', standard('a', {}, { name: 'GlobalBatch', capacity: 50 }), {}],
    ['not known without any', { name: 'a', properties: null }, {}],
    ['not known where the limit has no period', standard('a', { rateLimits: [{ key: 'token', count: 5 }] }, {}), {}],
  ])('is %s', async (_, item, expected) => {
    expect(await capacityOf(item)).toEqual(expected);
  });
});

describe('deployments', () => {
  it('carry the retirement of their models, asked of the region once an hour', async () => {
    const { deployments, clock } = await arm(({ url }) =>
      url.pathname.endsWith('/models')
        ? page([
            {
              ...model('GPT-4o', '2024-11-20'),
              lifecycleStatus: 'Deprecating',
              deprecation: { inference: '2027-03-31T00:00:00Z' },
            },
            { ...model('gpt-4o', '2025-01-01'), deprecation: { inference: 'soon' } },
          ])
        : page([standard('a'), { ...standard('b'), properties: { model: model('gpt-4o', '2025-01-01') } }, standard('c')]),
    );
    expect((await deployments.lifecycles(CHAT)).map(({ retiresAt, lifecycle }) => [retiresAt, lifecycle])).toEqual([
      [Date.parse('2027-03-31T00:00:00Z'), 'Deprecating'],
      [null, ''],
      [Date.parse('2027-03-31T00:00:00Z'), 'Deprecating'],
    ]);
    clock.advance(59 * MINUTE);
    await deployments.lifecycles(CHAT);
    await deployments.of(CHAT);
    expect(server?.asked).toHaveLength(2);
    clock.advance(MINUTE);
    await deployments.of(CHAT);
    expect(server?.asked).toHaveLength(3);
  });

  it('of a workspace are those of its online endpoints, with their instances', async () => {
    const { deployments } = await arm(({ url }) =>
      url.pathname.endsWith('/deployments')
        ? page([{ name: 'blue', sku: { name: 'Default', capacity: 3 }, properties: { instanceType: 'Standard_DS3_v2' } }])
        : page([{ id: `${TRAIN.id}/onlineEndpoints/fraud`, name: 'fraud' }]),
    );
    expect(await deployments.of(TRAIN)).toMatchObject([
      { labels: { Endpoint: 'fraud', Deployment: 'blue' }, capacity: { instances: 3 }, sku: 'Standard_DS3_v2' },
    ]);
  });

  it('known before serve for six hours where Azure Resource Manager fails, and no longer', async () => {
    let fails = false;
    const { deployments, clock } = await arm(() => (fails ? { status: 503, body: {} } : page([standard('a')])));
    await deployments.of(CHAT);
    fails = true;
    clock.advance(6 * 60 * MINUTE);
    expect(await deployments.of(CHAT)).toHaveLength(1);
    clock.advance(MINUTE);
    await expect(deployments.of(CHAT)).rejects.toMatchObject({ kind: 'transient' });
  });
});

describe('quotas', () => {
  it('are those of the service in the subscription and region; a limit below nothing is none', async () => {
    const usage = (name: string, currentValue: number, limit: number) => ({
      name: { value: name },
      currentValue,
      limit,
      unit: 'Count',
    });
    const { deployments } = await arm(() =>
      page([usage('OpenAI.Standard.gpt-4o', 60, 150), usage('unlimited', 3, -1), { name: { value: 'broken' } }]),
    );
    expect(await deployments.quotas(CHAT)).toEqual([
      { name: 'OpenAI.Standard.gpt-4o', region: 'swedencentral', used: 60, limit: 150 },
    ]);
    await deployments.quotas(TRAIN);
    expect(server?.asked.map(({ url }) => url.pathname)).toEqual([
      '/subscriptions/s1/providers/Microsoft.CognitiveServices/locations/swedencentral/usages',
      '/subscriptions/s1/providers/Microsoft.MachineLearningServices/locations/swedencentral/usages',
    ]);
    expect(await deployments.quotas(target('Microsoft.Search/searchServices', 's'))).toEqual([]);
  });
});

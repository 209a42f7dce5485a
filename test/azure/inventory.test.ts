import { afterEach, describe, expect, it } from 'vitest';
import { createInventory } from '../../src/azure/inventory.ts';
import { azureAccess } from '../../src/azure/loopback.ts';
import type { Target } from '../../src/model/target.ts';
import { type Answer, type Asked, type LoopbackServer, serve } from '../support/loopback-server.ts';
import { FakeClock } from '../support/memory/index.ts';
import { MINUTE } from '../support/samples.ts';

let server: LoopbackServer | undefined;
afterEach(() => server?.stop());

const ACCOUNTS = 'Microsoft.CognitiveServices/accounts';
const WORKSPACES = 'Microsoft.MachineLearningServices/workspaces';

const resource = (subscription: string, type: string, name: string, more: object = {}) => ({
  id: `/subscriptions/${subscription}/resourceGroups/RG-AI/providers/${type}/${name}`,
  name,
  type,
  location: 'Sweden Central',
  ...more,
});

async function estate(script: (asked: Asked, index: number) => Answer, subscriptions: readonly string[] = ['s1']) {
  server = await serve(script);
  const clock = new FakeClock();
  return { inventory: createInventory(azureAccess(null, server.url), subscriptions, clock), clock };
}

const page = (value: readonly unknown[], nextLink?: string): Answer => ({ status: 200, body: { value, nextLink } });

const target = (type: string, name: string): Target => ({
  id: `/subscriptions/s1/resourcegroups/rg-ai/providers/${type.toLowerCase()}/${name}`,
  name,
  type: type.toLowerCase(),
  kind: '',
  location: 'swedencentral',
  subscriptionId: 's1',
  resourceGroup: 'RG-AI',
  tags: {},
});

describe('the targets of selectors', () => {
  it('are the resources of that type in every watched subscription, page after page, each once', async () => {
    const { inventory } = await estate(
      (asked) => {
        if (asked.url.pathname.includes('/s2/')) return page([resource('s2', ACCOUNTS, 'other')]);
        const first = [resource('s1', ACCOUNTS, 'Chat', { kind: 'OpenAI', tags: { env: 'prod' } })];
        const next = 'https://management.azure.com/subscriptions/s1/resources?api-version=2021-04-01&$skiptoken=2';
        return asked.url.searchParams.has('$skiptoken') ? page([resource('s1', ACCOUNTS, 'last')]) : page(first, next);
      },
      ['S1', 's2'],
    );
    const targets = await inventory.targets([{ type: ACCOUNTS }, { type: ACCOUNTS, kinds: ['openai'] }]);
    expect(targets.map((one) => one.name)).toEqual(['Chat', 'last', 'other']);
    expect(targets[0]).toEqual({ ...target(ACCOUNTS, 'chat'), name: 'Chat', kind: 'OpenAI', tags: { env: 'prod' } });
    const [asked] = server?.asked ?? [];
    expect(asked?.url.pathname).toBe('/subscriptions/s1/resources');
    expect(asked?.url.searchParams.get('$filter')).toBe("resourceType eq 'microsoft.cognitiveservices/accounts'");
    expect(asked?.headers['x-forwarded-host']).toBe('management.azure.com');
    expect(server?.asked).toHaveLength(3);
  });

  it('meet every field of a selector', async () => {
    const { inventory } = await estate(() =>
      page([
        resource('s1', ACCOUNTS, 'a', { kind: 'OpenAI', tags: { Env: 'prod', team: 'x' } }),
        resource('s1', ACCOUNTS, 'b', { kind: 'AIServices', tags: { env: 'test' } }),
        resource('s1', ACCOUNTS, 'c', { kind: 'Speech', tags: null }),
      ]),
    );
    const names = async (selector: object) => (await inventory.targets([{ type: ACCOUNTS, ...selector }])).map((one) => one.name);
    expect(await names({ kinds: ['OpenAI', 'AIServices'] })).toEqual(['a', 'b']);
    expect(await names({ tags: { env: 'prod' } })).toEqual(['a']);
    expect(await names({ tags: { env: 'prod', team: 'y' } })).toEqual([]);
    expect(await names({ resourceGroups: ['rg-ai'] })).toEqual(['a', 'b', 'c']);
    expect(await names({ resourceGroups: ['other'] })).toEqual([]);
    expect(await names({ ids: [`/subscriptions/S1/resourceGroups/rg-ai/providers/${ACCOUNTS}/C`] })).toEqual(['c']);
    expect(await names({ subscriptions: ['s1'] })).toEqual(['a', 'b', 'c']);
    expect(server?.asked).toHaveLength(1);
  });

  it('are asked for once by concurrent callers, and again after a while', async () => {
    const { inventory, clock } = await estate(() => page([]));
    const read = () => inventory.targets([{ type: ACCOUNTS }]);
    await Promise.all([read(), read(), read()]);
    clock.advance(14 * MINUTE);
    await read();
    expect(server?.asked).toHaveLength(1);
    clock.advance(2 * MINUTE);
    await read();
    expect(server?.asked).toHaveLength(2);
  });

  it('are known for an hour although Azure Resource Manager is not reached, and then unknown', async () => {
    let up = true;
    const { inventory, clock } = await estate(() =>
      up
        ? page([resource('s1', ACCOUNTS, 'a')])
        : { status: 403, body: { error: { code: 'AuthorizationFailed', message: 'no' } } },
    );
    const read = () => inventory.targets([{ type: ACCOUNTS }]);
    await read();
    up = false;
    clock.advance(60 * MINUTE);
    expect(await read()).toHaveLength(1);
    clock.advance(1);
    await expect(read()).rejects.toMatchObject({ code: 'TCN-A003', message: expect.stringContaining('AuthorizationFailed') });
    up = true;
    expect(await read()).toHaveLength(1);
  });

  it.each([
    [{ status: 200, body: '' }, 'TCN-A007'],
    [{ status: 204 }, 'TCN-A007'],
    [{ status: 200, body: '<html>' }, 'TCN-A007'],
    [{ status: 404, body: { error: { code: 'SubscriptionNotFound', message: 'm' } } }, 'TCN-A004'],
    [{ status: 500, body: 'oops' }, 'TCN-A002'],
  ])('are unknown when the answer is %j', async (answer, code) => {
    const { inventory } = await estate(() => answer);
    await expect(inventory.targets([{ type: ACCOUNTS }])).rejects.toMatchObject({ code });
  });

  it('are never read from where a link points but from Azure Resource Manager', async () => {
    const { inventory } = await estate((_, index) =>
      page([], index === 0 ? 'https://evil.example/subscriptions/s1/resources?page=2' : undefined),
    );
    await inventory.targets([{ type: ACCOUNTS }]);
    expect(server?.asked.map((asked) => asked.headers['x-forwarded-host'])).toEqual([
      'management.azure.com',
      'management.azure.com',
    ]);
  });
});

describe('what is expected inside a target', () => {
  const deployment = (name: string, model: string) => ({ name, properties: { model: { name: model, version: '2024-08-06' } } });

  it('are the model deployments of an account, under the names of metrics and logs', async () => {
    const { inventory } = await estate(() => page([deployment('chat', 'gpt-4o'), deployment('mini', 'gpt-4o')]));
    const account = target(ACCOUNTS, 'a');
    const labels = async (...names: string[]) => (await inventory.expected(account, names)).map((one) => one.labels);
    expect(await inventory.expected(account, ['ModelDeploymentName'])).toEqual([
      { targetId: account.id, labels: { ModelDeploymentName: 'chat' } },
      { targetId: account.id, labels: { ModelDeploymentName: 'mini' } },
    ]);
    expect(await labels('DeploymentName')).toEqual([{ DeploymentName: 'chat' }, { DeploymentName: 'mini' }]);
    expect(await labels('ModelName')).toEqual([{ ModelName: 'gpt-4o' }]);
    expect(await labels('ModelDeploymentName', 'StatusCode')).toEqual([]);
    expect(await labels('Region')).toEqual([]);
    expect(server?.asked.map((asked) => asked.url.pathname)).toEqual([`${account.id}/deployments`]);
  });

  it('are the deployments of the online endpoints of a workspace', async () => {
    const workspace = target(WORKSPACES, 'ml');
    const { inventory } = await estate((asked) => {
      if (asked.url.pathname.endsWith('/onlineEndpoints'))
        return page([{ id: `${workspace.id}/onlineEndpoints/score`, name: 'score' }]);
      return page([{ name: 'ml/score/blue' }, { name: 'green' }]);
    });
    expect(await inventory.expected(workspace, ['deployment'])).toEqual([
      { targetId: workspace.id, labels: { deployment: 'blue' } },
      { targetId: workspace.id, labels: { deployment: 'green' } },
    ]);
    expect((await inventory.expected(workspace, ['EndpointName'])).map((one) => one.labels)).toEqual([{ EndpointName: 'score' }]);
  });

  it('is the target itself where no label tells its parts apart', async () => {
    const { inventory } = await estate(() => page([]));
    const account = target(ACCOUNTS, 'a');
    expect(await inventory.expected(account, [])).toEqual([{ targetId: account.id, labels: {} }]);
  });

  it('is nothing in other resources', async () => {
    const { inventory } = await estate(() => page([]));
    expect(await inventory.expected(target('Microsoft.Storage/storageAccounts', 'x'), ['deployment'])).toEqual([]);
    expect(server?.asked).toEqual([]);
  });
});

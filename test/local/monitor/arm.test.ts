import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHAT, CUSTOMER, type Fixture, MINUTE, NOON, SUBSCRIPTION, startFixture, WORKSPACE } from './fixture.ts';

let fixture: Fixture;

beforeAll(async () => {
  fixture = await startFixture({ pageSize: 2 });
});

afterAll(() => fixture.close());

interface List {
  readonly value: readonly { readonly name: string; readonly type?: string; readonly [field: string]: unknown }[];
  readonly nextLink?: string;
}

async function get(path: string): Promise<{ status: number; body: List }> {
  const answer = await fetch(fixture.monitor.url + path);
  return { status: answer.status, body: (await answer.json()) as List };
}

async function names(path: string): Promise<string[]> {
  const found: string[] = [];
  for (let url: string | undefined = fixture.monitor.url + path; url !== undefined; ) {
    const page = (await (await fetch(url)).json()) as List;
    found.push(...page.value.map((item) => item.name));
    expect(page.value.length).toBeLessThanOrEqual(2);
    url = page.nextLink;
  }
  return found;
}

const resources = (filter = '') =>
  `/subscriptions/${SUBSCRIPTION}/resources?api-version=2021-04-01${filter === '' ? '' : `&$filter=${encodeURIComponent(filter)}`}`;

describe('Azure Resource Manager', () => {
  it('lists subscriptions, and all resources page by page, online endpoints and their deployments among them', async () => {
    expect((await get('/subscriptions?api-version=2022-12-01')).body.value).toMatchObject([
      { subscriptionId: SUBSCRIPTION, state: 'Enabled' },
    ]);
    expect(await names(resources())).toEqual(['chat-se', 'embed-se', 'train', 'train/fraud', 'train/fraud/blue']);
  });

  it('filters resources by type, tag and name, each compared as Azure does', async () => {
    expect(await names(resources("resourceType eq 'microsoft.cognitiveservices/ACCOUNTS'"))).toEqual(['chat-se', 'embed-se']);
    expect(await names(resources("tagName eq 'env' and tagValue eq 'prod'"))).toEqual(['chat-se']);
    expect(await names(resources("resourceType eq 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints'"))).toEqual([
      'train/fraud',
    ]);
    expect((await get(resources('substringof(name)'))).status).toBe(400);
    expect((await get('/subscriptions/00000000-0000-0000-0000-000000000000/resources')).status).toBe(404);
  });

  it('lists the deployments of an account that exist at the time', async () => {
    const path = `${CHAT}/deployments?api-version=2024-10-01`;
    expect(await names(path)).toEqual(['chat', 'mini']);
    expect((await get(path)).body.value[0]).toMatchObject({
      sku: { name: 'Standard', capacity: 30 },
      properties: { model: { name: 'gpt-4o', version: '2024-11-20' } },
    });
    fixture.at(NOON + 60 * MINUTE);
    expect(await names(path)).toEqual(['chat', 'mini', 'tomorrow']);
    fixture.at(NOON);
  });

  it('lists online endpoints and their deployments', async () => {
    expect(await names(`${WORKSPACE}/onlineEndpoints?api-version=2024-10-01`)).toEqual(['fraud']);
    expect(await names(`${WORKSPACE}/onlineEndpoints/fraud/deployments?api-version=2024-10-01`)).toEqual(['blue']);
    expect((await get(`${WORKSPACE}/onlineEndpoints/none/deployments`)).status).toBe(404);
  });

  it('knows a single resource, and says 404 of what it does not', async () => {
    expect((await get(CHAT)).body).toMatchObject({ name: 'chat-se', kind: 'OpenAI', tags: { env: 'prod' } });
    expect((await get(`${CHAT}x`)).body).toMatchObject({ error: { code: 'ResourceNotFound' } });
    expect((await get('/nothing/here')).body).toMatchObject({ error: { code: 'PathNotFoundError' } });
  });
});

describe('log queries over plain HTTP', () => {
  it('intersect the timespan of the query string with that of the body', async () => {
    const span = (from: number, to: number) =>
      `${new Date(NOON - from * MINUTE).toISOString()}/${new Date(NOON - to * MINUTE).toISOString()}`;
    const answer = await fetch(
      `${fixture.monitor.url}/v1/workspaces/${CUSTOMER}/query?timespan=${encodeURIComponent(span(6, 0))}`,
      {
        method: 'POST',
        body: JSON.stringify({
          query: 'AzureDiagnostics | summarize n = count() by bin(TimeGenerated, 1m)',
          timespan: span(9, 4),
        }),
      },
    );
    expect(await answer.json()).toMatchObject({
      tables: [
        {
          name: 'PrimaryResult',
          rows: [
            [expect.anything(), 11],
            [expect.anything(), 15],
          ],
        },
      ],
    });
  });

  it('work by GET, refuse a timespan that is none, and write longs with all their digits', async () => {
    const url = (query: string, more = '') =>
      `${fixture.monitor.url}/v1/workspaces/${CUSTOMER}/query?query=${encodeURIComponent(query)}${more}`;
    expect(await (await fetch(url('print x = 9007199254740993'))).text()).toContain('"rows":[[9007199254740993]]');
    const refused = await fetch(url('print 1', '&timespan=yesterday'));
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ error: { code: 'BadArgumentError' } });
  });
});

import { MonitorClient } from '@azure/arm-monitor';
import { LogsQueryClient, MetricsClient, MetricsQueryClient } from '@azure/monitor-query';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CHAT, CUSTOMER, credential, type Fixture, MINUTE, NOON, OTHER, SUBSCRIPTION, startFixture } from './fixture.ts';

let fixture: Fixture;
let logs: LogsQueryClient;
let batch: MetricsClient;
let single: MetricsQueryClient;
let monitor: MonitorClient;

const HOUR = { startTime: new Date(NOON - 60 * MINUTE), endTime: new Date(NOON) };
const ACCOUNTS = 'Microsoft.CognitiveServices/accounts';

beforeAll(async () => {
  fixture = await startFixture();
  const options = { httpClient: fixture.httpClient, retryOptions: { maxRetries: 0 } };
  logs = new LogsQueryClient(credential, options);
  batch = new MetricsClient('https://swedencentral.metrics.monitor.azure.com', credential, options);
  single = new MetricsQueryClient(credential, options);
  monitor = new MonitorClient(credential, SUBSCRIPTION, options);
});

afterAll(() => fixture.close());

beforeEach(() => {
  fixture.monitor.inject([]);
  fixture.at(NOON);
});

describe('an answer larger than the service gives', () => {
  it('ends after 500,000 rows, with the reason beside them', async () => {
    const answer = await logs.queryWorkspace(CUSTOMER, 'range x from 1 to 500001 step 1', HOUR);
    expect(answer).toMatchObject({ status: 'PartialFailure', partialError: { code: 'PartialError' } });
    const [table] = 'partialTables' in answer ? answer.partialTables : [];
    expect(table?.rows).toHaveLength(500_000);
    const whole = await logs.queryWorkspace(CUSTOMER, 'range x from 1 to 500000 step 1', HOUR);
    expect(whole.status).toBe('Success');
  });

  it('ends after 100 MiB', async () => {
    const query = 'range x from 1 to 120 step 1 | extend y = strrep(strrep("0123456789", 100), 1000)';
    const answer = await fetch(`${fixture.monitor.url}/v1/workspaces/${CUSTOMER}/query?query=${encodeURIComponent(query)}`);
    const { tables, error } = (await answer.json()) as { tables: { rows: unknown[] }[]; error: { code: string } };
    expect(tables[0]?.rows).toHaveLength(104);
    expect(error.code).toBe('PartialError');
  });

  it('is 504 when it takes longer than the client lets the service wait', async () => {
    const query = 'range x from 1 to 1000000 step 1 | extend y = strcat("a", x) | summarize dcount(y)';
    const impatient = logs.queryWorkspace(CUSTOMER, query, HOUR, { serverTimeoutInSeconds: 0.001 });
    await expect(impatient).rejects.toMatchObject({ statusCode: 504 });
    await expect(logs.queryWorkspace(CUSTOMER, query, HOUR, { serverTimeoutInSeconds: 60 })).resolves.toMatchObject({
      status: 'Success',
    });
  });
});

describe('metric requests beyond the service’s limits are refused', () => {
  it('more than fifty resources in a batch', async () => {
    const ids = Array.from({ length: 51 }, () => CHAT);
    await expect(batch.queryResources(ids, ['ModelRequests'], ACCOUNTS)).rejects.toMatchObject({ statusCode: 400 });
    await expect(batch.queryResources(ids.slice(1), ['ModelRequests'], ACCOUNTS)).resolves.toHaveLength(50);
  });

  it('more than twenty metric names', async () => {
    const names = Array.from({ length: 21 }, () => 'ModelRequests');
    await expect(single.queryResource(CHAT, names)).rejects.toMatchObject({ statusCode: 400 });
    await expect(single.queryResource(CHAT, names.slice(1))).resolves.toBeDefined();
  });

  it('an interval that is no time grain, unless it may be adjusted to the next one', async () => {
    const options = { timespan: 'PT10M', metricnames: 'ModelRequests', aggregation: 'Total', interval: 'PT2M' };
    await expect(monitor.metrics.list(CHAT, options)).rejects.toMatchObject({ statusCode: 400 });
    const adjusted = await monitor.metrics.list(CHAT, { ...options, autoAdjustTimegrain: true });
    expect(adjusted.value[0]?.timeseries?.[0]?.data?.map((point) => point.total)).toEqual([55, 75]);
  });
});

describe('metrics of a subscription', () => {
  const options = {
    timespan: 'PT10M',
    interval: 'PT5M',
    metricnames: 'ModelRequests',
    aggregation: 'Total',
    metricnamespace: ACCOUNTS,
  };

  it('fold all resources of a type and region together', async () => {
    const answer = await monitor.metrics.listAtSubscriptionScope('swedencentral', options);
    expect(answer.value[0]?.timeseries?.map((one) => one.data?.map((point) => point.total))).toEqual([[55, 75]]);
    expect(answer.resourceregion).toBe('swedencentral');
    const elsewhere = await monitor.metrics.listAtSubscriptionScope('westeurope', options);
    expect(elsewhere.value[0]?.timeseries).toEqual([]);
  });

  it('are split by resource where the filter says so, with the parameters in the body of a POST', async () => {
    const filter = "Microsoft.ResourceId eq '*' and StatusCode eq '429'";
    const answer = await monitor.metrics.listAtSubscriptionScope('swedencentral', { ...options, filter });
    const [series] = answer.value[0]?.timeseries ?? [];
    expect(series?.metadatavalues?.map((label) => label.value)).toEqual([CHAT.toLowerCase(), '429']);
    const { timespan, interval, aggregation } = options;
    const body = { timespan, interval, aggregation, metricNames: 'ModelRequests', metricNamespace: ACCOUNTS, filter };
    const posted = await monitor.metrics.listAtSubscriptionScopePost('swedencentral', { body });
    expect(posted.value[0]?.timeseries).toEqual(answer.value[0]?.timeseries);
  });

  it('need a region and a namespace', async () => {
    const { metricnamespace: _, ...without } = options;
    await expect(monitor.metrics.listAtSubscriptionScope('swedencentral', without)).rejects.toMatchObject({ statusCode: 400 });
  });
});

describe('rows that arrive late', () => {
  const count = async (): Promise<unknown> => {
    const answer = await logs.queryWorkspace(CUSTOMER, 'AzureDiagnostics | count', HOUR);
    return answer.status === 'Success' ? answer.tables[0]?.rows[0]?.[0] : answer;
  };

  it('are there once their delay is over, the same ones each time', async () => {
    fixture.monitor.inject([
      {
        late: 'AzureDiagnostics',
        delays: [
          { quantile: 0.5, delay: 'PT0S' },
          { quantile: 1, delay: 'PT30M' },
        ],
      },
    ]);
    const seen = Number(await count());
    expect(seen).toBeGreaterThan(65);
    expect(seen).toBeLessThan(125);
    expect(await count()).toBe(seen);
    fixture.at(NOON + 10 * MINUTE);
    const later = Number(await count());
    expect(later).toBeGreaterThan(seen);
    fixture.at(NOON + 31 * MINUTE);
    expect(await count()).toBe(130);
  });

  it('of other tables are not held back', async () => {
    fixture.monitor.inject([{ late: '^Aml', delays: [{ quantile: 1, delay: 'PT1H' }] }]);
    expect(await count()).toBe(130);
  });

  it('need delays in ISO 8601 by ascending quantile', () => {
    const wrong = [
      { quantile: 0.9, delay: 'PT1M' },
      { quantile: 0.5, delay: 'PT2M' },
    ];
    expect(() => fixture.monitor.inject([{ late: '', delays: wrong }])).toThrow(/quantiles ascend/);
    expect(() => fixture.monitor.inject([{ late: '', delays: [{ quantile: 1, delay: '5m' }] }])).toThrow(/ISO 8601/);
  });
});

describe('lists come in pages', () => {
  it('of the activity log and of everything in Azure Resource Manager', async () => {
    const pages = async (path: string): Promise<number[]> => {
      const sizes: number[] = [];
      for (let url: string | undefined = `${fixture.monitor.url}${path}`; url !== undefined; ) {
        const answer = (await (await fetch(url)).json()) as { value: unknown[]; nextLink?: string };
        sizes.push(answer.value.length);
        url = answer.nextLink;
      }
      return sizes;
    };
    const since = encodeURIComponent(`eventTimestamp ge '${HOUR.startTime.toISOString()}'`);
    expect(
      await pages(`/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Insights/eventtypes/management/values?$filter=${since}`),
    ).toEqual([2, 1]);
    expect(await pages(`/subscriptions/${SUBSCRIPTION}/resources?api-version=2021-04-01`)).toEqual([2, 2, 1]);
    expect(await pages('/subscriptions?api-version=2022-12-01')).toEqual([1]);
    expect(OTHER).toContain(SUBSCRIPTION);
  });
});

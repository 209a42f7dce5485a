import { MonitorClient } from '@azure/arm-monitor';
import { LogsQueryClient, MetricsClient, MetricsQueryClient } from '@azure/monitor-query';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Injection } from '../../../src/local/monitor/inject.ts';
import { CHAT, CUSTOMER, credential, type Fixture, MINUTE, NOON, SUBSCRIPTION, startFixture } from './fixture.ts';

/** Every kind of fault as docs/cli.md writes it, as the real clients see it. */

const ACCOUNTS = 'Microsoft.CognitiveServices/accounts';
const HOUR = { startTime: new Date(NOON - 60 * MINUTE), endTime: new Date(NOON) };

let fixture: Fixture;
let logs: LogsQueryClient;
let batch: MetricsClient;
let single: MetricsQueryClient;
let monitor: MonitorClient;

beforeAll(async () => {
  fixture = await startFixture({ pageSize: 1 });
  const options = { httpClient: fixture.httpClient, retryOptions: { maxRetries: 1, retryDelayInMs: 1, maxRetryDelayInMs: 2 } };
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

const count = async (): Promise<unknown> => {
  const answer = await logs.queryWorkspace(CUSTOMER, 'AzureDiagnostics | count', HOUR);
  return answer.status === 'Success' ? answer.tables[0]?.rows[0]?.[0] : answer.partialError.code;
};
const metrics = () => batch.queryResources([CHAT], ['ModelRequests'], ACCOUNTS);

describe('an injected fault', () => {
  it.each<readonly [string, Injection, object]>([
    ['throttling without a time to wait is not tried again', { path: '/query$', status: 429 }, { statusCode: 429 }],
    [
      'a missing role',
      { path: '/query$', status: 403, code: 'InsufficientAccessError' },
      { statusCode: 403, code: 'InsufficientAccessError' },
    ],
    ['a query that takes too long', { path: '/query$', status: 504 }, { statusCode: 504 }],
    ['a service that is not there', { path: '/query$', status: 503 }, { statusCode: 503 }],
  ])('%s', async (_what, rule, error) => {
    fixture.monitor.inject([rule]);
    await expect(count()).rejects.toMatchObject(error);
    fixture.monitor.inject([]);
    expect(await count()).toBe(130);
  });

  it('that ends is over for the client’s next try: 504 and, with Retry-After, 429', async () => {
    fixture.monitor.inject([{ path: '/query$', status: 504, times: 1 }]);
    expect(await count()).toBe(130);
    fixture.monitor.inject([{ path: '/query$', status: 429, headers: { 'Retry-After': '0' }, times: 1 }]);
    expect(await count()).toBe(130);
  });

  it('of the metrics APIs: 529, and an error in the form of each', async () => {
    fixture.monitor.inject([{ path: 'metrics:getBatch$', status: 529 }]);
    await expect(metrics()).rejects.toMatchObject({ statusCode: 529 });
    fixture.monitor.inject([{ path: 'microsoft.insights/metrics$', status: 429, code: 'ResourceRequestsThrottled' }]);
    await expect(single.queryResource(CHAT, ['ModelRequests'])).rejects.toMatchObject({
      statusCode: 429,
      code: 'ResourceRequestsThrottled',
    });
    await expect(metrics()).resolves.toHaveLength(1);
  });

  it('of an answer: half of it, none of it', async () => {
    fixture.monitor.inject([{ path: '/query$', code: 'EngineError', message: 'half of it' }]);
    expect(await count()).toBe('PartialError');
    fixture.monitor.inject([{ path: '/query$', status: 204 }]);
    const empty = await fetch(`${fixture.monitor.url}/v1/workspaces/${CUSTOMER}/query?query=print%201`);
    expect([empty.status, await empty.text()]).toEqual([204, '']);
  });

  it('that is slow keeps the client waiting, which may give up', async () => {
    fixture.monitor.inject([{ path: '/query$', delay: 60_000, times: 1 }]);
    const impatient = new AbortController();
    const waiting = logs.queryWorkspace(CUSTOMER, 'print 1', HOUR, { abortSignal: impatient.signal });
    setImmediate(() => impatient.abort());
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    expect(await count()).toBe(130);
  });
});

describe('details of the wire', () => {
  it('lists of the activity log come page by page, the client putting them together', async () => {
    const filter = `eventTimestamp ge '${HOUR.startTime.toISOString()}'`;
    const sizes: number[] = [];
    for await (const page of monitor.activityLogs.list(filter).byPage()) sizes.push(page.length);
    expect(sizes).toEqual([1, 1, 1]);
    const chosen = monitor.activityLogs.list(filter, { select: 'caller,operationName' });
    for await (const { caller, resourceId } of chosen) expect([caller, resourceId]).toEqual(['ada@contoso.example', undefined]);
  });

  it('further workspaces are allowed: there is one archive of all', async () => {
    const answer = await logs.queryWorkspace(CUSTOMER, 'AzureDiagnostics | count', HOUR, { additionalWorkspaces: [CUSTOMER] });
    expect(answer).toMatchObject({ status: 'Success' });
  });

  it('a request without JSON gets an empty answer; a batch without ids of its own is refused', async () => {
    const query = await fetch(`${fixture.monitor.url}/v1/workspaces/${CUSTOMER}/query`, { method: 'POST', body: 'no json' });
    expect([query.status, await query.text()]).toEqual([200, '']);
    const item = { id: '0', workspace: CUSTOMER, body: { query: 'print 1' } };
    const twice = await fetch(`${fixture.monitor.url}/v1/$batch`, {
      method: 'POST',
      body: JSON.stringify({ requests: [item, item] }),
    });
    expect([twice.status, await twice.json()]).toMatchObject([400, { error: { code: 'QueryValidationError' } }]);
  });

  it('dimensions are checked unless the caller says otherwise', async () => {
    const options = { timespan: 'PT10M', metricnames: 'ModelRequests', filter: "Colour eq '*'" };
    await expect(monitor.metrics.list(CHAT, options)).rejects.toMatchObject({ statusCode: 400 });
    const answer = await monitor.metrics.list(CHAT, { ...options, validateDimensions: false });
    expect(answer.value[0]?.timeseries).toEqual([]);
  });

  it('metadata alone are series without data', async () => {
    const answer = await monitor.metrics.list(CHAT, {
      timespan: 'PT10M',
      metricnames: 'ModelRequests',
      filter: "ModelDeploymentName eq '*'",
      resultType: 'Metadata',
    });
    const series = answer.value[0]?.timeseries ?? [];
    expect(series.map((one) => [one.metadatavalues?.[0]?.value, one.data])).toEqual([
      ['chat', []],
      ['mini', []],
    ]);
  });
});

import { MonitorClient } from '@azure/arm-monitor';
import { LogsQueryClient, LogsQueryResultStatus, MetricsClient, MetricsQueryClient } from '@azure/monitor-query';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CHAT, CUSTOMER, credential, type Fixture, MINUTE, NOON, OTHER, SUBSCRIPTION, startFixture } from './fixture.ts';

let fixture: Fixture;
let logs: LogsQueryClient;
let batch: MetricsClient;
let single: MetricsQueryClient;
let monitor: MonitorClient;

const HOUR = { startTime: new Date(NOON - 60 * MINUTE), endTime: new Date(NOON) };
const CHAT_PATH = CHAT.slice(1);

beforeAll(async () => {
  fixture = await startFixture();
  const options = { httpClient: fixture.httpClient, retryOptions: { maxRetries: 2, retryDelayInMs: 1, maxRetryDelayInMs: 5 } };
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

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

async function table(kql: string, timespan = HOUR): Promise<readonly (readonly unknown[])[]> {
  const answer = await logs.queryWorkspace(CUSTOMER, kql, timespan);
  if (answer.status !== LogsQueryResultStatus.Success) throw new Error(answer.partialError.message);
  return answer.tables[0]?.rows ?? [];
}

describe('LogsQueryClient', () => {
  it('queries a workspace: columns with types, datetimes as dates, dynamics as objects', async () => {
    const answer = await logs.queryWorkspace(
      CUSTOMER,
      'AzureDiagnostics | where ResultSignature == 429 | extend p = parse_json(properties_s) | top 1 by TimeGenerated asc | project TimeGenerated, DurationMs, p, d = tostring(p.modelDeploymentName)',
      HOUR,
    );
    if (answer.status !== LogsQueryResultStatus.Success) throw new Error('partial');
    const [result] = answer.tables;
    expect(result?.columnDescriptors.map((column) => `${column.name}:${column.type}`)).toEqual([
      'TimeGenerated:datetime',
      'DurationMs:long',
      'p:dynamic',
      'd:string',
    ]);
    const time = new Date(NOON - 5 * MINUTE + 8_000);
    expect(result?.rows).toEqual([[time, 508, { modelDeploymentName: 'chat', streamType: 'Streaming', big: 1 }, 'chat']]);
  });

  it('keeps 100 ns in the answer’s text', async () => {
    expect(await table('AzureDiagnostics | top 1 by TimeGenerated asc | project t = tostring(TimeGenerated)')).toEqual([
      ['2026-05-01T11:50:00.0004567Z'],
    ]);
  });

  it('applies the timespan on top of the query’s own filter, and ago() counts from the stand-in’s clock', async () => {
    const span = { startTime: new Date(NOON - 5 * MINUTE), endTime: new Date(NOON) };
    expect(await table('AzureDiagnostics | where TimeGenerated > ago(2m) | count')).toEqual([[30]]);
    expect(await table('AzureDiagnostics | count', span)).toEqual([[75]]);
    expect(await table('AzureDiagnostics | where TimeGenerated < ago(9m) | count', span)).toEqual([[0]]);
  });

  it('does not show what lies in the future of the clock', async () => {
    fixture.at(NOON - 8 * MINUTE - 1_000);
    expect(await table('AzureDiagnostics | summarize max(TimeGenerated)')).toEqual([[new Date(NOON - 9 * MINUTE + 7_000)]]);
  });

  it('queries a resource, by its id with a leading slash', async () => {
    const count = async (id: string) => {
      const answer = await logs.queryResource(id, 'AzureDiagnostics | count', HOUR);
      return answer.status === LogsQueryResultStatus.Success ? answer.tables[0]?.rows : answer;
    };
    expect(await count(CHAT)).toEqual([[130]]);
    expect(await count(OTHER)).toEqual([[0]]);
    await expect(count(`${CHAT}-gone`)).rejects.toMatchObject({ statusCode: 404 });
  });

  it('queries in a batch, each query with its own outcome', async () => {
    const answers = await logs.queryBatch([
      { workspaceId: CUSTOMER, query: 'AzureDiagnostics | count', timespan: HOUR },
      { workspaceId: CUSTOMER, query: 'NoSuchTable | count', timespan: HOUR },
    ]);
    expect(answers.map((answer) => answer.status)).toEqual(['Success', 'Failure']);
    expect(answers[0]).toMatchObject({ tables: [{ rows: [[130]] }] });
  });

  it('gets statistics and the chart asked for only when it prefers them', async () => {
    const query = 'AzureDiagnostics | summarize count() by bin(TimeGenerated, 1m) | render timechart';
    const plain = await logs.queryWorkspace(CUSTOMER, query, HOUR);
    expect(plain).toMatchObject({ statistics: undefined, visualization: undefined });
    const rich = await logs.queryWorkspace(CUSTOMER, query, HOUR, { includeQueryStatistics: true, includeVisualization: true });
    expect(rich).toMatchObject({
      statistics: { query: { inputDatasetStatistics: { rows: { total: 130 } } } },
      visualization: { visualization: 'timechart' },
    });
  });

  it('is told where a query is wrong, and what is only not supported offline', async () => {
    const refusal = (kql: string) => logs.queryWorkspace(CUSTOMER, kql, HOUR).catch((error: unknown) => JSON.stringify(error));
    expect(await refusal('AzureDiagnostics\n| where OperationNam == "x"')).toMatch(
      /BadArgumentError.*SemanticError.*2:9 TCN-R015 KS142/,
    );
    expect(await refusal('AzureDiagnostics | sumarize count()')).toMatch(/SyntaxError/);
    expect(await refusal('AzureDiagnostics | evaluate autocluster()')).toMatch(/NotSupportedOffline.*1:20 TCN-L003/);
    await expect(logs.queryWorkspace('00000000-0000-0000-0000-000000000000', 'print 1', HOUR)).rejects.toMatchObject({
      statusCode: 404,
      code: 'PathNotFoundError',
    });
  });
});

describe('MetricsClient.queryResources', () => {
  const query = (metrics: string[], options: object, ids = [CHAT, OTHER]) =>
    batch.queryResources(ids, metrics, 'Microsoft.CognitiveServices/accounts', {
      startTime: new Date(NOON - 10 * MINUTE),
      endTime: new Date(NOON),
      interval: 'PT5M',
      aggregation: 'Total',
      ...options,
    });

  it('splits by every dimension of the filter and folds minutes into buckets', async () => {
    const [chat, other] = await query(['ModelRequests'], { filter: "ModelDeploymentName eq '*' and StatusCode eq '*'" });
    const series = chat?.metrics[0]?.timeseries as unknown as readonly {
      metadatavalues: readonly { value: string }[];
      data: readonly { total?: number }[];
    }[];
    expect(
      series.map((one) => [...one.metadatavalues.map((label) => label.value), ...one.data.map((point) => point.total)]),
    ).toEqual([
      ['chat', '200', 40, 40],
      ['mini', '200', 15, 15],
      ['chat', '429', undefined, 20],
    ]);
    expect(chat?.resourceId).toBe(CHAT);
    expect(other?.metrics[0]?.timeseries).toEqual([]);
  });

  it('gives averages, extremes and counts that agree with the minutes', async () => {
    const [chat] = await query(['TimeToResponse'], { aggregation: 'Average,Minimum,Maximum', interval: 'PT1M' }, [CHAT]);
    const points = chat?.metrics[0]?.timeseries[0]?.data ?? [];
    expect(points).toHaveLength(10);
    expect(points[0]).toMatchObject({ average: 400, minimum: 100, maximum: 900 });
  });

  it('refuses an unknown metric, dimension, aggregation or region, naming what is known', async () => {
    await expect(query(['ModelRequests', 'Nonsense'], {})).rejects.toMatchObject({
      statusCode: 400,
      message: expect.stringContaining('Nonsense'),
    });
    await expect(query(['ModelRequests'], { filter: "Colour eq '*'" })).rejects.toThrow(
      /does not support requested dimension combination: Colour/,
    );
    await expect(query(['ModelRequests'], { aggregation: 'Average' })).rejects.toThrow(/does not support requested aggregation/);
    const elsewhere = new MetricsClient('https://westeurope.metrics.monitor.azure.com', credential, {
      httpClient: fixture.httpClient,
    });
    await expect(elsewhere.queryResources([CHAT], ['ModelRequests'], 'Microsoft.CognitiveServices/accounts')).rejects.toThrow(
      /not in region westeurope/,
    );
  });
});

describe('MetricsQueryClient', () => {
  it('queries one resource through Azure Resource Manager', async () => {
    const answer = await single.queryResource(CHAT_PATH, ['ModelRequests', 'TimeToResponse'], {
      timespan: { startTime: new Date(NOON - 10 * MINUTE), endTime: new Date(NOON) },
      granularity: 'PT5M',
      metricNamespace: 'Microsoft.CognitiveServices/accounts',
      filter: "ModelDeploymentName eq 'chat'",
    });
    expect(answer.resourceRegion).toBe('swedencentral');
    const [requests, latency] = answer.metrics;
    expect(requests?.timeseries[0]?.metadataValues).toMatchObject([{ value: 'chat' }]);
    expect(requests?.timeseries[0]?.data?.map((point) => point.total)).toEqual([40, 60]);
    expect(latency?.timeseries[0]?.data?.map((point) => point.average)).toEqual([400, 400]);
    await expect(single.queryResource(CHAT_PATH, ['Nonsense'])).rejects.toMatchObject({ statusCode: 400 });
  });

  it('keeps the ten largest series unless more are asked for', async () => {
    const answer = await single.queryResource(CHAT_PATH, ['ModelRequests'], {
      timespan: { startTime: new Date(NOON - 10 * MINUTE), endTime: new Date(NOON) },
      filter: "ModelDeploymentName eq '*' and StatusCode eq '*'",
      top: 1,
    });
    expect(answer.metrics[0]?.timeseries).toHaveLength(1);
  });

  it('lists definitions and namespaces', async () => {
    const definitions = await all(single.listMetricDefinitions(CHAT_PATH));
    const requests = definitions.find((definition) => definition.name === 'ModelRequests');
    expect(requests?.dimensions).toContain('ModelDeploymentName');
    expect(requests).toMatchObject({ primaryAggregationType: 'Total', unit: 'Count' });
    const namespaces = await all(single.listMetricNamespaces(CHAT_PATH));
    expect(namespaces.map((namespace) => namespace.metricNamespaceName)).toEqual(['Microsoft.CognitiveServices/accounts']);
  });
});

describe('MonitorClient', () => {
  it('queries metrics with a roll-up, which merges the series of a dimension', async () => {
    const answer = await monitor.metrics.list(CHAT_PATH, {
      timespan: 'PT10M',
      interval: 'PT5M',
      metricnames: 'ModelRequests',
      aggregation: 'Total',
      filter: "ModelDeploymentName eq '*' and StatusCode eq '*'",
      rollupby: 'StatusCode',
    });
    expect(answer.value[0]?.timeseries?.map((one) => one.data?.map((point) => point.total))).toEqual([
      [40, 60],
      [15, 15],
    ]);
    expect((await all(monitor.metricDefinitions.list(CHAT_PATH))).length).toBeGreaterThan(20);
  });

  it('pages through the activity log, newest first, and filters it', async () => {
    const filter = `eventTimestamp ge '${new Date(NOON - 60 * MINUTE).toISOString()}' and eventTimestamp le '${new Date(NOON).toISOString()}'`;
    const events = await all(monitor.activityLogs.list(filter));
    expect(events.map((event) => event.operationName?.value?.split('/').slice(3).join('/'))).toEqual([
      'listKeys/action',
      'delete',
      'write',
    ]);
    expect(events[1]).toMatchObject({
      caller: 'ada@contoso.example',
      status: { value: 'Succeeded' },
      resourceGroupName: 'rg-ai',
    });
    expect(await all(monitor.activityLogs.list(`${filter} and correlationId eq 'corr-write'`))).toHaveLength(1);
    await expect(all(monitor.activityLogs.list("resourceGroupName eq 'rg-ai'"))).rejects.toMatchObject({ statusCode: 400 });
  });

  it('lists, reads, writes and deletes diagnostic settings, and knows the categories', async () => {
    const settings = await all(monitor.diagnosticSettings.list(CHAT_PATH));
    expect(settings.map((setting) => setting.name)).toEqual(['to-workspace']);
    expect(settings[0]?.logs?.map((log) => log.category ?? log.categoryGroup)).toEqual(['RequestResponse', 'audit']);
    const made = await monitor.diagnosticSettings.createOrUpdate(CHAT_PATH, 'to-hub', {
      eventHubAuthorizationRuleId: '/subscriptions/s/rule',
      eventHubName: 'diagnostics',
      logs: [{ category: 'Audit', enabled: true }],
    });
    expect(made.eventHubName).toBe('diagnostics');
    expect((await monitor.diagnosticSettings.get(CHAT_PATH, 'to-hub')).logs).toMatchObject([
      { category: 'Audit', enabled: true },
    ]);
    await monitor.diagnosticSettings.delete(CHAT_PATH, 'to-hub');
    await expect(monitor.diagnosticSettings.get(CHAT_PATH, 'to-hub')).rejects.toMatchObject({ statusCode: 404 });
    const wrong = { workspaceId: '/w', logs: [{ category: 'NoSuchCategory', enabled: true }] };
    await expect(monitor.diagnosticSettings.createOrUpdate(CHAT_PATH, 'x', wrong)).rejects.toMatchObject({ statusCode: 400 });
    const categories = await all(monitor.diagnosticSettingsCategory.list(CHAT_PATH));
    expect(categories.filter((category) => category.categoryType === 'Logs').map((category) => category.name)).toContain(
      'RequestResponse',
    );
    expect((await monitor.diagnosticSettingsCategory.get(CHAT_PATH, 'Audit')).categoryGroups).toEqual(['audit', 'allLogs']);
  });
});

describe('injected faults reach the clients as Azure’s own would', () => {
  const count = () => table('AzureDiagnostics | count');

  it('a throttled call with Retry-After is tried again by the client', async () => {
    fixture.monitor.inject([{ path: '/query$', status: 429, headers: { 'Retry-After': '0' }, code: 'ThrottledError', times: 1 }]);
    expect(await count()).toEqual([[130]]);
  });

  it('one without it is an error at once', async () => {
    fixture.monitor.inject([{ path: '/query$', status: 429, code: 'ThrottledError' }]);
    await expect(count()).rejects.toMatchObject({ statusCode: 429, code: 'ThrottledError' });
  });

  it('a part of an answer carries its error beside the tables', async () => {
    fixture.monitor.inject([{ path: '/query$', code: 'EngineError', message: 'half of it' }]);
    const answer = await logs.queryWorkspace(CUSTOMER, 'AzureDiagnostics | count', HOUR);
    expect(answer).toMatchObject({ status: 'PartialFailure', partialError: { code: 'PartialError' } });
  });

  it('meets only the occurrence, method and body that it names', async () => {
    fixture.monitor.inject([
      { path: '/query$', method: 'POST', body: 'summarize', from: 2, times: 1, status: 403, code: 'InsufficientAccessError' },
    ]);
    const summary = () => table('AzureDiagnostics | summarize count()');
    expect(await count()).toEqual([[130]]);
    expect(await summary()).toEqual([[130]]);
    await expect(summary()).rejects.toMatchObject({ statusCode: 403 });
    expect(await summary()).toEqual([[130]]);
  });

  it('an answer without content, and the metrics API’s own throttling', async () => {
    fixture.monitor.inject([
      { path: '/query$', status: 204 },
      { path: 'metrics:getBatch$', status: 529 },
    ]);
    await expect(count()).rejects.toThrow();
    await expect(batch.queryResources([CHAT], ['ModelRequests'], 'Microsoft.CognitiveServices/accounts')).rejects.toMatchObject({
      statusCode: 529,
    });
  });
});

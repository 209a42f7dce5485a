import { afterEach, describe, expect, it } from 'vitest';
import { azureAccess } from '../../src/azure/loopback.ts';
import { TOP } from '../../src/azure/metric-answer.ts';
import { createMetricSource } from '../../src/azure/metric-source.ts';
import type { MetricQuery } from '../../src/model/query.ts';
import { type Answer, type Asked, type LoopbackServer, serve } from '../support/loopback-server.ts';
import { MINUTE, NOON } from '../support/samples.ts';

let server: LoopbackServer | undefined;
afterEach(() => server?.stop());

/** The batch client takes nothing but a GUID. */
const SUBSCRIPTION = '00000000-0000-4000-8000-000000000001';
const idOf = (name: string) =>
  `/subscriptions/${SUBSCRIPTION}/resourcegroups/rg/providers/microsoft.cognitiveservices/accounts/${name}`;

const QUERY: MetricQuery = {
  subscriptionId: SUBSCRIPTION,
  region: 'swedencentral',
  namespace: 'Microsoft.CognitiveServices/accounts',
  resourceIds: [idOf('chat')],
  metrics: ['ModelRequests'],
  aggregations: ['total', 'count'],
  splitBy: ['ModelDeploymentName'],
  span: { start: NOON - 3 * MINUTE, end: NOON },
  grain: MINUTE,
};

async function answering(script: (asked: Asked, index: number) => Answer) {
  server = await serve(script);
  return createMetricSource(azureAccess(null, server.url));
}

const bin = (minutesBefore: number, values: object = {}) => ({
  timeStamp: new Date(NOON - minutesBefore * MINUTE).toISOString(),
  ...values,
});

function wireMetric(name: string, timeseries: readonly object[], more: object = {}) {
  return {
    id: 'x',
    type: 'Microsoft.Insights/metrics',
    name: { value: name, localizedValue: name },
    unit: 'Count',
    errorCode: 'Success',
    timeseries,
    ...more,
  };
}

const wireSeries = (labels: Readonly<Record<string, string>>, data: readonly object[]) => ({
  metadatavalues: Object.entries(labels).map(([name, value]) => ({ name: { value: name, localizedValue: name }, value })),
  data,
});

function batch(...values: readonly (readonly [string, readonly object[]])[]): Answer {
  const common = {
    starttime: '2026-11-20T11:57:00Z',
    endtime: '2026-11-20T12:00:00Z',
    interval: 'PT1M',
    namespace: 'n',
    resourceregion: 'swedencentral',
  };
  return { status: 200, body: { values: values.map(([resourceid, value]) => ({ ...common, resourceid, value })) } };
}

const single = (value: readonly object[]): Answer => ({
  status: 200,
  body: {
    cost: 1,
    timespan: '2026-11-20T11:57:00Z/2026-11-20T12:00:00Z',
    interval: 'PT1M',
    namespace: 'n',
    resourceregion: 'swedencentral',
    value,
  },
});

const isBatch = (asked: Asked) => asked.url.pathname.endsWith('metrics:getBatch');
const refused = (status: number, code: string): Answer => ({
  status,
  body: { error: { code, message: `${code} of the service` } },
});

describe('a metric read', () => {
  it('asks the region of the resources, in one call, for every value of the split', async () => {
    const source = await answering(() => batch([idOf('chat'), [wireMetric('ModelRequests', [])]]));
    await source.read(QUERY);
    const [asked] = server?.asked ?? [];
    expect(server?.asked).toHaveLength(1);
    expect(asked?.headers['x-forwarded-host']).toBe('swedencentral.metrics.monitor.azure.com');
    expect([asked?.method, asked?.url.pathname]).toEqual(['POST', `/subscriptions/${SUBSCRIPTION}/metrics:getBatch`]);
    expect(Object.fromEntries(asked?.url.searchParams ?? [])).toEqual({
      starttime: '2026-11-20T11:57:00.000Z',
      endtime: '2026-11-20T12:00:00.000Z',
      interval: 'PT1M',
      metricnamespace: 'Microsoft.CognitiveServices/accounts',
      metricnames: 'ModelRequests',
      aggregation: 'total,count',
      top: String(TOP),
      filter: "ModelDeploymentName eq '*'",
      'api-version': '2024-02-01',
    });
    expect(JSON.parse(asked?.body ?? '')).toEqual({ resourceids: [idOf('chat')] });
  });

  it('gives series with the spelling asked for, and no point for an empty bin or one outside of the span', async () => {
    const data = [
      bin(4, { total: 9 }),
      bin(3, { total: 5, count: 5 }),
      bin(2),
      bin(1, { total: 0, count: 0 }),
      bin(0, { total: 9 }),
    ];
    const series = wireSeries({ modeldeploymentname: 'gpt-4o' }, data);
    const source = await answering(() => batch([idOf('chat').toUpperCase(), [wireMetric('ModelRequests', [series])]]));
    expect(await source.read(QUERY)).toEqual({
      series: [
        {
          resourceId: idOf('chat'),
          metric: 'ModelRequests',
          labels: { ModelDeploymentName: 'gpt-4o' },
          points: [
            { at: NOON - 3 * MINUTE, total: 5, count: 5 },
            { at: NOON - MINUTE, total: 0, count: 0 },
          ],
        },
      ],
      failed: [],
    });
  });

  it('says of each metric that the service did not answer that it is unknown', async () => {
    const source = await answering(() =>
      batch([
        idOf('a'),
        [wireMetric('ModelRequests', []), wireMetric('Latency', [], { errorCode: 'InternalError', errorMessage: 'later' })],
      ]),
    );
    const answer = await source.read({
      ...QUERY,
      resourceIds: [idOf('a'), idOf('b')],
      metrics: ['ModelRequests', 'Latency', 'Tokens'],
    });
    expect(answer.series).toEqual([]);
    expect(answer.failed.map(({ resourceId, metric, code }) => [resourceId.at(-1), metric, code])).toEqual([
      ['a', 'Latency', 'TCN-A006'],
      ['a', 'Tokens', 'TCN-A007'],
      ['b', 'ModelRequests', 'TCN-A007'],
      ['b', 'Latency', 'TCN-A007'],
      ['b', 'Tokens', 'TCN-A007'],
    ]);
  });

  it('takes a metric with as many series as a call returns for incomplete', async () => {
    const timeseries = Array.from({ length: TOP }, (_, n) => wireSeries({ ModelDeploymentName: String(n) }, []));
    const source = await answering(() => batch([idOf('chat'), [wireMetric('ModelRequests', timeseries)]]));
    expect(await source.read(QUERY)).toMatchObject({ series: [], failed: [{ code: 'TCN-A006' }] });
  });

  it('reads name by name where one name is unknown, so that only that one is missing', async () => {
    const source = await answering((asked) => {
      const names = asked.url.searchParams.get('metricnames')?.split(',') ?? [];
      if (names.includes('Nonsense')) return refused(400, 'BadRequest');
      return batch([
        idOf('a'),
        names.map((name) => wireMetric(name, [wireSeries({ ModelDeploymentName: 'x' }, [bin(1, { total: 1 })])])),
      ]);
    });
    const answer = await source.read({ ...QUERY, resourceIds: [idOf('a')], metrics: ['ModelRequests', 'Nonsense', 'Latency'] });
    expect(answer.series.map((series) => series.metric)).toEqual(['ModelRequests', 'Latency']);
    expect(answer.failed).toMatchObject([{ resourceId: idOf('a'), metric: 'Nonsense', code: 'TCN-A005' }]);
  });

  it('does not ask fifty resources for a name that the first refuses', async () => {
    const source = await answering(() => refused(400, 'BadRequest'));
    const resourceIds = Array.from({ length: 50 }, (_, n) => idOf(`a${n}`));
    const answer = await source.read({ ...QUERY, resourceIds });
    expect(answer.failed).toHaveLength(50);
    expect(server?.asked.map(isBatch)).toEqual([true, false]);
  });

  it.each([400, 403, 404])('reads resource by resource where the batch API answers %s', async (status) => {
    const source = await answering((asked) => {
      if (isBatch(asked)) return refused(status, 'AuthorizationFailed');
      if (asked.url.pathname.includes('/accounts/gone/')) return refused(404, 'ResourceNotFound');
      const data = [bin(1, { total: 4, count: 2 })];
      return single([wireMetric('ModelRequests', [wireSeries({ modeldeploymentname: 'x' }, data)])]);
    });
    const answer = await source.read({ ...QUERY, resourceIds: [idOf('a'), idOf('gone'), idOf('b')] });
    const point = { at: NOON - MINUTE, total: 4, count: 2 };
    const series = { metric: 'ModelRequests', labels: { ModelDeploymentName: 'x' }, points: [point] };
    expect(answer.series).toEqual([
      { resourceId: idOf('a'), ...series },
      { resourceId: idOf('b'), ...series },
    ]);
    expect(answer.failed).toMatchObject([{ resourceId: idOf('gone'), metric: 'ModelRequests', code: 'TCN-A004' }]);
    const asked = server?.asked.find((one) => !isBatch(one));
    expect(asked?.url.pathname).toBe(`${idOf('a')}/providers/Microsoft.Insights/metrics`);
    expect(Object.fromEntries(asked?.url.searchParams ?? [])).toMatchObject({
      timespan: '2026-11-20T11:57:00.000Z/2026-11-20T12:00:00.000Z',
      interval: 'PT1M',
      metricnames: 'ModelRequests',
      aggregation: 'Total,Count',
      metricnamespace: 'Microsoft.CognitiveServices/accounts',
      top: String(TOP),
      $filter: "ModelDeploymentName eq '*'",
    });
  });

  it('splits what is more than one call takes', async () => {
    const source = await answering((asked) => {
      const ids: readonly string[] = JSON.parse(asked.body).resourceids;
      const names = asked.url.searchParams.get('metricnames')?.split(',') ?? [];
      return batch(...ids.map((id) => [id, names.map((name) => wireMetric(name, []))] as const));
    });
    const resourceIds = Array.from({ length: 60 }, (_, n) => idOf(`a${n}`));
    const metrics = Array.from({ length: 25 }, (_, n) => `M${n}`);
    expect(await source.read({ ...QUERY, resourceIds, metrics, splitBy: [] })).toEqual({ series: [], failed: [] });
    const sizes = server?.asked.map((asked) => [
      JSON.parse(asked.body).resourceids.length,
      asked.url.searchParams.get('metricnames')?.split(',').length,
    ]);
    expect(sizes).toEqual([
      [50, 20],
      [50, 5],
      [10, 20],
      [10, 5],
    ]);
    expect(server?.asked[0]?.url.searchParams.has('filter')).toBe(false);
  });

  it.each([
    [529, 'TCN-A001'],
    [429, 'TCN-A001'],
    [504, 'TCN-A008'],
    [503, 'TCN-A002'],
  ])('fails as a whole on %s', async (status, code) => {
    const source = await answering(() => refused(status, 'Busy'));
    await expect(source.read(QUERY)).rejects.toMatchObject({ code, kind: 'transient' });
  });

  it.each([
    [MINUTE, 'PT1M'],
    [5 * MINUTE, 'PT5M'],
    [60 * MINUTE, 'PT1H'],
    [1440 * MINUTE, 'P1D'],
  ])('asks for bins of %d ms as %s', async (grain, interval) => {
    const source = await answering(() => batch([idOf('chat'), [wireMetric('ModelRequests', [])]]));
    await source.read({ ...QUERY, grain });
    expect(server?.asked[0]?.url.searchParams.get('interval')).toBe(interval);
  });
});

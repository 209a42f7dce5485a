import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogSource } from '../../../src/azure/log-source.ts';
import { azureAccess } from '../../../src/azure/loopback.ts';
import { createMetricSource } from '../../../src/azure/metric-source.ts';
import { openArchive } from '../../../src/local/archive/archive.ts';
import { offlineClock } from '../../../src/local/offline/clock.ts';
import { kqlLogSource } from '../../../src/local/offline/logs.ts';
import { minuteMetricSource } from '../../../src/local/offline/metrics.ts';
import type { MetricAnswer, MetricQuery } from '../../../src/model/query.ts';
import { CHAT, CUSTOMER, type Fixture, MINUTE, NOON, OTHER, SUBSCRIPTION, startFixture } from '../monitor/fixture.ts';

/*
 * The sources that tests and backtests read from, against the deployed adapters over the real SDK clients and the Azure Monitor stand-in,
 * on one archive.
 */

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture.close());

const clock = offlineClock(NOON);

function sources() {
  const archive = openArchive(fixture.dir);
  const access = azureAccess(null, fixture.monitor.url);
  return {
    deployed: { metrics: createMetricSource(access), logs: createLogSource(access) },
    offline: {
      metrics: minuteMetricSource((id, metric, span) => archive.metric(id, metric, span), clock),
      logs: kqlLogSource(async (tables, span) => ({ tables: await archive.logs(tables, span), mark: null }), clock),
    },
  };
}

const inOrder = ({ series, failed }: MetricAnswer) => ({
  failed,
  series: [...series].map((one) => JSON.stringify(one, (_, value) => sortedKeys(value))).sort(),
});

function sortedKeys(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)));
}

describe('offline metrics', () => {
  it('answer what the deployed source gets from the stand-in', async () => {
    const { deployed, offline } = sources();
    const minute = fc.integer({ min: -12, max: 3 });
    const query = fc
      .record({
        from: minute,
        length: fc.integer({ min: 1, max: 12 }),
        grain: fc.constantFrom(1, 5, 15),
        splitBy: fc.constantFrom([], ['ModelDeploymentName'], ['StatusCode', 'ModelDeploymentName']),
        kind: fc.constantFrom(
          { metrics: ['ModelRequests'], aggregations: ['total'] as const },
          { metrics: ['TimeToResponse'], aggregations: ['average', 'minimum', 'maximum'] as const },
        ),
      })
      .map(
        ({ from, length, grain, splitBy, kind }): MetricQuery => ({
          subscriptionId: SUBSCRIPTION,
          region: 'swedencentral',
          namespace: 'Microsoft.CognitiveServices/accounts',
          resourceIds: [CHAT.toLowerCase(), OTHER.toLowerCase()],
          ...kind,
          splitBy,
          span: { start: NOON + from * MINUTE, end: NOON + (from + length) * MINUTE },
          grain: grain * MINUTE,
        }),
      );
    await fc.assert(
      fc.asyncProperty(query, async (asked) => {
        expect(inOrder(await offline.metrics.read(asked))).toEqual(inOrder(await deployed.metrics.read(asked)));
      }),
      { numRuns: 60 },
    );
  });
});

describe('offline logs', () => {
  it.each([
    'AzureDiagnostics | summarize Calls = count() by bin(TimeGenerated, 5m), _ResourceId, ResultSignature | order by TimeGenerated asc, ResultSignature asc',
    'AzureDiagnostics | extend P = parse_json(properties_s) | project TimeGenerated, P, Took = DurationMs * 1ms, Share = DurationMs / 3.0, Big = tolong(9007199254740993), None = toreal("x"), Inf = 1.0 / 0.0, Ok = DurationMs > 501, When = datetime(null) | order by TimeGenerated asc',
    'AzureDiagnostics | where TimeGenerated > ago(7m) | summarize max(TimeGenerated), dcount(CorrelationId) by _ResourceId',
    'AzureDiagnostics | where Category == "none" | project TimeGenerated',
    'AmlComputeJobEvent | count',
  ])('answer what the deployed source gets from the stand-in: %s', async (kql) => {
    const { deployed, offline } = sources();
    const query = { workspaceId: CUSTOMER, kql, span: { start: NOON - 10 * MINUTE, end: NOON - MINUTE } };
    expect(await offline.logs.query(query)).toEqual(await deployed.logs.query(query));
  });

  it('refuse what the deployed source is refused', async () => {
    const { deployed, offline } = sources();
    const query = {
      workspaceId: CUSTOMER,
      kql: 'AzureDiagnostics | where Nothing == 1',
      span: { start: NOON - MINUTE, end: NOON },
    };
    for (const { logs } of [deployed, offline]) await expect(logs.query(query)).rejects.toMatchObject({ code: 'TCN-A005' });
  });
});

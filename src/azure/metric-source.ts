import type { AggregationType, MetricsClient, MetricsQueryClient } from '@azure/monitor-query';
import { TocsinError } from '../model/errors.ts';
import type { MetricAnswer, MetricQuery } from '../model/query.ts';
import type { Aggregation } from '../model/rule.ts';
import type { CallOptions, MetricSource } from '../ports.ts';
import { createLimiter } from './limiter.ts';
import type { AzureAccess } from './loopback.ts';
import { allFailed, joined, metricAnswer, type SdkMetric, TOP } from './metric-answer.ts';
import { monitorError, statusOf } from './sdk-errors.ts';

/** What one call of the batch API takes. */
const MOST_RESOURCES = 50;
const MOST_METRICS = 20;
/** Calls per resource that run at once where the batch API cannot serve. */
const SINGLE_CALLS = 5;

const AGGREGATIONS: Readonly<Record<Aggregation, AggregationType>> = {
  total: 'Total',
  average: 'Average',
  minimum: 'Minimum',
  maximum: 'Maximum',
  count: 'Count',
};

/**
 * Platform metrics through the batch API (`MetricsClient`), and resource by resource (`MetricsQueryClient`) where it cannot serve: it
 * needs a role on the whole subscription and knows no custom metrics.
 *
 * One name that a namespace does not have makes the service reject a whole call. The call is then made name by name, so that only the
 * name at fault is in `failed`.
 */
export function createMetricSource(access: AzureAccess): MetricSource {
  const regional = new Map<string, Promise<MetricsClient>>();
  let single: Promise<MetricsQueryClient> | undefined;
  const limited = createLimiter({ inFlight: SINGLE_CALLS, perSecond: Number.POSITIVE_INFINITY });

  function batchClient(region: string): Promise<MetricsClient> {
    const client = regional.get(region) ?? loadBatchClient(access, region);
    regional.set(region, client);
    return client;
  }

  async function readBatch(query: MetricQuery, options?: CallOptions): Promise<MetricAnswer> {
    const client = await batchClient(query.region);
    const results = await client.queryResources([...query.resourceIds], [...query.metrics], query.namespace, {
      startTime: new Date(query.span.start),
      endTime: new Date(query.span.end),
      interval: isoDuration(query.grain),
      aggregation: query.aggregations.join(','),
      top: TOP,
      ...splitFilter(query),
      ...abortable(options),
    });
    const byId = new Map(results.map((result) => [normalId(result.resourceId ?? ''), result.metrics]));
    return joined(
      query.resourceIds.map((id) => metricAnswer(query, id, (byId.get(normalId(id)) ?? []) as unknown as readonly SdkMetric[])),
    );
  }

  async function readSingle(query: MetricQuery, resourceId: string, options?: CallOptions): Promise<MetricAnswer> {
    single ??= loadSingleClient(access);
    const client = await single;
    try {
      const result = await client.queryResource(resourceId.replace(/^\/+/, ''), [...query.metrics], {
        timespan: { startTime: new Date(query.span.start), endTime: new Date(query.span.end) },
        granularity: isoDuration(query.grain),
        aggregations: query.aggregations.map((aggregation) => AGGREGATIONS[aggregation]),
        metricNamespace: query.namespace,
        top: TOP,
        ...splitFilter(query),
        ...abortable(options),
      });
      return metricAnswer(query, resourceId, result.metrics as unknown as readonly SdkMetric[]);
    } catch (thrown) {
      const error = monitorError(thrown, `metrics of ${resourceId}`);
      if (isOfResource(statusOf(thrown)) && error instanceof TocsinError) {
        return allFailed(query, [resourceId], error.code, error.detail);
      }
      throw error;
    }
  }

  /** The first resource shows whether the name at fault is unknown everywhere, so that 50 resources do not cost 50 refusals. */
  async function readOneByOne(query: MetricQuery, probe: boolean, options?: CallOptions): Promise<MetricAnswer> {
    const [first, ...rest] = query.resourceIds;
    if (first === undefined) return { series: [], failed: [] };
    const one = (id: string) => limited(() => readSingle(query, id, options));
    const answer = await one(first);
    const refused = answer.failed[0];
    if (probe && refused?.code === 'TCN-A005') return joined([answer, allFailed(query, rest, refused.code, refused.detail)]);
    return joined([answer, ...(await Promise.all(rest.map(one)))]);
  }

  async function readCall(query: MetricQuery, options?: CallOptions): Promise<MetricAnswer> {
    try {
      return await readBatch(query, options);
    } catch (thrown) {
      const status = statusOf(thrown);
      if (status === 400 && query.metrics.length > 1) {
        const answers: MetricAnswer[] = [];
        for (const metric of query.metrics) answers.push(await readCall({ ...query, metrics: [metric] }, options));
        return joined(answers);
      }
      if (isOfResource(status)) return readOneByOne(query, status === 400, options);
      throw monitorError(thrown, `metrics of ${query.namespace} in ${query.region}`);
    }
  }

  return {
    read: async (query, options) => {
      const answers: MetricAnswer[] = [];
      for (const resourceIds of chunks(query.resourceIds, MOST_RESOURCES)) {
        for (const metrics of chunks(query.metrics, MOST_METRICS)) {
          answers.push(await readCall({ ...query, resourceIds, metrics }, options));
        }
      }
      return joined(answers);
    },
  };
}

async function loadBatchClient(access: AzureAccess, region: string): Promise<MetricsClient> {
  const { MetricsClient } = await import('@azure/monitor-query');
  const endpoint = `https://${region === '' ? 'global' : region}.metrics.monitor.azure.com`;
  return new MetricsClient(endpoint, access.credential, await access.clientOptions());
}

async function loadSingleClient(access: AzureAccess): Promise<MetricsQueryClient> {
  const { MetricsQueryClient } = await import('@azure/monitor-query');
  return new MetricsQueryClient(access.credential, await access.clientOptions());
}

/** Answers that speak of what was asked (rejected, forbidden, unknown), not of the service's health. */
function isOfResource(status: number | null): boolean {
  return status === 400 || status === 401 || status === 403 || status === 404;
}

function splitFilter({ splitBy }: MetricQuery): { filter?: string } {
  return splitBy.length === 0 ? {} : { filter: splitBy.map((dimension) => `${dimension} eq '*'`).join(' and ') };
}

/** `PT1M`, `PT1H`, `P1D`: the service knows only whole minutes, hours and days. */
function isoDuration(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  if (minutes % 1440 === 0) return `P${minutes / 1440}D`;
  return minutes % 60 === 0 ? `PT${minutes / 60}H` : `PT${minutes}M`;
}

function normalId(id: string): string {
  return id.replace(/^\/*/, '/').toLowerCase();
}

function chunks<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}

function abortable(options: CallOptions | undefined): { abortSignal?: AbortSignal } {
  return options?.signal === undefined ? {} : { abortSignal: options.signal };
}

import type { MetricAnswer, MetricPoint, MetricQuery, MetricSeries } from '../../model/query.ts';
import type { Window } from '../../model/window.ts';
import type { Clock, MetricSource } from '../../ports.ts';
import type { MetricRecord } from '../archive/append.ts';
import { type FoldedSeries, foldSeries, valueOfSum } from '../monitor/metric-series.ts';

/** Minutes of one metric of one resource that begin in the span and have been published by `now` (epoch ms), in any order. */
export type ReadMinutes = (
  resourceId: string,
  metric: string,
  span: Window,
  now: number,
) => readonly MetricRecord[] | Promise<readonly MetricRecord[]>;

/** A call returns at most so many series per metric and resource; more of them count as a partial answer, as in Azure. */
const MOST_SERIES = 5_000;

/** Metrics answered from minutes by the code with which the Azure Monitor stand-in cuts them into bins. */
export function minuteMetricSource(read: ReadMinutes, clock: Clock): MetricSource {
  return {
    read: async (query) => {
      const series: MetricSeries[] = [];
      const failed: MetricAnswer['failed'][number][] = [];
      const now = clock.now();
      const { grain } = query;
      const span = { start: Math.floor(query.span.start / grain) * grain, end: Math.min(query.span.end, now) };
      for (const resourceId of query.resourceIds) {
        for (const metric of query.metrics) {
          const built = foldSeries(await read(resourceId, metric, span, now), {
            span,
            interval: grain,
            aggregations: query.aggregations,
            filters: query.splitBy.map((dimension) => ({ dimension, alternatives: [{ operator: 'eq', value: '*' }] })),
            rollUp: [],
            top: MOST_SERIES,
            orderBy: null,
          });
          if (built.length >= MOST_SERIES) {
            failed.push({ resourceId, metric, code: 'TCN-A006', detail: `more than ${MOST_SERIES} series` });
          } else for (const one of built) series.push(seriesOf(query, resourceId, metric, one));
        }
      }
      return { series, failed };
    },
  };
}

function seriesOf(
  { splitBy, span, aggregations }: MetricQuery,
  resourceId: string,
  metric: string,
  { labels, buckets }: FoldedSeries,
): MetricSeries {
  const points: MetricPoint[] = [];
  for (const [at, sum] of buckets) {
    if (sum.count === 0 || at < span.start || at >= span.end) continue;
    const point: Record<string, number> = { at };
    for (const aggregation of aggregations) point[aggregation] = valueOfSum(sum, aggregation);
    points.push(point as unknown as MetricPoint);
  }
  points.sort((left, right) => left.at - right.at);
  return {
    resourceId,
    metric,
    labels: Object.fromEntries(splitBy.map((name, index) => [name, labels[index]?.value ?? ''])),
    points,
  };
}

import type { Labels } from '../../src/model/labels.ts';
import { labelKey } from '../../src/model/labels.ts';
import type { MetricAnswer, MetricPoint, MetricQuery, MetricSeries } from '../../src/model/query.ts';

/** One sample that a service recorded: the raw material of every aggregation. */
export interface Sample {
  readonly resourceId: string;
  readonly metric: string;
  readonly dimensions: Labels;
  readonly at: number;
  readonly value: number;
}

/** Answers a query from raw samples as the metrics API does: dimension names in lower case, no series without a sample. */
export function answer(samples: readonly Sample[], query: MetricQuery): MetricAnswer {
  const groups = new Map<string, { resourceId: string; metric: string; labels: Labels; bins: Map<number, number[]> }>();
  for (const { resourceId, metric, dimensions, at, value } of samples) {
    if (!query.resourceIds.includes(resourceId) || !query.metrics.includes(metric)) continue;
    if (at < query.span.start || at >= query.span.end) continue;
    const labels = Object.fromEntries(query.splitBy.map((name) => [name.toLowerCase(), dimensions[name] ?? '']));
    const key = JSON.stringify([resourceId, metric, labelKey(labels)]);
    const group = groups.get(key) ?? { resourceId, metric, labels, bins: new Map<number, number[]>() };
    groups.set(key, group);
    const bin = Math.floor(at / query.grain) * query.grain;
    group.bins.set(bin, [...(group.bins.get(bin) ?? []), value]);
  }
  const series = [...groups.values()].map(
    ({ bins, ...rest }): MetricSeries => ({
      ...rest,
      resourceId: rest.resourceId.toUpperCase(),
      points: [...bins].map(([at, values]) => pointOf(at, values, query)),
    }),
  );
  return { series, failed: [] };
}

function pointOf(at: number, values: readonly number[], { aggregations }: MetricQuery): MetricPoint {
  const total = values.reduce((sum, value) => sum + value, 0);
  const all = {
    total,
    count: values.length,
    average: total / values.length,
    minimum: Math.min(...values),
    maximum: Math.max(...values),
  };
  return { at, ...Object.fromEntries(aggregations.map((name) => [name, all[name]])) };
}

import type { MetricAnswer, MetricPoint, MetricQuery, MetricSeries } from '../model/query.ts';

/** The most series per metric and resource that one call may return; the service's own default is 10. */
export const TOP = 5_000;

/** A metric of one resource as either client gives it. The batch client leaves dimension names as the service nests them. */
export interface SdkMetric {
  readonly name: string;
  readonly errorCode?: string | undefined;
  readonly errorMessage?: string | undefined;
  readonly timeseries: readonly SdkSeries[];
}

interface SdkSeries {
  readonly metadataValues?: readonly SdkLabel[] | undefined;
  readonly metadatavalues?: readonly SdkLabel[] | undefined;
  readonly data?: readonly SdkPoint[] | undefined;
}

interface SdkLabel {
  readonly name?: string | { readonly value?: string } | undefined;
  readonly value?: string | undefined;
}

interface SdkPoint extends Omit<MetricPoint, 'at'> {
  readonly timeStamp: Date;
}

type Failure = MetricAnswer['failed'][number];

/**
 * What one resource answered, in our words: bins without a value are left out, dimensions are spelled as they were asked for. A metric that
 * the answer lacks, or that has as many series as a call may return, is failed: what is missing of it is unknown.
 */
export function metricAnswer(query: MetricQuery, resourceId: string, metrics: readonly SdkMetric[]): MetricAnswer {
  const series: MetricSeries[] = [];
  const failed: Failure[] = [];
  for (const name of query.metrics) {
    const metric = metrics.find((one) => one.name.toLowerCase() === name.toLowerCase());
    const failure = metric === undefined ? { code: 'TCN-A007', detail: 'not in the answer' } : failureOf(metric);
    if (failure !== null) failed.push({ resourceId, metric: name, ...failure });
    else for (const one of metric?.timeseries ?? []) series.push(seriesOf(query, resourceId, name, one));
  }
  return { series, failed };
}

/** Every metric of the query failed for these resources. */
export function allFailed(query: MetricQuery, resourceIds: readonly string[], code: string, detail: string): MetricAnswer {
  const failed = resourceIds.flatMap((resourceId) => query.metrics.map((metric) => ({ resourceId, metric, code, detail })));
  return { series: [], failed };
}

export function joined(answers: readonly MetricAnswer[]): MetricAnswer {
  return { series: answers.flatMap((answer) => answer.series), failed: answers.flatMap((answer) => answer.failed) };
}

function failureOf({ errorCode, errorMessage, timeseries }: SdkMetric): { code: string; detail: string } | null {
  if (errorCode !== undefined && errorCode !== 'Success') {
    return { code: 'TCN-A006', detail: `${errorCode} ${errorMessage ?? ''}`.trim() };
  }
  return timeseries.length >= TOP ? { code: 'TCN-A006', detail: `more than ${TOP} series` } : null;
}

function seriesOf({ splitBy, span }: MetricQuery, resourceId: string, metric: string, one: SdkSeries): MetricSeries {
  const given = new Map<string, string>();
  for (const { name, value } of one.metadatavalues ?? one.metadataValues ?? []) {
    const text = typeof name === 'string' ? name : name?.value;
    if (text !== undefined) given.set(text.toLowerCase(), value ?? '');
  }
  const labels = Object.fromEntries(splitBy.map((name) => [name, given.get(name.toLowerCase()) ?? '']));
  const points = (one.data ?? []).map(pointOf).filter(({ at, ...values }) => {
    return at >= span.start && at < span.end && Object.keys(values).length > 0;
  });
  return { resourceId, metric, labels, points };
}

const VALUES = ['total', 'average', 'minimum', 'maximum', 'count'] as const;

function pointOf(point: SdkPoint): MetricPoint {
  const values = VALUES.filter((name) => typeof point[name] === 'number').map((name) => [name, point[name]]);
  return { at: new Date(point.timeStamp).getTime(), ...Object.fromEntries(values) };
}

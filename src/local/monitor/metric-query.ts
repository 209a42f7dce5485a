import type { Aggregation } from '../../model/rule.ts';
import type { Window } from '../../model/window.ts';
import { type MetricFacts, metricsOf } from '../../rules/catalogue.ts';
import type { MetricRecord } from '../archive/append.ts';
import type { ServiceError } from './http.ts';
import { type DimensionFilter, FilterSyntaxError, parseMetricFilter } from './metric-filter.ts';
import { type BuiltSeries, buildSeries } from './metric-series.ts';
import { parseIsoDuration } from './time-span.ts';
import { type ListedResource, type MonitorWorld, normalId } from './world.ts';

/** The parameters of a metric query, whatever the API calls them. */
export interface MetricParameters {
  readonly span: Window;
  readonly interval: string | null;
  readonly metricNames: string | null;
  readonly aggregation: string | null;
  readonly filter: string | null;
  readonly top: string | null;
  readonly orderBy: string | null;
  readonly rollUpBy: string | null;
  readonly namespace: string | null;
  /** Only the series' labels, without data. */
  readonly metadataOnly: boolean;
  readonly validateDimensions: boolean;
  /** An interval that is no time grain becomes the next one, rather than an error. */
  readonly adjustInterval: boolean;
}

/** Whose metrics are asked for: one resource, or all of one type in a subscription and region. */
export interface MetricScope {
  readonly id: string;
  readonly type: string;
  readonly resources: readonly ListedResource[];
  /** Series may be split by `Microsoft.ResourceId`. */
  readonly byResource: boolean;
}

export function scopeOf(resource: ListedResource): MetricScope {
  return { id: resource.id, type: resource.type, resources: [resource], byResource: false };
}

const RESOURCE_ID = 'Microsoft.ResourceId';

/** How an API words a refusal. */
export type Refuse = (message: string) => ServiceError;

const MOST_NAMES = 20;
const GRAINS = ['PT1M', 'PT5M', 'PT15M', 'PT30M', 'PT1H', 'PT6H', 'PT12H', 'P1D'] as const;
const AGGREGATIONS: readonly Aggregation[] = ['total', 'average', 'minimum', 'maximum', 'count'];

/** The metrics of a scope in the API's form. */
export async function queryMetrics(
  world: MonitorWorld,
  scope: MetricScope,
  parameters: MetricParameters,
  refuse: Refuse,
): Promise<readonly object[]> {
  const namespace = parameters.namespace ?? scope.type;
  if (namespace.toLowerCase() !== scope.type.toLowerCase()) {
    throw refuse(`Metric namespace '${namespace}' is not one of resource type '${scope.type}'.`);
  }
  const wanted = wantedMetrics(parameters.metricNames, scope.type, refuse);
  const filters = filtersOf(parameters.filter, refuse);
  const rollUp = listOf(parameters.rollUpBy);
  const span = { start: parameters.span.start, end: Math.min(parameters.span.end, world.clock()) };
  const answers: object[] = [];
  for (const facts of wanted) {
    if (parameters.validateDimensions) {
      const own = scope.byResource ? [...facts.dimensions, RESOURCE_ID] : facts.dimensions;
      checkDimensions(facts.name, own, [...filters.map((filter) => filter.dimension), ...rollUp], refuse);
    }
    const aggregations = aggregationsOf(parameters.aggregation, facts, refuse);
    const interval = intervalOf(parameters.interval, parameters.adjustInterval, refuse);
    const series = buildSeries(await recordsOf(world, scope, facts.name, aligned(span, interval)), {
      span,
      interval,
      aggregations,
      filters,
      rollUp,
      top: Number(parameters.top ?? 10),
      orderBy: orderOf(parameters.orderBy, refuse),
    });
    answers.push(metricJson(scope.id, facts, series, parameters.metadataOnly));
  }
  return answers;
}

async function recordsOf(
  world: MonitorWorld,
  scope: MetricScope,
  metric: string,
  span: Window,
): Promise<readonly MetricRecord[]> {
  const all: MetricRecord[] = [];
  for (const { id } of scope.resources) {
    const records = await world.archive.metric(id, metric, span);
    if (!scope.byResource) all.push(...records);
    else for (const record of records) all.push({ ...record, dimensions: { ...record.dimensions, [RESOURCE_ID]: normalId(id) } });
  }
  return all;
}

/** A bucket is whole even where the span begins within it. */
function aligned(span: Window, interval: number | null): Window {
  return interval === null ? span : { start: Math.floor(span.start / interval) * interval, end: span.end };
}

function wantedMetrics(names: string | null, type: string, refuse: Refuse): readonly MetricFacts[] {
  const known = metricsOf(type).filter((facts) => facts.status !== 'removed' && facts.status !== 'page-only');
  const wanted = listOf(names);
  if (wanted.length === 0) {
    const [first] = known;
    if (first === undefined) throw refuse(`Resource type '${type}' has no metrics.`);
    return [first];
  }
  if (wanted.length > MOST_NAMES) throw refuse(`The maximum number of metric names is ${MOST_NAMES}.`);
  return wanted.map((name) => {
    const facts = known.find((each) => each.name.toLowerCase() === name.toLowerCase());
    if (facts !== undefined) return facts;
    const valid = known.map((each) => each.name).join(',');
    throw refuse(`Failed to find metric configuration for resource type: ${type}, metric: ${name}, Valid metrics: ${valid}`);
  });
}

function filtersOf(filter: string | null, refuse: Refuse): readonly DimensionFilter[] {
  if (filter === null || filter.trim() === '') return [];
  try {
    return parseMetricFilter(filter);
  } catch (error) {
    if (error instanceof FilterSyntaxError) throw refuse(`Invalid filter: ${error.message}`);
    throw error;
  }
}

function checkDimensions(metric: string, own: readonly string[], dimensions: readonly string[], refuse: Refuse): void {
  const known = new Set(own.map((name) => name.toLowerCase()));
  const unknown = dimensions.filter((name) => !known.has(name.toLowerCase()));
  if (unknown.length > 0) {
    throw refuse(
      `Metric: ${metric} does not support requested dimension combination: ${unknown.join(',')}, supported ones are: ${own.join(',')}`,
    );
  }
}

function aggregationsOf(text: string | null, facts: MetricFacts, refuse: Refuse): readonly Aggregation[] {
  const wanted = listOf(text).map((name) => name.toLowerCase());
  if (wanted.length === 0) return [primaryAggregation(facts)];
  return wanted.map((name) => {
    const aggregation = AGGREGATIONS.find((each) => each === name);
    if (aggregation === undefined || !facts.aggregations.includes(aggregation)) {
      throw refuse(
        `Metric: ${facts.name} does not support requested aggregation: ${name}, supported ones are: ${facts.aggregations.join(',')}`,
      );
    }
    return aggregation;
  });
}

function primaryAggregation(facts: MetricFacts): Aggregation {
  return facts.aggregations.includes('total') && facts.unit === 'Count'
    ? 'total'
    : (facts.aggregations.find((each) => each === 'average') ?? 'total');
}

function intervalOf(text: string | null, adjust: boolean, refuse: Refuse): number | null {
  if (text === null) return 60_000;
  if (text.toUpperCase() === 'FULL') return null;
  const grain = GRAINS.find((each) => each === text.toUpperCase());
  const asked = grain === undefined && adjust ? parseIsoDuration(text) : null;
  if (asked !== null) {
    const sizes = GRAINS.map((each) => parseIsoDuration(each) ?? 0);
    return sizes.find((size) => size >= asked) ?? Math.max(...sizes);
  }
  if (grain === undefined) throw refuse(`Detected invalid time grain input: ${text}, supported ones are: ${GRAINS.join(',')}`);
  return parseIsoDuration(grain);
}

function orderOf(text: string | null, refuse: Refuse) {
  if (text === null || text.trim() === '') return null;
  const [name = '', direction = 'asc'] = text.trim().toLowerCase().split(/\s+/);
  const aggregation = AGGREGATIONS.find((each) => each === name);
  if (aggregation === undefined) throw refuse(`Invalid orderby: ${text}`);
  return { aggregation, descending: direction === 'desc' };
}

function listOf(text: string | null): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function metricJson(scopeId: string, facts: MetricFacts, series: readonly BuiltSeries[], metadataOnly: boolean): object {
  return {
    id: `${normalId(scopeId)}/providers/Microsoft.Insights/metrics/${facts.name}`,
    type: 'Microsoft.Insights/metrics',
    name: { value: facts.name, localizedValue: facts.name },
    displayDescription: facts.name,
    unit: unitOf(facts),
    timeseries: series.map(({ labels, data }) => ({
      metadatavalues: labels.map(({ name, value }) => ({ name: { value: name, localizedValue: name }, value })),
      data: metadataOnly ? [] : data,
    })),
    errorCode: 'Success',
  };
}

/** The API's spelling of units that the reference spells in several ways. */
function unitOf(facts: MetricFacts): string {
  return facts.unit === 'Milliseconds' ? 'MilliSeconds' : facts.unit;
}

/** What can be asked of a resource type. */
export function definitionsOf(resource: ListedResource): readonly object[] {
  const id = normalId(resource.id);
  return metricsOf(resource.type)
    .filter((facts) => facts.status !== 'removed' && facts.status !== 'page-only')
    .map((facts) => ({
      id: `${id}/providers/microsoft.insights/metricdefinitions/${facts.name}`,
      resourceId: id,
      namespace: resource.type,
      name: { value: facts.name, localizedValue: facts.name },
      isDimensionRequired: false,
      unit: unitOf(facts),
      primaryAggregationType: capitalized(primaryAggregation(facts)),
      supportedAggregationTypes: facts.aggregations.map(capitalized),
      metricAvailabilities: GRAINS.map((timeGrain) => ({ timeGrain, retention: 'P93D' })),
      dimensions: facts.dimensions.map((value) => ({ value, localizedValue: value })),
    }));
}

function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

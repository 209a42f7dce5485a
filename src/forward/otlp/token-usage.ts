import type { Redaction } from '../../model/config.ts';
import type { Instant } from '../instant.ts';
import type { Json } from '../json.ts';
import { memberReader } from '../member.ts';
import { REDACT_ALL, redactText } from '../redact.ts';
import { NANOS, SECONDS } from '../scanned.ts';
import { keyOf, writeAttribute } from './attributes.ts';
import { sumOf } from './convert.ts';
import type { LogItem } from './logs.ts';
import { FAMILIES, familyOf, OPERATIONS, providerOf, TOKEN_USAGE } from './mapping.ts';
import { groupByResource, NO_DETAILS, writeResource, writeScope } from './resource.ts';
import { writeNanos } from './time.ts';
import { ProtoWriter } from './writer.ts';

/** Field numbers of opentelemetry/proto/metrics/v1/metrics.proto. */
const [RESOURCE_METRICS, SCOPE_METRICS, METRICS] = [1, 2, 2] as const;
const METRIC = { name: 1, unit: 3, histogram: 9 } as const;
const HISTOGRAM = { points: 1, temporality: 2 } as const;
const POINT = { start: 2, time: 3, count: 4, sum: 5, attributes: 9, min: 11, max: 12 } as const;
const DELTA = 1;

const [INPUT, OUTPUT] = [memberReader('properties.promptTokens'), memberReader('properties.generatedTokens')];
const ATTRIBUTES = {
  deployment: memberReader('properties.modelDeploymentName'),
  model: memberReader('properties.modelName'),
  caller: memberReader('callerIpAddress'),
} as const;
const API = memberReader('properties.apiName');

interface Series {
  readonly attributes: readonly (readonly [name: string, value: string])[];
  count: number;
  sum: number;
  min: number;
  max: number;
  first: Instant;
  last: Instant;
}

/**
 * `gen_ai.client.token.usage` of the records that tell their tokens: an ExportMetricsServiceRequest and how many metrics it holds;
 * `null` where none does. Every record is one observation of its input and one of its output. Points are of this batch alone (delta)
 * and without buckets: count, sum, least and most.
 */
export function encodeTokenUsage(
  items: readonly LogItem[],
  redaction: Redaction = REDACT_ALL,
  details = NO_DETAILS,
): { readonly body: Buffer; readonly metrics: number } | null {
  const telling = items.filter(({ record }) => record.kind !== 'text' && familyOf(record.category) === FAMILIES.openai);
  const writer = new ProtoWriter(4_096);
  let metrics = 0;
  for (const group of groupByResource(telling)) {
    const series = seriesOf(group.items, redaction);
    if (series.length === 0) continue;
    metrics++;
    const resourceMetrics = writer.open(RESOURCE_METRICS);
    writeResource(writer, group, details);
    const scopeMetrics = writer.open(SCOPE_METRICS);
    writeScope(writer);
    const metric = writer.open(METRICS);
    writer.string(METRIC.name, TOKEN_USAGE.metric);
    writer.string(METRIC.unit, TOKEN_USAGE.unit);
    const histogram = writer.open(METRIC.histogram);
    for (const one of series) writePoint(writer, one);
    writer.uint(HISTOGRAM.temporality, DELTA);
    for (const start of [histogram, metric, scopeMetrics, resourceMetrics]) writer.close(start);
  }
  return metrics === 0 ? null : { body: writer.finish(), metrics };
}

function seriesOf(items: readonly LogItem[], redaction: Redaction): readonly Series[] {
  const all = new Map<string, Series>();
  for (const { record } of items) {
    if (record.kind === 'text') continue;
    const counts = [
      ['input', countOf(INPUT(record))],
      ['output', countOf(OUTPUT(record))],
    ] as const;
    if (counts.every(([, count]) => count === null)) continue;
    const common = [
      [TOKEN_USAGE.operation, OPERATIONS.get(record.operationName)?.operation ?? ''],
      [TOKEN_USAGE.provider, providerOf(API(record) ?? '') ?? ''],
      [TOKEN_USAGE.deployment, ATTRIBUTES.deployment(record) ?? ''],
      [TOKEN_USAGE.requestModel, ATTRIBUTES.deployment(record) ?? ''],
      [TOKEN_USAGE.model, ATTRIBUTES.model(record) ?? ''],
      [TOKEN_USAGE.caller, ATTRIBUTES.caller(record) ?? ''],
    ].map(([name, value]) => [name as string, redactText(value as string, redaction)] as const);
    const time = record.kind === 'scanned' ? scannedTime(record) : record.time;
    for (const [type, count] of counts) {
      if (count === null) continue;
      const attributes = [[TOKEN_USAGE.type, type] as const, ...common.filter(([, value]) => value !== '')];
      const key = JSON.stringify(attributes);
      const series = all.get(key);
      if (series === undefined)
        all.set(key, { attributes, count: 1, sum: count, min: count, max: count, first: time, last: time });
      else {
        series.count++;
        series.sum += count;
        series.min = Math.min(series.min, count);
        series.max = Math.max(series.max, count);
        if (isBefore(time, series.first)) series.first = time;
        if (isBefore(series.last, time)) series.last = time;
      }
    }
  }
  return [...all.values()];
}

/** Counts come as a list, as one number, or as text of either. */
function countOf(text: string | null): number | null {
  if (text === null) return null;
  try {
    const sum = sumOf(JSON.parse(text) as Json);
    return sum === null || sum < 0 ? null : sum;
  } catch {
    return null;
  }
}

function scannedTime({ words, at }: { readonly words: Int32Array; readonly at: number }): Instant {
  return { seconds: words[at + SECONDS] as number, nanos: words[at + NANOS] as number };
}

function isBefore(one: Instant, other: Instant): boolean {
  return one.seconds < other.seconds || (one.seconds === other.seconds && one.nanos < other.nanos);
}

function writePoint(writer: ProtoWriter, { attributes, count, sum, min, max, first, last }: Series): void {
  const point = writer.open(HISTOGRAM.points);
  writeNanos(writer, POINT.start, first);
  writeNanos(writer, POINT.time, last);
  writer.fixed64(POINT.count, 0, count);
  writer.double(POINT.sum, sum);
  writer.double(POINT.min, min);
  writer.double(POINT.max, max);
  for (const [name, value] of attributes) writeAttribute(writer, POINT.attributes, keyOf(name), value);
  writer.close(point);
}

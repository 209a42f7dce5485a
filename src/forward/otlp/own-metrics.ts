import { instantOf } from '../instant.ts';
import { keyOf, writeAttribute } from './attributes.ts';
import { writeScope } from './resource.ts';
import { writeNanos } from './time.ts';
import { ProtoWriter } from './writer.ts';

/** A value that Tocsin measures of itself. */
export interface OwnMetric {
  readonly name: string;
  /** After UCUM, e.g. `{record}`, `ms`. */
  readonly unit: string;
  /** A sum only grows, from `since` on; a gauge is of now. */
  readonly kind: 'sum' | 'gauge';
  readonly points: readonly OwnPoint[];
}

export interface OwnPoint {
  readonly value: number;
  /** Epoch ms; of sums. */
  readonly since?: number;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Field numbers of opentelemetry/proto/metrics/v1/metrics.proto. */
const RESOURCE_METRICS = 1;
const RESOURCE_ATTRIBUTES = 1;
const SCOPE_METRICS = 2;
const METRICS = 2;
const METRIC = { name: 1, unit: 3, gauge: 5, sum: 7 } as const;
const NUMBERS = { points: 1, temporality: 2, monotonic: 3 } as const;
const POINT = { start: 2, time: 3, double: 4, attributes: 7 } as const;
const CUMULATIVE = 2;

/** An ExportMetricsServiceRequest of the resource `service.name` = `tocsin`. Metrics without points are left out. */
export function encodeOwnMetrics(metrics: readonly OwnMetric[], now: number): Buffer {
  const writer = new ProtoWriter(16_384);
  const resourceMetrics = writer.open(RESOURCE_METRICS);
  const resource = writer.open(1);
  writeAttribute(writer, RESOURCE_ATTRIBUTES, keyOf('service.name'), 'tocsin');
  writer.close(resource);
  const scopeMetrics = writer.open(SCOPE_METRICS);
  writeScope(writer);
  for (const { name, unit, kind, points } of metrics) {
    if (points.length === 0) continue;
    const metric = writer.open(METRICS);
    writer.string(METRIC.name, name);
    writer.string(METRIC.unit, unit);
    const numbers = writer.open(METRIC[kind]);
    for (const point of points) writePoint(writer, point, now);
    if (kind === 'sum') {
      writer.uint(NUMBERS.temporality, CUMULATIVE);
      writer.uint(NUMBERS.monotonic, 1);
    }
    writer.close(numbers);
    writer.close(metric);
  }
  writer.close(scopeMetrics);
  writer.close(resourceMetrics);
  return writer.finish();
}

function writePoint(writer: ProtoWriter, { value, since, attributes }: OwnPoint, now: number): void {
  const point = writer.open(NUMBERS.points);
  if (since !== undefined) writeNanos(writer, POINT.start, instantOf(since));
  writeNanos(writer, POINT.time, instantOf(now));
  writer.double(POINT.double, value);
  for (const [name, text] of Object.entries(attributes)) writeAttribute(writer, POINT.attributes, keyOf(name), text);
  writer.close(point);
}

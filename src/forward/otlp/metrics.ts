import type { Redaction } from '../../model/config.ts';
import type { Json } from '../json.ts';
import { AGGREGATES, type PlatformMetric } from '../record.ts';
import { REDACT_ALL, redactMember } from '../redact.ts';
import { keyOf, writeAttribute } from './attributes.ts';
import { groupByResource, NO_DETAILS, writeResource, writeScope } from './resource.ts';
import { writeNanos } from './time.ts';
import { ProtoWriter } from './writer.ts';

/** Field numbers of opentelemetry/proto/metrics/v1/metrics.proto. */
const RESOURCE_METRICS = 1;
const SCOPE_METRICS = 2;
const METRICS = 2;
const METRIC = { name: 1, unit: 3, gauge: 5 } as const;
const GAUGE_POINTS = 1;
const POINT = { start: 2, time: 3, double: 4, int: 6, attributes: 7 } as const;

export interface MetricItem {
  readonly record: PlatformMetric;
}

interface Gauge<Item> {
  readonly name: string;
  readonly unit: string;
  readonly points: { readonly item: Item; readonly value: number | string }[];
}

/**
 * An ExportMetricsServiceRequest, and for each of its Metric messages in order the records that it holds points of. Every aggregate
 * that a record has is a gauge `<name>_<aggregate>`, after the Azure encoding extension, save that absent ones are absent and not 0.
 */
export function encodeMetrics<Item extends MetricItem>(
  items: readonly Item[],
  redaction: Redaction = REDACT_ALL,
  details = NO_DETAILS,
): { readonly body: Buffer; readonly order: readonly (readonly Item[])[] } {
  const writer = new ProtoWriter(items.length * 300);
  const order: Item[][] = [];
  for (const group of groupByResource(items)) {
    const resourceMetrics = writer.open(RESOURCE_METRICS);
    writeResource(writer, group, details);
    const scopeMetrics = writer.open(SCOPE_METRICS);
    writeScope(writer);
    for (const gauge of gaugesOf(group.items)) {
      writeGauge(writer, gauge, redaction);
      order.push(gauge.points.map(({ item }) => item));
    }
    writer.close(scopeMetrics);
    writer.close(resourceMetrics);
  }
  return { body: writer.finish(), order };
}

function gaugesOf<Item extends MetricItem>(items: readonly Item[]): Iterable<Gauge<Item>> {
  const gauges = new Map<string, Gauge<Item>>();
  for (const item of items) {
    const { record } = item;
    const base = record.name.toLowerCase().replaceAll(' ', '_');
    for (const aggregate of AGGREGATES) {
      const value = record.aggregates[aggregate];
      if (value === undefined) continue;
      const name = `${base}_${aggregate}`;
      const key = `${name} ${record.unit}`;
      let gauge = gauges.get(key);
      if (gauge === undefined) {
        gauge = { name, unit: record.unit, points: [] };
        gauges.set(key, gauge);
      }
      gauge.points.push({ item, value });
    }
  }
  return gauges.values();
}

function writeGauge(writer: ProtoWriter, { name, unit, points }: Gauge<MetricItem>, redaction: Redaction): void {
  const metric = writer.open(METRICS);
  writer.string(METRIC.name, name);
  if (unit !== '') writer.string(METRIC.unit, unit);
  const gauge = writer.open(METRIC.gauge);
  for (const { item, value } of points) writePoint(writer, item.record, value, redaction);
  writer.close(gauge);
  writer.close(metric);
}

function writePoint(writer: ProtoWriter, record: PlatformMetric, value: number | string, redaction: Redaction): void {
  const point = writer.open(GAUGE_POINTS);
  const grain = secondsOfGrain(record.grain);
  if (grain !== null) writeNanos(writer, POINT.start, { seconds: record.time.seconds - grain, nanos: record.time.nanos });
  writeNanos(writer, POINT.time, record.time);
  writeValue(writer, value);
  for (const name in record.dimensions) {
    const dimension: Json | undefined = redactMember(name, record.dimensions[name] ?? null, redaction);
    if (dimension !== undefined && typeof dimension !== 'object')
      writeAttribute(writer, POINT.attributes, keyOf(name), dimension);
  }
  writer.close(point);
}

/** Whole numbers beyond 2^53 are exact as sfixed64 while they fit; everything else is a double. */
function writeValue(writer: ProtoWriter, value: number | string): void {
  const whole = typeof value === 'string' ? BigInt(value) : null;
  if (whole !== null && BigInt.asIntN(64, whole) === whole) {
    const bits = BigInt.asUintN(64, whole);
    writer.fixed64(POINT.int, Number(bits >> 32n), Number(bits & 0xffff_ffffn));
  } else writer.double(POINT.double, Number(value));
}

const GRAIN = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

/** Seconds of an ISO 8601 duration of days to seconds; `null` for one that is missing, empty or not understood. */
export function secondsOfGrain(grain: string): number | null {
  const match = GRAIN.exec(grain);
  if (match === null) return null;
  const [, days, hours, minutes, seconds] = match;
  const total = Number(days ?? 0) * 86_400 + Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
  return total > 0 ? total : null;
}

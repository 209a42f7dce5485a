import type { DatadogSink, Redaction } from '../../model/sink.ts';
import type { Json } from '../json.ts';
import type { ProtoWriter } from '../otlp/writer.ts';
import { AGGREGATES, type PlatformMetric } from '../record.ts';
import { REDACT_ALL, redactText } from '../redact.ts';
import { chosenTags, type FactsOf, resourceParts } from '../resource.ts';
import type { JsonItem } from './item.ts';
import { hasMember, writeBehind } from './member.ts';
import { writeText } from './source.ts';
import { timeTextOf } from './time.ts';

/** A log of Datadog's intake: the record with the reserved attributes that route and tag it. */
export function datadogLogWriter(sink: DatadogSink, factsOf: FactsOf): (writer: ProtoWriter, item: JsonItem) => void {
  const { redact = REDACT_ALL, service, tags = [] } = sink;
  const known = new Map<string, string>();
  return (writer, item) => {
    const { resourceId } = item.record;
    let members = known.get(resourceId);
    if (members === undefined) {
      const ddtags = [...tags, ...tagsOf(resourceId, sink, factsOf)].join(',');
      const reserved = { ddsource: 'azure', ...(service !== undefined && { service }), ...(ddtags !== '' && { ddtags }) };
      members = JSON.stringify(reserved).slice(0, -1);
      if (known.size < REMEMBERED) known.set(resourceId, members);
    }
    writeText(writer, hasMember(item, 'timestamp') ? members : `${members},"timestamp":"${timeTextOf(item)}"`);
    writeBehind(writer, item, redact);
  };
}

const REMEMBERED = 2_000;

function tagsOf(resourceId: string, { resourceTags, redact = REDACT_ALL }: DatadogSink, factsOf: FactsOf): readonly string[] {
  const { subscriptionId, resourceGroup, type, name } = resourceParts(resourceId);
  const facts = factsOf(resourceId);
  const parts = {
    subscription_id: subscriptionId,
    resource_group: resourceGroup,
    resource_type: type,
    name,
    region: facts?.location ?? '',
    kind: facts?.kind ?? '',
  };
  return [
    ...Object.entries(parts).flatMap(([key, value]) => (value === '' ? [] : [`${key}:${value.toLowerCase()}`])),
    ...chosenTags(facts, resourceTags).map(([key, value]) => tagText(key, value, redact)),
  ];
}

/** A comma would begin another tag. */
function tagText(name: string, value: string, redaction: Redaction): string {
  return `${name}:${redactText(value, redaction)}`.replaceAll(',', '_');
}

const GAUGE = 3;

/** A platform metric as gauges, one for each aggregate that it has: `azure.<provider>_<type>.<metric>.<aggregate>`. */
export function datadogMetricWriter(sink: DatadogSink, factsOf: FactsOf): (writer: ProtoWriter, item: JsonItem) => void {
  const { tags = [] } = sink;
  return (writer, { record }) => {
    if (record.kind !== 'platform metric') throw new Error('the record is no metric');
    const parts = resourceParts(record.resourceId);
    const prefix = `azure.${snake(parts.type.replace(/^microsoft\./, ''))}.${snake(record.name)}`;
    const all = [...tags, ...tagsOf(record.resourceId, sink, factsOf), ...dimensionsOf(record)];
    const series = AGGREGATES.flatMap((aggregate) => {
      const value = record.aggregates[aggregate];
      if (value === undefined) return [];
      const point = { timestamp: record.time.seconds, value: Number(value) };
      return [JSON.stringify({ metric: `${prefix}.${aggregate}`, type: GAUGE, points: [point], tags: all })];
    });
    writeText(writer, series.join(','));
  };
}

function dimensionsOf({ dimensions }: PlatformMetric): readonly string[] {
  const isScalar = (value: Json): boolean => value !== null && value !== '' && typeof value !== 'object';
  return Object.entries(dimensions ?? {}).flatMap(([key, value]) => (isScalar(value) ? [`${snake(key)}:${String(value)}`] : []));
}

function snake(name: string): string {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toLowerCase();
}

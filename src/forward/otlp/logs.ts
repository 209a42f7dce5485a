import { murmur128 } from '../hash.ts';
import { epochMsOf, type Instant } from '../instant.ts';
import type { Json } from '../json.ts';
import type { ActivityLog, ResourceLog } from '../record.ts';
import { writeAny, writeAttribute } from './attributes.ts';
import { floatOf, integerOf, rfc3339OfTicks, snakeCase, sumOf } from './convert.ts';
import { EVENT_NAME, type Family, familyOf, LEFT_OUT, OPERATIONS, OTHER_PREFIX, providerOf, RECORD, SEVERITIES } from './mapping.ts';
import { groupByResource, type ResourceIdentity, writeResource, writeScope } from './resource.ts';
import { writeNanos } from './time.ts';
import { ProtoWriter } from './writer.ts';

/** A record that could not be parsed, to be delivered as its text. */
export interface TextLog extends ResourceIdentity {
  readonly kind: 'text';
  readonly text: string;
  readonly reason: string;
  readonly time: Instant;
}

/** `position` is the record's place in its body: it tells records of equal content apart, and is the same at every redelivery. */
export type LogItem = (ResourceLog | ActivityLog | TextLog) & { readonly position: number };

/** Field numbers of opentelemetry/proto/logs/v1/logs.proto. */
const RESOURCE_LOGS = 1;
const SCOPE_LOGS = 2;
const LOG_RECORDS = 2;
const LOG = { time: 1, severityNumber: 2, severityText: 3, body: 5, attributes: 6, observedTime: 11, eventName: 12 } as const;

/** An ExportLogsServiceRequest, and its items in the order in which it holds them. */
export function encodeLogs<Item extends LogItem>(
  items: readonly Item[],
  observed: Instant,
): { readonly body: Buffer; readonly order: readonly Item[] } {
  const writer = new ProtoWriter(items.length * 1_200);
  const order: Item[] = [];
  for (const group of groupByResource(items)) {
    const resourceLogs = writer.open(RESOURCE_LOGS);
    writeResource(writer, group);
    const scopeLogs = writer.open(SCOPE_LOGS);
    writeScope(writer);
    for (const item of group.items) {
      writeLog(writer, item, observed);
      order.push(item);
    }
    writer.close(scopeLogs);
    writer.close(resourceLogs);
  }
  return { body: writer.finish(), order };
}

function writeLog(writer: ProtoWriter, item: LogItem, observed: Instant): void {
  const start = writer.open(LOG_RECORDS);
  writeNanos(writer, LOG.time, item.time);
  writer.string(LOG.eventName, EVENT_NAME);
  if (item.kind === 'text') writeText(writer, item);
  else writeRecord(writer, item);
  const seed = item.position ^ textHash(item.resourceId);
  writeAttribute(writer, LOG.attributes, RECORD.uid.to, murmur128(writer.since(start), seed));
  writeNanos(writer, LOG.observedTime, observed);
  writer.close(start);
}

function writeText(writer: ProtoWriter, { text, reason }: TextLog): void {
  writeAny(writer, LOG.body, text, 0);
  writeAttribute(writer, LOG.attributes, RECORD.unparsed.to, reason);
}

function writeRecord(writer: ProtoWriter, record: ResourceLog | ActivityLog): void {
  const family = familyOf(record);
  const openai = family.prefix === null && family.name === OPENAI_NAME;
  const status = openai ? integerOf(record.resultSignature) : null;
  writeSeverity(writer, record.level, status);
  writeField(writer, RECORD.category.to, record.category);
  writeField(writer, RECORD.operationName.to, record.operationName);
  writeField(writer, RECORD.operationVersion.to, record.operationVersion);
  writeField(writer, RECORD.resultType.to, record.resultType);
  writeField(writer, RECORD.resultSignature.to, record.resultSignature);
  writeField(writer, RECORD.resultDescription.to, record.resultDescription);
  writeField(writer, RECORD.correlationId.to, record.correlationId);
  writeField(writer, RECORD.callerIpAddress.to, record.callerIpAddress);
  writeField(writer, RECORD.unparsedProperties.to, record.propertiesText);
  if (record.durationMs !== null) writeAttribute(writer, LOG.attributes, RECORD.durationMs.to, record.durationMs);
  if (record.timeFrom !== 'record') writeAttribute(writer, LOG.attributes, RECORD.timeFrom.to, record.timeFrom);
  if (openai) writeOpenAi(writer, record, status);
  writeOthers(writer, record.others, openai);
  if (record.properties === null) return;
  for (const name in record.properties) {
    const value = record.properties[name];
    if (value !== undefined && value !== null) writeProperty(writer, family, name, value);
  }
}

const OPENAI_NAME = 'Azure OpenAI and model inference';

function writeField(writer: ProtoWriter, name: string, value: string): void {
  if (value !== '') writeAttribute(writer, LOG.attributes, name, value);
}

import { murmur128Words } from '../hash.ts';
import type { Instant } from '../instant.ts';
import type { Json } from '../json.ts';
import type { ActivityLog, ResourceLog } from '../record.ts';
import { type EncodedKey, keyOf, writeAny, writeAttribute, writeHex } from './attributes.ts';
import { floatOf, integerOf, rfc3339OfTicks, snakeCase, sumOf } from './convert.ts';
import {
  type Conversion,
  EVENT_NAME,
  FAMILIES,
  type Family,
  familyOf,
  LEFT_OUT,
  OPENAI_RECORD,
  OPERATIONS,
  OTHER_PREFIX,
  providerOf,
  RECORD,
  SEVERITIES,
} from './mapping.ts';
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

export interface LogItem {
  readonly record: ResourceLog | ActivityLog | TextLog;
  /** Its place in its body: it tells records of equal content apart, and is the same at every redelivery. */
  readonly position: number;
}

/** A request, the items that it holds in its order, and those that cannot be encoded, with the reason. */
export interface EncodedLogs<Item> {
  readonly body: Buffer;
  readonly order: readonly Item[];
  readonly failed: readonly { readonly item: Item; readonly reason: string }[];
}

/** Field numbers of opentelemetry/proto/logs/v1/logs.proto. */
const RESOURCE_LOGS = 1;
const SCOPE_LOGS = 2;
const LOG_RECORDS = 2;
const LOG = { time: 1, severityNumber: 2, severityText: 3, body: 5, attributes: 6, observedTime: 11, eventName: 12 } as const;

const KEY = keysOf(RECORD);
const OPENAI_KEY = keysOf(OPENAI_RECORD);

function keysOf<Name extends string>(table: Readonly<Record<Name, { readonly to: string }>>): Readonly<Record<Name, EncodedKey>> {
  const entries = Object.entries<{ readonly to: string }>(table).map(([name, { to }]) => [name, keyOf(to)]);
  return Object.fromEntries(entries) as Record<Name, EncodedKey>;
}

/** An ExportLogsServiceRequest of the items. One that cannot be encoded does not harm the others. */
export function encodeLogs<Item extends LogItem>(items: readonly Item[], observed: Instant): EncodedLogs<Item> {
  const writer = new ProtoWriter(items.length * 1_200);
  const order: Item[] = [];
  const failed: { item: Item; reason: string }[] = [];
  for (const group of groupByResource(items)) {
    const resourceLogs = writer.open(RESOURCE_LOGS);
    writeResource(writer, group);
    const scopeLogs = writer.open(SCOPE_LOGS);
    writeScope(writer);
    const seed = seedOf(group.resourceId);
    for (const item of group.items) {
      const start = writer.length;
      try {
        writeLog(writer, item, seed, observed);
        order.push(item);
      } catch (thrown) {
        writer.rewind(start);
        failed.push({ item, reason: thrown instanceof Error ? thrown.message : String(thrown) });
      }
    }
    writer.close(scopeLogs);
    writer.close(resourceLogs);
  }
  return { body: writer.finish(), order, failed };
}

const uid = new Uint32Array(4);

/** The uid is of all that is written before it: the record as mapped, its resource and its place, but not the time of this run. */
function writeLog(writer: ProtoWriter, { record, position }: LogItem, resourceSeed: number, observed: Instant): void {
  const start = writer.open(LOG_RECORDS);
  writeNanos(writer, LOG.time, record.time);
  writer.string(LOG.eventName, EVENT_NAME);
  if (record.kind === 'text') writeText(writer, record);
  else writeRecord(writer, record);
  murmur128Words(writer.since(start), resourceSeed ^ position, uid);
  writeHex(writer, LOG.attributes, KEY.uid, uid);
  writeNanos(writer, LOG.observedTime, observed);
  writer.close(start);
}

function writeText(writer: ProtoWriter, { text, reason }: TextLog): void {
  writeAny(writer, LOG.body, text, 0);
  writeField(writer, KEY.unparsed, reason);
}

function writeRecord(writer: ProtoWriter, record: ResourceLog | ActivityLog): void {
  const family = familyOf(record);
  const status = family === FAMILIES.openai ? integerOf(record.resultSignature) : null;
  writeSeverity(writer, record.level, status);
  writeField(writer, KEY.category, record.category);
  writeField(writer, KEY.operationName, record.operationName);
  writeField(writer, KEY.operationVersion, record.operationVersion);
  writeField(writer, KEY.resultType, record.resultType);
  writeField(writer, KEY.resultSignature, record.resultSignature);
  writeField(writer, KEY.resultDescription, record.resultDescription);
  writeField(writer, KEY.correlationId, record.correlationId);
  writeField(writer, KEY.callerIpAddress, record.callerIpAddress);
  writeField(writer, KEY.unparsedProperties, record.propertiesText);
  // Azure ML's own duration has the same name and more digits.
  const finer = family === FAMILIES.machineLearning && record.properties?.TotalDurationMs !== undefined;
  if (record.durationMs !== null && !finer) writeAttribute(writer, LOG.attributes, KEY.durationMs, record.durationMs);
  if (record.timeFrom !== 'record') writeField(writer, KEY.timeFrom, record.timeFrom);
  if (family === FAMILIES.openai) writeOpenAi(writer, record.operationName, status);
  for (const [name, value] of record.others) {
    if (LEFT_OUT.has(name)) continue;
    writeAttribute(writer, LOG.attributes, keyOf(family.others.get(name) ?? OTHER_PREFIX + name), value);
  }
  if (record.properties === null) return;
  for (const name in record.properties) {
    const value = record.properties[name];
    if (value !== undefined && value !== null) writeProperty(writer, planOf(family, name), value);
  }
}

function writeField(writer: ProtoWriter, key: EncodedKey, value: string): void {
  if (value !== '') writeAttribute(writer, LOG.attributes, key, value);
}

function writeSeverity(writer: ProtoWriter, level: string, status: number | null): void {
  const number = level === '' ? severityOfStatus(status) : (SEVERITIES.get(level) ?? SEVERITIES.get(level.toLowerCase()) ?? 0);
  if (number !== 0) writer.uint(LOG.severityNumber, number);
  if (level !== '') writer.string(LOG.severityText, level);
}

function severityOfStatus(status: number | null): number {
  if (status === null || status < 400) return 0;
  return status < 500 ? 13 : 17;
}

function writeOpenAi(writer: ProtoWriter, operationName: string, status: number | null): void {
  const known = OPERATIONS.get(operationName);
  if (known !== undefined) {
    writeField(writer, OPENAI_KEY.operation, known.operation);
    writeField(writer, OPENAI_KEY.api, known.api ?? '');
  }
  if (status === null) return;
  writeAttribute(writer, LOG.attributes, OPENAI_KEY.status, status);
  if (status >= 400) writeField(writer, OPENAI_KEY.error, String(status));
}

/** What becomes of a property: looked up once for every name of a family. */
interface Plan {
  readonly as: Conversion;
  readonly keys: readonly EncodedKey[];
  readonly namesProvider: boolean;
}

const PLANS_LIMIT = 4_000;
const plans = new Map<Family, Map<string, Plan>>(Object.values(FAMILIES).map((family) => [family, new Map()]));

function planOf(family: Family, name: string): Plan {
  const known = plans.get(family);
  const plan = known?.get(name);
  if (plan !== undefined) return plan;
  const rule = family.rules.get(name);
  const names = rule?.to ?? [family.prefix === null ? name : family.prefix + snakeCase(name)];
  const made = { as: rule?.as ?? 'as it is', keys: names.map(keyOf), namesProvider: rule?.from === 'apiName' };
  if (known !== undefined && known.size < PLANS_LIMIT) known.set(name, made);
  return made;
}

function writeProperty(writer: ProtoWriter, { as, keys, namesProvider }: Plan, value: Json): void {
  if (as === 'body') writeAny(writer, LOG.body, value, 0);
  else if (as === 'ticks') writeTicks(writer, keys, value);
  else if (as !== 'left out') {
    const converted = convert(as, value);
    for (const key of keys) writeAttribute(writer, LOG.attributes, key, converted);
    if (namesProvider && typeof value === 'string') writeField(writer, OPENAI_KEY.provider, providerOf(value) ?? '');
  }
}

/** What cannot be converted is sent as it came. */
function convert(as: Exclude<Conversion, 'ticks' | 'body' | 'left out'>, value: Json): Json {
  switch (as) {
    case 'as it is':
      return value;
    case 'integer':
      return integerOf(value) ?? value;
    case 'number':
      return floatOf(value) ?? value;
    case 'sum':
      return sumOf(value) ?? value;
    case 'streaming':
      return value === 'Streaming';
  }
}

function writeTicks(writer: ProtoWriter, [ticks, time]: readonly EncodedKey[], value: Json): void {
  if (ticks === undefined || time === undefined) return;
  const digits = typeof value === 'number' ? String(value) : value;
  writeAttribute(writer, LOG.attributes, ticks, digits);
  if (typeof digits === 'string') writeField(writer, time, rfc3339OfTicks(digits) ?? '');
}

function seedOf(text: string): number {
  let seed = 0;
  for (let at = 0; at < text.length; at++) seed = (Math.imul(seed, 31) + text.charCodeAt(at)) | 0;
  return seed;
}

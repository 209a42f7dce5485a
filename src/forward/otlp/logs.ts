import type { Redaction } from '../../model/config.ts';
import { murmur128InRoom, room } from '../hash.ts';
import type { Instant } from '../instant.ts';
import type { ActivityLog, PlatformMetric, ResourceLog } from '../record.ts';
import { REDACT_ALL, redactText } from '../redact.ts';
import { NANOS, type ScannedRecord, SECONDS } from '../scanned.ts';
import { writeAny, writeId } from './attributes.ts';
import { KEY, LOG, writeField } from './fields.ts';
import { EVENT_NAME } from './mapping.ts';
import { writeRecord } from './record.ts';
import { groupByResource, NO_DETAILS, type ResourceIdentity, writeResource, writeScope } from './resource.ts';
import { writeScanned } from './scanned.ts';
import { writeNanos, writeNanosOf } from './time.ts';
import { ProtoWriter } from './writer.ts';

/** A record that could not be parsed, to be delivered as its text. */
export interface TextLog extends ResourceIdentity {
  readonly kind: 'text';
  readonly text: string;
  readonly reason: string;
  readonly time: Instant;
}

export interface LogItem {
  readonly record: ResourceLog | ActivityLog | TextLog | ScannedRecord;
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

/**
 * An ExportLogsServiceRequest of the items. One that cannot be encoded does not harm the others. A `writer` that is used again is
 * written over from its beginning.
 */
export function encodeLogs<Item extends LogItem>(
  items: readonly Item[],
  observed: Instant,
  redaction: Redaction = REDACT_ALL,
  writer = new ProtoWriter(items.length * 1_200),
  details = NO_DETAILS,
): EncodedLogs<Item> {
  writer.rewind(0);
  const order: Item[] = [];
  const failed: { item: Item; reason: string }[] = [];
  for (const group of groupByResource(items)) {
    const resourceLogs = writer.open(RESOURCE_LOGS);
    writeResource(writer, group, details);
    const scopeLogs = writer.open(SCOPE_LOGS);
    writeScope(writer);
    const seed = seedOf(group.resourceId);
    for (const item of alikeTogether(group.items)) {
      const start = writer.length;
      try {
        writeLog(writer, item, seed, observed, redaction);
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

/**
 * The items with those of one category and operation side by side, otherwise in their order: the nearer records are alike, the fewer
 * and longer the matches that compression has to find, which saves it a sixth of its time.
 */
export function alikeTogether<Item extends { readonly record: LogItem['record'] | PlatformMetric }>(
  items: readonly Item[],
): Iterable<Item> {
  const kinds: Item[][] = [];
  const byCategory = new Map<string, Map<string, Item[]>>();
  for (const item of items) {
    const { category, operationName } = kindOf(item.record);
    let byOperation = byCategory.get(category);
    if (byOperation === undefined) {
      byOperation = new Map();
      byCategory.set(category, byOperation);
    }
    let kind = byOperation.get(operationName);
    if (kind === undefined) {
      kind = [];
      byOperation.set(operationName, kind);
      kinds.push(kind);
    }
    kind.push(item);
  }
  return kinds.length === 1 ? items : kinds.flat();
}

function kindOf(record: LogItem['record'] | PlatformMetric): { readonly category: string; readonly operationName: string } {
  return record.kind === 'text' || record.kind === 'platform metric' ? UNKNOWN_KIND : record;
}

const UNKNOWN_KIND = { category: '', operationName: '' };

const uid = new Uint32Array(4);
/** The event name as a field, the same in every record. */
const EVENT = Buffer.from([(LOG.eventName << 3) | 2, EVENT_NAME.length, ...Buffer.from(EVENT_NAME)]);

/** The uid is of all that is written before it: the record as mapped, its resource and its place, but not the time of this run. */
function writeLog(
  writer: ProtoWriter,
  { record, position }: LogItem,
  resourceSeed: number,
  observed: Instant,
  redaction: Redaction,
): void {
  const start = writer.open(LOG_RECORDS);
  if (record.kind === 'scanned')
    writeNanosOf(writer, LOG.time, record.words[record.at + SECONDS] as number, record.words[record.at + NANOS] as number);
  else writeNanos(writer, LOG.time, record.time);
  writer.reserve(EVENT.length);
  writer.rawBytes(EVENT);
  if (record.kind === 'scanned') writeScanned(writer, record, redaction);
  else if (record.kind === 'text') writeText(writer, record, redaction);
  else writeRecord(writer, record, redaction);
  const length = writer.length - start;
  writer.copyTo(room(length), start);
  murmur128InRoom(length, resourceSeed ^ position, uid);
  writeId(writer, LOG.attributes, KEY.uid, uid);
  writeNanos(writer, LOG.observedTime, observed);
  writer.close(start);
}

function writeText(writer: ProtoWriter, { text, reason }: TextLog, redaction: Redaction): void {
  writeAny(writer, LOG.body, redactText(text, redaction), 0);
  writeField(writer, KEY.unparsed, reason);
}

function seedOf(text: string): number {
  let seed = 0;
  for (let at = 0; at < text.length; at++) seed = (Math.imul(seed, 31) + text.charCodeAt(at)) | 0;
  return seed;
}

import { isObject, type Json } from '../json.ts';

/*
 * OTLP's JSON (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding) of the requests that `logs.ts` and `metrics.ts` write:
 * the mapping is there once, and what is said in one encoding is said in the other.
 */

type Kind = 'text' | 'int' | 'uint' | 'bool' | 'double' | 'nanos' | 'sfixed' | Schema;
interface Member {
  readonly name: string;
  readonly kind: Kind;
  readonly many: boolean;
}
type Schema = readonly (Member | undefined)[];

const one = (name: string, kind: Kind): Member => ({ name, kind, many: false });
const many = (name: string, kind: Kind): Member => ({ name, kind, many: true });

/** Members by field number, after opentelemetry/proto (common, resource, logs, metrics) v1. */
const ANY: Member[] = [];
const KEY_VALUE: Schema = [undefined, one('key', 'text'), one('value', ANY)];
const ARRAY: Schema = [undefined, many('values', ANY)];
const LIST: Schema = [undefined, many('values', KEY_VALUE)];
ANY.push(
  one('', 'text'),
  one('stringValue', 'text'),
  one('boolValue', 'bool'),
  one('intValue', 'int'),
  one('doubleValue', 'double'),
  one('arrayValue', ARRAY),
  one('kvlistValue', LIST),
);
const RESOURCE: Schema = [undefined, many('attributes', KEY_VALUE)];
const SCOPE: Schema = [undefined, one('name', 'text'), one('version', 'text'), many('attributes', KEY_VALUE)];
const LOG_RECORD: Schema = [
  undefined,
  one('timeUnixNano', 'nanos'),
  one('severityNumber', 'uint'),
  one('severityText', 'text'),
  undefined,
  one('body', ANY),
  many('attributes', KEY_VALUE),
  undefined,
  undefined,
  undefined,
  undefined,
  one('observedTimeUnixNano', 'nanos'),
  one('eventName', 'text'),
];
const POINT: Schema = [
  undefined,
  undefined,
  one('startTimeUnixNano', 'nanos'),
  one('timeUnixNano', 'nanos'),
  one('asDouble', 'double'),
  undefined,
  one('asInt', 'sfixed'),
  many('attributes', KEY_VALUE),
];
const NUMBERS: Schema = [undefined, many('dataPoints', POINT), one('aggregationTemporality', 'uint'), one('isMonotonic', 'bool')];
const HISTOGRAM_POINT: Schema = [
  undefined,
  undefined,
  one('startTimeUnixNano', 'nanos'),
  one('timeUnixNano', 'nanos'),
  one('count', 'sfixed'),
  one('sum', 'double'),
];
const HISTOGRAMS: Schema = [undefined, many('dataPoints', HISTOGRAM_POINT), one('aggregationTemporality', 'uint')];
const METRIC: Schema = [
  undefined,
  one('name', 'text'),
  one('description', 'text'),
  one('unit', 'text'),
  undefined,
  one('gauge', NUMBERS),
  undefined,
  one('sum', NUMBERS),
  undefined,
  one('histogram', HISTOGRAMS),
];
const groups = (records: string, scopes: string, items: string, item: Schema): Schema => [
  undefined,
  many(records, [
    undefined,
    one('resource', RESOURCE),
    many(scopes, [undefined, one('scope', SCOPE), many(items, item), one('schemaUrl', 'text')]),
    one('schemaUrl', 'text'),
  ]),
];
const REQUESTS = {
  '/v1/logs': groups('resourceLogs', 'scopeLogs', 'logRecords', LOG_RECORD),
  '/v1/metrics': groups('resourceMetrics', 'scopeMetrics', 'metrics', METRIC),
} as const;

/** The same export request in JSON. */
export function jsonOfRequest(path: keyof typeof REQUESTS, request: Buffer): Buffer {
  const cursor = { at: 0 };
  return Buffer.from(messageText(request, cursor, request.length, REQUESTS[path]));
}

interface Cursor {
  at: number;
}

function messageText(bytes: Buffer, cursor: Cursor, end: number, schema: Schema): string {
  let text = '';
  const lists: string[] = [];
  while (cursor.at < end) {
    const tag = readVarint(bytes, cursor);
    const member = schema[Math.floor(tag / 8)];
    const value = valueText(bytes, cursor, tag % 8, member?.kind ?? 'text');
    if (member === undefined) throw new Error(`field ${Math.floor(tag / 8)} has no JSON name`);
    if (member.many) {
      const at = Math.floor(tag / 8);
      lists[at] = lists[at] === undefined ? value : `${lists[at]},${value}`;
    } else text += `${text === '' ? '' : ','}"${member.name}":${value}`;
  }
  for (const [at, list] of lists.entries()) {
    if (list !== undefined) text += `${text === '' ? '' : ','}"${schema[at]?.name}":[${list}]`;
  }
  return `{${text}}`;
}

function valueText(bytes: Buffer, cursor: Cursor, wire: number, kind: Kind): string {
  if (wire === 0) {
    const start = cursor.at;
    const value = readVarint(bytes, cursor);
    if (kind === 'bool') return value === 0 ? 'false' : 'true';
    if (kind === 'uint') return String(value);
    return `"${cursor.at - start < 8 ? value : signedVarint(bytes, start)}"`;
  }
  if (wire === 1) {
    const at = cursor.at;
    cursor.at += 8;
    if (kind === 'double') return doubleText(bytes.readDoubleLE(at));
    return `"${kind === 'sfixed' ? bytes.readBigInt64LE(at) : bytes.readBigUInt64LE(at)}"`;
  }
  const length = readVarint(bytes, cursor);
  const start = cursor.at;
  if (typeof kind === 'object') return messageText(bytes, cursor, start + length, kind);
  cursor.at = start + length;
  return JSON.stringify(bytes.toString('utf8', start, cursor.at));
}

/** JSON has no words for these; protobuf's JSON writes them as texts. */
function doubleText(value: number): string {
  return Number.isFinite(value) ? String(value) : JSON.stringify(String(value));
}

function readVarint(bytes: Buffer, cursor: Cursor): number {
  let value = 0;
  for (let scale = 1; ; scale *= 128) {
    const byte = bytes[cursor.at++] ?? 0;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return value;
  }
}

function signedVarint(bytes: Buffer, start: number): bigint {
  let value = 0n;
  for (let at = start, shift = 0n; ; at++, shift += 7n) {
    const byte = BigInt(bytes[at] ?? 0);
    value |= (byte & 0x7fn) << shift;
    if (byte < 0x80n) return BigInt.asIntN(64, value);
  }
}

const ITEM_LISTS = [
  ['resourceLogs', 'scopeLogs', 'logRecords'],
  ['resourceMetrics', 'scopeMetrics', 'metrics'],
] as const;

/** Log records or metrics of a request in JSON. */
export function countJsonItems(request: Buffer): number {
  let count = 0;
  pickFrom(request, () => {
    count++;
    return true;
  });
  return count;
}

/** The items chosen, as a request of their own under copies of their resources and scopes. */
export function pickJsonItems(request: Buffer, chosen: readonly number[]): Buffer {
  const wanted = new Set(chosen);
  return Buffer.from(JSON.stringify(pickFrom(request, (item) => wanted.has(item))));
}

function pickFrom(request: Buffer, wanted: (item: number) => boolean): object {
  const parsed = JSON.parse(request.toString('utf8')) as Json;
  let item = 0;
  const picked: Record<string, Json> = {};
  for (const [groups, scopes, items] of ITEM_LISTS) {
    const left = listOf(parsed, groups).flatMap((group) => {
      const kept = listOf(group, scopes).flatMap((scope) => {
        const chosen = listOf(scope, items).filter(() => wanted(item++));
        return chosen.length === 0 ? [] : [{ ...(scope as object), [items]: chosen } as Json];
      });
      return kept.length === 0 ? [] : [{ ...(group as object), [scopes]: kept } as Json];
    });
    if (left.length > 0) picked[groups] = left;
  }
  return picked;
}

function listOf(value: Json, name: string): readonly Json[] {
  const list = isObject(value) ? value[name] : undefined;
  return Array.isArray(list) ? (list as readonly Json[]) : [];
}

import { isObject, type Json } from '../json.ts';
import { type Bytes, ProtoWriter, viewOf } from './writer.ts';

/*
 * OTLP's JSON (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding) of the requests that `logs.ts` and `metrics.ts` write:
 * the mapping is there once, and what is said in one encoding is said in the other.
 */

type Kind = 'text' | 'int' | 'uint' | 'bool' | 'double' | 'nanos' | 'sfixed' | Schema;
interface Member {
  /** `"name":` */
  readonly head: Buffer;
  readonly kind: Kind;
  readonly many: boolean;
}
type Schema = readonly (Member | undefined)[];

const member = (name: string, kind: Kind, isMany: boolean): Member => ({
  head: Buffer.from(`"${name}":`),
  kind,
  many: isMany,
});
const one = (name: string, kind: Kind): Member => member(name, kind, false);
const many = (name: string, kind: Kind): Member => member(name, kind, true);

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
  undefined,
  undefined,
  undefined,
  many('attributes', KEY_VALUE),
  undefined,
  one('min', 'double'),
  one('max', 'double'),
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
  const writer = new ProtoWriter(request.length * 2);
  new Transcoder(request, writer).message(0, request.length, REQUESTS[path]);
  return writer.finish();
}

const [QUOTE, COMMA, OPEN_LIST, CLOSE_LIST, OPEN, CLOSE] = [34, 44, 91, 93, 123, 125] as const;
/** What a number, its quotes and what stands between members take at most. */
const ROOM = 48;

class Transcoder {
  private readonly source: Bytes;
  private readonly writer: ProtoWriter;
  private at = 0;
  /** Members that come several times, as their number, start and end: one message after another has its own at the end. */
  private repeated = new Int32Array(1_024);
  private used = 0;

  constructor(bytes: Buffer, writer: ProtoWriter) {
    this.source = { bytes, view: viewOf(bytes) };
    this.writer = writer;
  }

  /** Members that come once are written as they come, lists of the others behind them. */
  message(start: number, end: number, schema: Schema): void {
    const { writer } = this;
    const base = this.used;
    this.at = start;
    writer.reserve(ROOM);
    writer.rawByte(OPEN);
    let written = false;
    while (this.at < end) {
      const tag = this.varint();
      const number = tag >>> 3;
      const wire = tag & 7;
      const of = schema[number];
      if (of === undefined) throw new Error(`field ${number} has no JSON name`);
      if (of.many) {
        const length = this.varint();
        this.push(number, this.at, this.at + length);
        this.at += length;
        continue;
      }
      this.head(of, written);
      written = true;
      this.value(wire, of.kind);
    }
    for (let number = 1; number < schema.length && this.used > base; number++) {
      const of = schema[number];
      if (of?.many !== true || !this.list(of, number, base, written)) continue;
      written = true;
    }
    this.used = base;
    this.at = end;
    writer.reserve(ROOM);
    writer.rawByte(CLOSE);
  }

  /** Whether there are any of them. */
  private list(of: Member, number: number, base: number, written: boolean): boolean {
    const { writer } = this;
    const end = this.used;
    let any = false;
    for (let entry = base; entry < end; entry += 3) {
      if (this.repeated[entry] !== number) continue;
      if (any) {
        writer.reserve(ROOM);
        writer.rawByte(COMMA);
      } else {
        this.head(of, written);
        writer.rawByte(OPEN_LIST);
        any = true;
      }
      this.message(this.repeated[entry + 1] as number, this.repeated[entry + 2] as number, of.kind as Schema);
    }
    writer.reserve(ROOM);
    if (any) writer.rawByte(CLOSE_LIST);
    return any;
  }

  private push(number: number, start: number, end: number): void {
    if (this.used + 3 > this.repeated.length) {
      const larger = new Int32Array(this.repeated.length * 2);
      larger.set(this.repeated);
      this.repeated = larger;
    }
    this.repeated[this.used] = number;
    this.repeated[this.used + 1] = start;
    this.repeated[this.used + 2] = end;
    this.used += 3;
  }

  private head({ head }: Member, written: boolean): void {
    const { writer } = this;
    writer.reserve(head.length + ROOM);
    if (written) writer.rawByte(COMMA);
    writer.rawBytes(head);
  }

  private value(wire: number, kind: Kind): void {
    const { bytes } = this.source;
    if (wire === 0) {
      const start = this.at;
      const value = this.varint();
      if (kind === 'bool') this.writer.rawAscii(value === 0 ? 'false' : 'true');
      else if (kind === 'uint') this.writer.rawAscii(String(value));
      else this.writer.rawAscii(`"${this.at - start < 8 ? value : signedVarint(bytes, start)}"`);
    } else if (wire === 1) {
      const { at } = this;
      this.at += 8;
      if (kind === 'double') this.writer.rawAscii(doubleText(bytes.readDoubleLE(at)));
      else this.writer.rawAscii(`"${kind === 'sfixed' ? bytes.readBigInt64LE(at) : bytes.readBigUInt64LE(at)}"`);
    } else {
      const length = this.varint();
      const start = this.at;
      if (typeof kind === 'object') this.message(start, start + length, kind);
      else this.text(start, start + length);
      this.at = start + length;
    }
  }

  private text(start: number, end: number): void {
    const { writer, source } = this;
    if (!isPlain(source.bytes, start, end)) {
      const text = JSON.stringify(source.bytes.toString('utf8', start, end));
      writer.reserve(text.length * 3 + ROOM);
      writer.rawUtf8(text);
      return;
    }
    writer.reserve(end - start + ROOM);
    writer.rawByte(QUOTE);
    writer.rawSlice(source, start, end);
    writer.rawByte(QUOTE);
  }

  private varint(): number {
    const { bytes } = this.source;
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[this.at++] as number;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }
}

const BACKSLASH = 92;

function isPlain(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const code = bytes[at] as number;
    if (code < 32 || code === QUOTE || code === BACKSLASH) return false;
  }
  return true;
}

/** JSON has no words for these; protobuf's JSON writes them as texts. */
function doubleText(value: number): string {
  return Number.isFinite(value) ? String(value) : JSON.stringify(String(value));
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

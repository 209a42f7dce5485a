import { gunzipSync } from 'node:zlib';

/*
 * A reader of OTLP export requests that shares nothing with the writer under test: field numbers and wire types are those of
 * https://github.com/open-telemetry/opentelemetry-proto (common, resource, logs, metrics v1). It throws on anything malformed.
 */

/** int64 is a bigint, so that no digit is lost; a kvlist is an object, an absent value null. */
export type OtlpValue = string | boolean | bigint | number | null | Uint8Array | readonly OtlpValue[] | OtlpAttributes;
export interface OtlpAttributes {
  readonly [name: string]: OtlpValue;
}

interface Owned {
  readonly resource: OtlpAttributes;
  readonly scope: { readonly name: string; readonly version: string };
}

export interface OtlpLogRecord extends Owned {
  readonly timeUnixNano: bigint;
  readonly observedTimeUnixNano: bigint;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly eventName: string;
  readonly body: OtlpValue;
  readonly attributes: OtlpAttributes;
}

export interface OtlpPoint extends Owned {
  readonly metric: string;
  readonly unit: string;
  readonly startTimeUnixNano: bigint;
  readonly timeUnixNano: bigint;
  /** A bigint where it was sent as an integer. */
  readonly value: number | bigint;
  readonly attributes: OtlpAttributes;
}

/** Every log record of an ExportLogsServiceRequest, gzip or not, in the order in which it holds them. */
export function decodeOtlpLogs(body: Uint8Array): readonly OtlpLogRecord[] {
  return owned(body, (message, owner) => {
    const record = read(message);
    return {
      ...owner,
      timeUnixNano: record.fixed(1),
      observedTimeUnixNano: record.fixed(11),
      severityNumber: Number(record.varint(2)),
      severityText: record.text(3),
      eventName: record.text(12),
      body: anyValue(record.last(5)),
      attributes: attributesOf(record.all(6)),
    };
  });
}

/** Every gauge point of an ExportMetricsServiceRequest, gzip or not; other kinds of metric are refused. */
export function decodeOtlpMetrics(body: Uint8Array): readonly OtlpPoint[] {
  return owned(body, (message, owner) => {
    const metric = read(message);
    const gauge = metric.last(5);
    if (gauge === null) throw new Error('a metric that is no gauge');
    return read(gauge)
      .all(1)
      .map((content) => {
        const point = read(content);
        return {
          ...owner,
          metric: metric.text(1),
          unit: metric.text(3),
          startTimeUnixNano: point.fixed(2),
          timeUnixNano: point.fixed(3),
          value: point.has(6) ? BigInt.asIntN(64, point.fixed(6)) : point.double(4),
          attributes: attributesOf(point.all(7)),
        };
      });
  }).flat();
}

export interface OtlpHistogramPoint extends Omit<OtlpPoint, 'value'> {
  readonly temporality: number;
  readonly count: bigint;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

/** Every histogram point; other kinds of metric are refused. */
export function decodeOtlpHistograms(body: Uint8Array): readonly OtlpHistogramPoint[] {
  return owned(body, (message, owner) => {
    const metric = read(message);
    const content = metric.last(9);
    if (content === null) throw new Error('a metric that is no histogram');
    const histogram = read(content);
    return histogram.all(1).map((one) => {
      const point = read(one);
      return {
        ...owner,
        metric: metric.text(1),
        unit: metric.text(3),
        temporality: Number(histogram.varint(2)),
        startTimeUnixNano: point.fixed(2),
        timeUnixNano: point.fixed(3),
        count: point.fixed(4),
        sum: point.double(5),
        min: point.double(11),
        max: point.double(12),
        attributes: attributesOf(point.all(9)),
      };
    });
  }).flat();
}

function owned<Item>(body: Uint8Array, decode: (message: Buffer, owner: Owned) => Item): Item[] {
  const request = Buffer.from(body[0] === 0x1f && body[1] === 0x8b ? gunzipSync(body) : body);
  const items: Item[] = [];
  for (const group of read(request).all(1)) {
    const resource = read(group).last(1);
    for (const scoped of read(group).all(2)) {
      const scope = read(read(scoped).last(1) ?? Buffer.alloc(0));
      const owner = {
        resource: resource === null ? {} : attributesOf(read(resource).all(1)),
        scope: { name: scope.text(1), version: scope.text(2) },
      };
      for (const message of read(scoped).all(2)) items.push(decode(message, owner));
    }
  }
  return items;
}

function attributesOf(pairs: readonly Buffer[]): OtlpAttributes {
  const attributes = Object.create(null) as Record<string, OtlpValue>;
  for (const pair of pairs) {
    const name = read(pair).text(1);
    if (Object.hasOwn(attributes, name)) throw new Error(`attribute ${name} appears twice`);
    attributes[name] = anyValue(read(pair).last(2));
  }
  return { ...attributes };
}

function anyValue(message: Buffer | null): OtlpValue {
  if (message === null) return null;
  const any = read(message);
  if (any.has(1)) return any.text(1);
  if (any.has(2)) return any.varint(2) === 1n;
  if (any.has(3)) return BigInt.asIntN(64, any.varint(3));
  if (any.has(4)) return any.double(4);
  const list = any.last(5);
  if (list !== null) return read(list).all(1).map(anyValue);
  const members = any.last(6);
  if (members !== null) return attributesOf(read(members).all(1));
  return any.last(7);
}

type Wire = { readonly wire: 0; readonly value: bigint } | { readonly wire: 1 | 2 | 5; readonly value: Buffer };

function read(message: Buffer) {
  const fields = new Map<number, Wire[]>();
  for (let at = 0; at < message.length; ) {
    const tag = varint(message, at);
    const number = Number(tag.value >> 3n);
    const wire = Number(tag.value & 7n);
    at = tag.end;
    let field: Wire;
    if (wire === 0) {
      const { value, end } = varint(message, at);
      field = { wire, value };
      at = end;
    } else if (wire === 1 || wire === 2 || wire === 5) {
      const length = wire === 2 ? varint(message, at) : { value: wire === 1 ? 8n : 4n, end: at };
      at = length.end + Number(length.value);
      if (at > message.length) throw new Error('a field goes beyond its message');
      field = { wire, value: message.subarray(length.end, at) };
    } else throw new Error(`wire type ${wire}`);
    fields.set(number, [...(fields.get(number) ?? []), field]);
  }
  const bytesOf = (number: number, wires: readonly number[]): Buffer[] =>
    (fields.get(number) ?? []).map((field) => {
      if (field.wire === 0 || !wires.includes(field.wire)) throw new Error(`field ${number} has wire type ${field.wire}`);
      return field.value;
    });
  const fixed = (number: number): Buffer | undefined => bytesOf(number, [1]).at(-1);
  return {
    has: (number: number): boolean => fields.has(number),
    all: (number: number): Buffer[] => bytesOf(number, [2]),
    last: (number: number): Buffer | null => bytesOf(number, [2]).at(-1) ?? null,
    text: (number: number): string => new TextDecoder('utf-8', { fatal: true }).decode(bytesOf(number, [2]).at(-1)),
    fixed: (number: number): bigint => fixed(number)?.readBigUInt64LE() ?? 0n,
    double: (number: number): number => fixed(number)?.readDoubleLE() ?? 0,
    varint: (number: number): bigint => {
      const field = fields.get(number)?.at(-1);
      if (field === undefined) return 0n;
      if (field.wire !== 0) throw new Error(`field ${number} is no varint`);
      return field.value;
    },
  };
}

function varint(bytes: Buffer, start: number): { readonly value: bigint; readonly end: number } {
  let value = 0n;
  for (let at = start; at < Math.min(bytes.length, start + 10); at++) {
    const byte = bytes[at] ?? 0;
    value |= BigInt(byte & 0x7f) << BigInt(7 * (at - start));
    if (byte < 0x80) return { value, end: at + 1 };
  }
  throw new Error('a varint without end');
}

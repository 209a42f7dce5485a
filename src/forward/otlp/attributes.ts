import type { Json } from '../json.ts';
import { type Bytes, type ProtoWriter, varintLength } from './writer.ts';

/** A name as it stands in a KeyValue message, tag and length included. */
export interface EncodedKey {
  /** In bytes. */
  readonly length: number;
  /** Its bytes and the tag of the value that follows it, as little-endian words. */
  readonly words: Int32Array;
}
const KEY_LIMIT = 4_000;
const encodedKeys = new Map<string, EncodedKey>();
const MAX_DEPTH = 24;

/** AnyValue field numbers of opentelemetry/proto/common/v1/common.proto. */
const ANY = { string: 1, bool: 2, int: 3, double: 4, array: 5, list: 6 } as const;
const KEY_VALUE = { key: 1, value: 2 } as const;

/**
 * Writes one attribute (a KeyValue) as `field` of the open message. Whole numbers become int64, others doubles; strings stay strings,
 * so that the digits of a long integer are exact; null is no attribute.
 */
export function writeAttribute(writer: ProtoWriter, field: number, key: EncodedKey, value: Json): void {
  if (typeof value === 'string') writeText(writer, field, key, value);
  else if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) {
    writeCount(writer, field, key, value);
  } else if (typeof value === 'boolean') writeFlag(writer, field, key, value);
  else if (value !== null) writePair(writer, field, key, value);
}

function writeFlag(writer: ProtoWriter, field: number, key: EncodedKey, value: boolean): void {
  writer.reserve(key.length + 24);
  writer.rawByte((field << 3) | 2);
  writer.rawVarint(key.length + 4);
  writer.rawWords(key.words, key.length + 1);
  writer.rawThree(2 | ((ANY.bool << 3) << 8) | ((value ? 1 : 0) << 16));
}

function writePair(writer: ProtoWriter, field: number, key: EncodedKey, value: Json): void {
  const pair = writer.open(field);
  writer.reserve(key.length + 4);
  writer.rawWords(key.words, key.length);
  writeAny(writer, KEY_VALUE.value, value, 0);
  writer.close(pair);
}

/** Writes a value as an AnyValue in `field` of the open message. */
export function writeAny(writer: ProtoWriter, field: number, value: Json, depth: number): void {
  const any = writer.open(field);
  if (typeof value === 'string') writer.string(ANY.string, value);
  else if (typeof value === 'boolean') writer.uint(ANY.bool, value ? 1 : 0);
  else if (typeof value === 'number') writeNumber(writer, value);
  else if (value !== null && depth >= MAX_DEPTH) writer.string(ANY.string, JSON.stringify(value));
  else if (Array.isArray(value)) {
    const list = writer.open(ANY.array);
    for (const item of value as readonly Json[]) writeAny(writer, 1, item, depth + 1);
    writer.close(list);
  } else if (value !== null) {
    const members = writer.open(ANY.list);
    for (const [name, member] of Object.entries(value)) {
      if (member === null) continue;
      const pair = writer.open(1);
      writer.string(KEY_VALUE.key, name);
      writeAny(writer, KEY_VALUE.value, member, depth + 1);
      writer.close(pair);
    }
    writer.close(members);
  }
  writer.close(any);
}

function writeNumber(writer: ProtoWriter, value: number): void {
  if (!Number.isSafeInteger(value)) writer.double(ANY.double, value);
  else {
    writer.reserve(11);
    writer.rawByte(ANY.int << 3);
    writeInt64(writer, value);
  }
}

/** A varint of a safe integer; negative ones take ten bytes, as two's complement of 64 bits. */
function writeInt64(writer: ProtoWriter, value: number): void {
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 0x7fn) {
    writer.rawByte(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  writer.rawByte(Number(rest));
}

/** The common attribute: lengths are computed for ASCII first, and written again where the text is not. */
function writeText(writer: ProtoWriter, field: number, key: EncodedKey, value: string): void {
  writer.reserve(key.length + value.length * 3 + 24);
  const start = writer.length;
  writeTextHead(writer, field, key, value.length);
  if (writer.rawAscii(value)) return;
  writer.rewind(start);
  writeTextHead(writer, field, key, Buffer.byteLength(value));
  writer.rawUtf8(value);
}

/** An attribute whose text is a range of UTF-8. */
export function writeSlice(writer: ProtoWriter, field: number, key: EncodedKey, source: Bytes, from: number, to: number): void {
  writer.reserve(key.length + to - from + 24);
  writeTextHead(writer, field, key, to - from);
  writer.rawSlice(source, from, to);
}

/** A range of UTF-8 as an AnyValue in `field` of the open message. */
export function writeSliceAny(writer: ProtoWriter, field: number, source: Bytes, from: number, to: number): void {
  const any = writer.open(field);
  writer.reserve(to - from + 10);
  writer.rawByte((ANY.string << 3) | 2);
  writer.rawVarint(to - from);
  writer.rawSlice(source, from, to);
  writer.close(any);
}

/** Characters of an id, six bits each. */
const ID_LENGTH = 16;

/** An attribute whose text is 96 bits in base64url, of the first three words: half as long as 128 bits in hexadecimal digits. */
export function writeId(writer: ProtoWriter, field: number, key: EncodedKey, words: Uint32Array): void {
  writer.reserve(key.length + ID_LENGTH + 24);
  writeTextHead(writer, field, key, ID_LENGTH);
  writer.rawBase64(words, ID_LENGTH);
}

/** Lengths below 128 take one byte, and most do. */
function writeTextHead(writer: ProtoWriter, field: number, key: EncodedKey, length: number): void {
  const pair = key.length + 4 + length;
  if (pair < 0x80) {
    writer.rawTwo((field << 3) | 2 | (pair << 8));
    writer.rawWords(key.words, key.length + 1);
    writer.rawThree((2 + length) | (ANY_STRING << 8) | (length << 16));
    return;
  }
  const any = 1 + varintLength(length) + length;
  writer.rawByte((field << 3) | 2);
  writer.rawVarint(key.length + 1 + varintLength(any) + any);
  writer.rawWords(key.words, key.length + 1);
  writer.rawVarint(any);
  writer.rawByte(ANY_STRING);
  writer.rawVarint(length);
}

const ANY_STRING = (ANY.string << 3) | 2;

/** A whole number that is not negative: a varint, split where it has more than 31 bits. */
export function writeCount(writer: ProtoWriter, field: number, key: EncodedKey, value: number): void {
  writer.reserve(key.length + 24);
  let length = 1;
  for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 128)) length++;
  const pair = key.length + 3 + length;
  if (pair < 0x80) writer.rawTwo((field << 3) | 2 | (pair << 8));
  else {
    writer.rawByte((field << 3) | 2);
    writer.rawVarint(pair);
  }
  writer.rawWords(key.words, key.length + 1);
  writer.rawTwo((1 + length) | (ANY_INT << 8));
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) writer.rawByte((rest % 128) | 0x80);
  writer.rawByte(rest);
}

const ANY_INT = ANY.int << 3;

/** Names repeat in every record, so each is encoded once. */
export function keyOf(name: string): EncodedKey {
  const known = encodedKeys.get(name);
  if (known !== undefined) return known;
  const text = Buffer.from(name, 'utf8');
  const lengths: number[] = [];
  for (let rest = text.length; ; rest >>>= 7) {
    if (rest <= 0x7f) {
      lengths.push(rest);
      break;
    }
    lengths.push((rest & 0x7f) | 0x80);
  }
  const bytes = Buffer.from([(KEY_VALUE.key << 3) | 2, ...lengths, ...text, (KEY_VALUE.value << 3) | 2]);
  const words = new Int32Array((bytes.length + 3) >> 2);
  new Uint8Array(words.buffer).set(bytes);
  const key = { length: bytes.length - 1, words };
  if (encodedKeys.size < KEY_LIMIT) encodedKeys.set(name, key);
  return key;
}

import { type Json, parseLossless } from './json.ts';
import { keyText, textOfNumber } from './numbers.ts';
import { type DiagnosticRecord, type RecordField, recordFieldOf } from './record.ts';
import {
  copyWord,
  endOfMembers,
  firstOther,
  firstProperty,
  MEMBER_WORDS,
  type ScannedRecord,
  TOKEN,
  textWord,
} from './scanned.ts';

type LogRecord = Exclude<DiagnosticRecord, { readonly kind: 'platform metric' }>;

/** Reads one member of log records; `null` where a record has none. Lists and objects are JSON. */
export type ReadMember = (record: ScannedRecord | LogRecord) => string | null;

const INTERNED = ['level', 'resultSignature'] as const;
const COPIED = [
  'operationVersion',
  'resultType',
  'resultDescription',
  'correlationId',
  'callerIpAddress',
  'durationMs',
] as const satisfies readonly RecordField[];
const HELD = ['resourceId', 'tenantId', 'location', 'category', 'operationName'] as const satisfies readonly RecordField[];

/**
 * How a member is read that a rule names, in any case: a field of the record, else a property, else any other member of the record.
 * `properties.NAME` is a property, also where a field is called so.
 */
export function memberReader(name: string): ReadMember {
  const inside = /^properties\./i.test(name);
  const own = inside ? name.slice('properties.'.length) : name;
  const field = inside ? null : recordFieldOf(own);
  const held = HELD.find((one) => one === field);
  if (held !== undefined) return (record) => textOrNull(record[held]);
  const interned = INTERNED.find((one) => one === field);
  if (interned !== undefined) {
    const word = textWord(interned);
    return (record) =>
      textOrNull(record.kind === 'scanned' ? textOfNumber(record.words[record.at + word] as number) : record[interned]);
  }
  const copied = COPIED.find((one) => one === field);
  if (copied !== undefined) {
    const word = copyWord(copied);
    return (record) =>
      record.kind === 'scanned' ? tokenText(record.bytes, record.words, record.at + word) : textOf(record[copied]);
  }
  return propertyReader(own, inside);
}

function propertyReader(name: string, inside: boolean): ReadMember {
  const lower = name.toLowerCase();
  /** By the number of a key: 1 where it is the one, 2 where it is another. */
  const known: number[] = [];
  const isIt = (key: number): boolean => {
    const before = known[key] ?? 0;
    if (before !== 0) return before === 1;
    const same = keyText(key).toLowerCase() === lower;
    known[key] = same ? 1 : 2;
    return same;
  };
  return (record) => {
    if (record.kind !== 'scanned') {
      const found = ofObject(record.properties, lower);
      return found ?? (inside ? null : textOf(record.others.find(([key]) => key.toLowerCase() === lower)?.[1]));
    }
    const { words } = record;
    const others = firstOther(record);
    for (let member = firstProperty(record); member < others; member += MEMBER_WORDS) {
      if (isIt(words[member] as number)) return tokenText((record.inner ?? record).bytes, words, member + 1);
    }
    const end = inside ? others : endOfMembers(record);
    for (let member = others; member < end; member += MEMBER_WORDS) {
      if (isIt(words[member] as number)) return tokenText(record.bytes, words, member + 1);
    }
    return null;
  };
}

function tokenText(bytes: Buffer, words: Int32Array, at: number): string | null {
  const type = words[at] as number;
  if (type === 0) return null;
  const text = bytes.toString('utf8', words[at + 1] as number, words[at + 2] as number);
  return type === TOKEN.escaped ? (JSON.parse(text) as string) : type === TOKEN.other ? textOf(parseLossless(text)) : text;
}

function ofObject(properties: LogRecord['properties'], lower: string): string | null {
  if (properties === null) return null;
  for (const key in properties) if (key.toLowerCase() === lower) return textOf(properties[key]);
  return null;
}

function textOf(value: Json | undefined): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? textOrNull(value) : typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function textOrNull(text: string): string | null {
  return text === '' ? null : text;
}

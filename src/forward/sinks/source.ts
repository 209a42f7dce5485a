import type { Redaction } from '../../model/sink.ts';
import { isObject, type Json, type JsonObject } from '../json.ts';
import type { ProtoWriter } from '../otlp/writer.ts';
import { type DiagnosticRecord, readRecord, recordFieldOf } from '../record.ts';
import { redactText, redactValue } from '../redact.ts';
import { parseRecord } from '../scanned.ts';
import { isClean } from './clean.ts';
import { fieldsAreClean, writeCut } from './cut.ts';
import type { JsonItem } from './item.ts';
import { timeOf, timeTextOf } from './time.ts';

/**
 * Writes a record as one JSON object on one line: the bytes that the sender wrote wherever nothing is to be taken out of them. What was
 * repaired is written as it was understood, integers beyond 2^53 as their digits; text that is no record as `message`.
 */
export function writeSource(writer: ProtoWriter, item: JsonItem, redaction: Redaction): void {
  const { record, raw } = item;
  if (record.kind === 'scanned') {
    if (fieldsAreClean(record, redaction)) writeCut(writer, record, redaction);
    else writeRead(writer, readRecord(parseRecord(record), timeOf(item), {}), redaction);
  } else if (record.kind === 'text') {
    const { text, reason } = record;
    writeJson(writer, { time: timeTextOf(item), message: redactText(text, redaction), 'tocsin.unparsed': reason });
  } else if (raw !== undefined && !propertiesWereText(record) && isCleanRecord(record, redaction)) {
    writer.reserve(raw.end - raw.start + SLACK);
    writer.rawSlice(raw, raw.start, raw.end);
  } else writeRead(writer, record, redaction);
}

/** Fields of the resource hold no texts of people. */
function isCleanRecord(record: DiagnosticRecord, redaction: Redaction): boolean {
  if (record.kind !== 'platform metric' || record.plain !== true) return isClean(record.source, redaction);
  return isClean(record.name, redaction) && isClean(record.unit, redaction) && isClean(record.grain, redaction);
}

/** What a copy by words may touch behind its end. */
const SLACK = 4;

function writeJson(writer: ProtoWriter, value: object): void {
  writeText(writer, JSON.stringify(value));
}

export function writeText(writer: ProtoWriter, text: string): void {
  writer.reserve(text.length * 3);
  if (!writer.rawAscii(text)) writer.rawUtf8(text);
}

function propertiesWereText(record: DiagnosticRecord): record is Exclude<DiagnosticRecord, { readonly kind: 'platform metric' }> {
  if (record.kind === 'platform metric' || record.properties === null) return false;
  return nameOfProperties(record.source, isText) !== null;
}

const isText = (value: Json | undefined): value is string => typeof value === 'string';

function nameOfProperties(source: JsonObject, fits: (value: Json | undefined) => boolean): string | null {
  for (const name in source) {
    const field = recordFieldOf(name);
    if ((field === 'properties' || field === 'eventProperties') && fits(source[name])) return name;
  }
  return null;
}

/** One shape for `properties`: where the sender wrote them as text, the object that it holds. */
function writeRead(writer: ProtoWriter, record: DiagnosticRecord, redaction: Redaction): void {
  if (!propertiesWereText(record)) {
    writeJson(writer, redactValue(record.source, redaction) as object);
    return;
  }
  const name = nameOfProperties(record.source, isText) as string;
  const text = (record.source[name] as string).trim();
  const { [name]: _, ...rest } = record.source;
  const outer = JSON.stringify(redactValue(rest, redaction)).slice(0, -1);
  const verbatim = isJsonObject(text) && isClean(record.properties, redaction);
  const inner = verbatim ? text : JSON.stringify(redactValue(record.properties, redaction));
  writeText(writer, `${outer}${outer.length > 1 ? ',' : ''}${JSON.stringify(name)}:${inner}}`);
}

/** Verbatim keeps its long integers; a line must stay one. */
function isJsonObject(text: string): boolean {
  if (/[\r\n]/.test(text)) return false;
  try {
    return isObject(JSON.parse(text) as Json);
  } catch {
    return false;
  }
}

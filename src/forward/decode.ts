import { isUtf8 } from 'node:buffer';
import { type Decoded, Found } from './found.ts';
import { isObject, type Json, type JsonObject, parseLossless, trimPadding } from './json.ts';
import { parseText } from './lenient.ts';
import { countRepair, NO_REPAIRS } from './repairs.ts';
import { isEmpty, wrapperName } from './shape.ts';
import { readStream } from './stream.ts';
import { textOf, viewOf } from './text.ts';

const NOTHING: readonly never[] = Object.freeze([]);
const MAX_NESTING = 8;

/**
 * The records of one Event Hub body. Common shape first: UTF-8 `{"records":[{…},…]}`, one native parse; everything else by the
 * careful way, whose departures are counted. Nothing of the body is lost: what is not in `records` or `texts` is in `remainders`
 * (empty items aside, which are counted). Never throws.
 */
export function decodeBody(body: Uint8Array): Decoded {
  try {
    const records = commonShape(body);
    if (records !== null) return { records, texts: NOTHING, remainders: NOTHING, repairs: NO_REPAIRS };
    return decodeCarefully(body);
  } catch (thrown) {
    const reason = `decoding failed: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
    return { records: NOTHING, texts: NOTHING, remainders: [{ bytes: body, reason }], repairs: NO_REPAIRS };
  }
}

const OPEN_OBJECT = 0x7b;

function commonShape(body: Uint8Array): readonly JsonObject[] | null {
  if (body[0] !== OPEN_OBJECT || !isUtf8(body)) return null;
  let parsed: Json;
  try {
    parsed = parseLossless(viewOf(body).toString('utf8'));
  } catch {
    return null;
  }
  if (!isObject(parsed) || !Array.isArray(parsed.records) || parsed.records.length === 0) return null;
  for (const name in parsed) if (name !== 'records') return null;
  const items: readonly Json[] = parsed.records;
  for (const item of items) {
    if (!isObject(item) || item.records !== undefined || isEmpty(item)) return null;
  }
  return items as readonly JsonObject[];
}

/** The way that takes every shape, the common one included. */
export function decodeCarefully(body: Uint8Array): Decoded {
  const found = new Found();
  const read = textOf(body, found.repairs);
  if ('reason' in read) found.leave(read.reason, null);
  else takeText(read.text, found, 0);
  return found.decoded(body);
}

function takeText(text: string, found: Found, nesting: number): void {
  const trimmed = trimPadding(text);
  if (trimmed === '') return;
  let parsed: Json;
  try {
    parsed = parseLossless(trimmed);
  } catch {
    if (!takeLines(trimmed, found)) readStream(trimmed, found, (value) => takeItem(value, found, 0));
    return;
  }
  takeDocument(parsed, trimmed, found, nesting);
}

/** A text that is one JSON value. */
function takeDocument(value: Json, text: string, found: Found, nesting: number): void {
  if (typeof value === 'string' && nesting < MAX_NESTING && /^\s*["{[]/.test(value)) {
    countRepair(found.repairs, 'double encoded');
    takeText(value, found, nesting + 1);
  } else if (typeof value !== 'object' || value === null) {
    found.leave('a bare value is not a record', text);
  } else {
    if (Array.isArray(value)) countRepair(found.repairs, 'bare array');
    else if (wrapperName(value as JsonObject, true) === null) countRepair(found.repairs, 'single record');
    takeItem(value, found, 0);
  }
}

/** One record a line, every line well formed: the form of archives. */
function takeLines(text: string, found: Found): boolean {
  if (!text.startsWith('{') || !text.includes('\n')) return false;
  const values: Json[] = [];
  for (const line of text.split('\n')) {
    const trimmed = trimPadding(line);
    if (trimmed === '') continue;
    try {
      values.push(parseLossless(trimmed));
    } catch {
      return false;
    }
  }
  if (!values.every(isObject)) return false;
  countRepair(found.repairs, 'lines');
  for (const value of values) takeItem(value, found, 0);
  return true;
}

/** What stands where a record should be: a record, a list or wrapper of records, a record in a string, or a scalar. */
function takeItem(value: Json, found: Found, nesting: number): void {
  if (nesting > MAX_NESTING) found.leave('nested too deeply', JSON.stringify(value));
  else if (Array.isArray(value)) takeList(value, found, nesting);
  else if (isObject(value)) takeObject(value, found, nesting);
  else if (value === null || value === '') countRepair(found.repairs, 'empty item');
  else takeScalar(value as string | number | boolean, found, nesting);
}

function takeScalar(value: string | number | boolean, found: Found, nesting: number): void {
  const inner = typeof value === 'string' ? parseText(value)?.value : undefined;
  if (typeof inner === 'object' && inner !== null) {
    countRepair(found.repairs, 'double encoded');
    takeItem(inner, found, nesting + 1);
  } else {
    countRepair(found.repairs, 'scalar item');
    found.texts.push({ text: String(value), reason: 'a bare value, not a record' });
  }
}

function takeList(items: readonly Json[], found: Found, nesting: number): void {
  if (items.length === 0) countRepair(found.repairs, 'empty item');
  for (const item of items) takeItem(item, found, nesting + 1);
}

function takeObject(value: JsonObject, found: Found, nesting: number): void {
  const name = wrapperName(value, nesting === 0);
  if (name === null) {
    if (isEmpty(value)) countRepair(found.repairs, 'empty item');
    else found.records.push(value);
    return;
  }
  if (name !== 'records') countRepair(found.repairs, 'records spelling');
  const list = value[name] ?? null;
  if (!Array.isArray(list)) countRepair(found.repairs, 'records not a list');
  takeItem(list, found, nesting + 1);
}

import { isUtf8 } from 'node:buffer';
import { readUsualTime } from './instant-bytes.ts';
import { isLongInteger } from './json.ts';
import { KEYS_LIMIT, keys, textOfNumber, texts } from './numbers.ts';
import { AGGREGATES, type Aggregate, RECORD_FIELDS, type RecordField, recordFieldOf } from './record.ts';
import {
  COPIED,
  FIRST_COPY,
  FIRST_MEMBER,
  FIRST_TEXT,
  MEMBER_WORDS,
  NANOS,
  OTHERS,
  PROPERTIES,
  READ_TEXTS,
  ScannedMetric,
  type ScannedRecord,
  SECONDS,
  TOKEN,
  TOKEN_WORDS,
  textWord,
  type UnusualRecord,
} from './scanned.ts';

/*
 * Reads the common body, UTF-8 `{"records":[{…},…]}`, without making objects of it: most of what forwarding does with a value is to
 * copy its bytes. What is out of the common is left to the plain way (`decode.ts`, `record.ts`), one record or the whole body; a
 * differential test holds both to the same output.
 */

/** Where the token of a field is in `fields`. */
function fieldWord(field: RecordField): number {
  return RECORD_FIELDS.indexOf(field) * TOKEN_WORDS;
}

const READ_WORDS = Int32Array.from(READ_TEXTS, fieldWord);
const COPIED_WORDS = Int32Array.from(COPIED, fieldWord);

/** Begins a batch: its records share room with those of no other, so that it can be given back. */
export function beginRecords(): void {
  words = NO_WORDS;
  used = 0;
}

/** Gives back the room of a batch's records, none of which may be looked at any more. */
export function releaseRecords(records: Iterable<ScannedRecord>): void {
  let last = NO_WORDS;
  for (const record of records) {
    if (record.words === last) continue;
    last = record.words;
    if (last.length === ARENA_WORDS && spares.length < MOST_SPARES && !spares.includes(last)) spares.push(last);
  }
}

/** The records of a common body; `null` for any other, also where it is not JSON. */
export function scanBody(bytes: Uint8Array): readonly (ScannedRecord | ScannedMetric | UnusualRecord)[] | null {
  if (bytes[0] !== OPEN_OBJECT || !isUtf8(bytes)) return null;
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  nextEscape = 0;
  apostrophes = body.includes(APOSTROPHE);
  if (hasControls(view)) return null;
  let at = opening(body);
  if (at < 0) return null;
  const records: (ScannedRecord | ScannedMetric | UnusualRecord)[] = [];
  for (;;) {
    if (body[at] !== OPEN_OBJECT) return null;
    const end = scanRecord(body, at);
    if (end < 0) return null;
    if (usual && hasMetricFields) records.push(metric(body, at, end));
    else records.push(usual && understand(body) ? keep(body, at, end) : unusual(body, at, end));
    at = skipBlanks(body, end);
    if (body[at] === CLOSE_LIST) break;
    if (body[at] !== COMMA) return null;
    at = skipBlanks(body, at + 1);
  }
  at = skipBlanks(body, at + 1);
  if (body[at] !== CLOSE_OBJECT || skipBlanks(body, at + 1) !== body.length) return null;
  return records;
}

const [QUOTE, APOSTROPHE, COMMA, MINUS, DOT, COLON, BACKSLASH] = [34, 39, 44, 45, 46, 58, 92] as const;
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [91, 93, 123, 125] as const;
const [UPPER_E, LOWER_E, PLUS, LOWER_U, ZERO, SPACE] = [69, 101, 43, 117, 48, 32] as const;
const RECORDS = Buffer.from('"records"');
const [TRUE, FALSE, NULL] = ['true', 'false', 'null'].map((word) => Buffer.from(word)) as [Buffer, Buffer, Buffer];
const MAX_DEPTH = 32;
const INVALID = -1;

const ESCAPES = bytesOf((code) => '"\\/bfnrt'.includes(String.fromCharCode(code)));
const HEX = bytesOf((code) => /[0-9a-fA-F]/.test(String.fromCharCode(code)));

function bytesOf(belongs: (code: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, code) => (code < 128 && belongs(code) ? 1 : 0));
}

/** What a field's token must be for this way: any scalar; a scalar whose text is looked at, so without escapes; a number; nothing. */
const FIELD_RULES: Readonly<Partial<Record<RecordField, 'read' | 'number' | 'absent'>>> = {
  time: 'read',
  resourceId: 'read',
  tenantId: 'read',
  location: 'read',
  category: 'read',
  operationName: 'read',
  resultSignature: 'read',
  level: 'read',
  durationMs: 'read',
  properties: 'absent',
  eventProperties: 'absent',
  metricName: 'read',
  timeGrain: 'read',
  unit: 'read',
  dimension: 'absent',
  total: 'number',
  count: 'number',
  minimum: 'number',
  maximum: 'number',
  average: 'number',
};
/** The highest token that a field may be. */
const HIGHEST = Uint8Array.from(RECORD_FIELDS, (field) => {
  const rule = FIELD_RULES[field];
  return rule === 'absent' ? 0 : rule === 'read' ? 2 : rule === 'number' ? 4 : 3;
});

/** Where the first record is of `{"records":[`. */
function opening(b: Buffer): number {
  let at = skipBlanks(b, 1);
  for (let index = 0; index < RECORDS.length; index++) if (b[at + index] !== RECORDS[index]) return INVALID;
  at = skipBlanks(b, at + RECORDS.length);
  if (b[at] !== COLON) return INVALID;
  at = skipBlanks(b, at + 1);
  return b[at] === OPEN_LIST ? skipBlanks(b, at + 1) : INVALID;
}

/* What was found last; one body is scanned at a time. */
let type = 0;
let start = 0;
let end = 0;
let key = -1;
let usual = true;
let hasMetricFields = false;
/** Tokens of the fields of the record. */
const fields = new Int32Array(RECORD_FIELDS.length * TOKEN_WORDS);
/** The words of records; a batch shares an array, because small ones are dear to make. The record begins at `begin`. */
const ARENA_WORDS = 32_768;
const NO_WORDS: Int32Array = new Int32Array(0);
/** Large arrays that come and go make the garbage collector run early and often. */
const spares: Int32Array[] = [];
const MOST_SPARES = 16;
let words: Int32Array = NO_WORDS;
let begin = 0;
let used = 0;
let others = new Int32Array(256);
let properties = -1;
let otherCount = 0;
let round = 0;
let view: DataView<ArrayBufferLike> = new DataView(new ArrayBuffer(0));
let nextEscape = 0;
let apostrophes = false;
/** Texts of properties without their escapes; a batch shares a buffer. */
const INNER_BYTES = 65_536;
const MOST_INNER = 16_384;
/** Behind each text: the end of searches, and what reading four bytes at a time may touch. */
const INNER_ROOM = 8;
let innerBytes = Buffer.alloc(0);
let innerView: DataView<ArrayBufferLike> = new DataView(innerBytes.buffer, 0, 0);
let innerUsed = 0;
let inside = false;
let innerStart = 0;
let innerEnd = 0;
let innerFrom = 0;
let innerTo = 0;

/** Scans the record at `from` into `words` and `others`. Where it ends; negative where it is not JSON or not for this way. */
function scanRecord(b: Buffer, from: number): number {
  fields.fill(0);
  begin = used;
  used += FIRST_MEMBER;
  if (used > words.length) makeRoom();
  usual = true;
  hasMetricFields = false;
  inside = false;
  properties = -1;
  otherCount = 0;
  round = (round + 1) | 0;
  const mark = round;
  let name = FIRST_OUTER;
  let at = skipBlanks(b, from + 1);
  if (b[at] === CLOSE_OBJECT) return INVALID;
  for (;;) {
    at = scanKey(b, at, outerRounds, mark, name);
    if (at < 0) return INVALID;
    name = key;
    const field = name < 0 ? NO_FIELD : (keyFields[name] as number);
    if (field === RECORDS_KEY) return INVALID;
    if (field === PROPERTIES_FIELD && b[at] === OPEN_OBJECT) {
      if (properties >= 0) usual = false;
      at = scanProperties(b, at);
    } else {
      at = scanValue(b, at, 0);
      if (at >= 0 && type !== 0) {
        if (field === NO_FIELD) addOther(name);
        else if (field === PROPERTIES_FIELD && type === TOKEN.escaped && properties < 0) scanInner(b, start + 1, end - 1);
        else setField(field);
      }
    }
    if (at < 0) return INVALID;
    if (b[at] !== COMMA) at = skipBlanks(b, at);
    if (b[at] === CLOSE_OBJECT) return at + 1;
    if (b[at] !== COMMA) return INVALID;
    at++;
    if (b[at] !== QUOTE) at = skipBlanks(b, at);
  }
}

function scanProperties(b: Buffer, from: number): number {
  properties = 0;
  round = (round + 1) | 0;
  const mark = round;
  let name = FIRST_INNER;
  let at = skipBlanks(b, from + 1);
  if (b[at] === CLOSE_OBJECT) return at + 1;
  for (;;) {
    at = scanKey(b, at, innerRounds, mark, name);
    if (at < 0) return INVALID;
    name = key;
    at = scanValue(b, at, 0);
    if (at < 0) return INVALID;
    if (type !== 0) {
      addMember(name);
      properties++;
    }
    if (b[at] !== COMMA) at = skipBlanks(b, at);
    if (b[at] === CLOSE_OBJECT) return at + 1;
    if (b[at] !== COMMA) return INVALID;
    at++;
    if (b[at] !== QUOTE) at = skipBlanks(b, at);
  }
}

/**
 * Reads properties that are text which is JSON again, once without its escapes. Only quotes and backslashes may be escaped, so that
 * texts inside stand in the body byte for byte; anything else, and text that is no object, is for the plain way.
 */
function scanInner(b: Buffer, from: number, to: number): void {
  const begins = takeEscapes(b, from, to);
  const [outerView, outerEscape] = [view, nextEscape];
  if (begins >= 0 && innerBytes[begins] === OPEN_OBJECT) {
    view = innerView;
    nextEscape = 0;
    inside = scanProperties(innerBytes, begins) === innerUsed;
    view = outerView;
    nextEscape = outerEscape;
  }
  if (!inside) usual = false;
  innerStart = begins;
  innerEnd = innerUsed;
  innerFrom = from - 1;
  innerTo = to + 1;
  innerUsed += INNER_ROOM;
}

/** Copies a text without its escapes behind the last one. Where it begins; negative where it is too long or has other escapes. */
function takeEscapes(b: Buffer, from: number, to: number): number {
  if (to - from > MOST_INNER) return INVALID;
  if (innerUsed + to - from + INNER_ROOM > innerBytes.length) {
    innerBytes = Buffer.allocUnsafeSlow(INNER_BYTES);
    innerView = new DataView(innerBytes.buffer);
    innerUsed = 0;
  }
  const target = innerBytes;
  const begins = innerUsed;
  let out = begins;
  for (let at = from; at < to; at++) {
    let code = b[at] as number;
    if (code === BACKSLASH) {
      code = b[++at] as number;
      if (code !== QUOTE && code !== BACKSLASH) return INVALID;
    }
    target[out++] = code;
  }
  innerUsed = out;
  // No search for a quote or an escape goes beyond this text.
  target[out] = QUOTE;
  target[out + 1] = BACKSLASH;
  return begins;
}

/** The member with the name `key` that was scanned last. */
function addOther(name: number): void {
  const word = otherCount * MEMBER_WORDS;
  if (word + MEMBER_WORDS > others.length) {
    const larger = new Int32Array(others.length * 2);
    larger.set(others);
    others = larger;
  }
  others[word] = name;
  others[word + 1] = type;
  others[word + 2] = start;
  others[word + 3] = end;
  otherCount++;
}

/** Appends the member with the name `key` that was scanned last. */
function addMember(name: number): void {
  const word = used;
  used += MEMBER_WORDS;
  if (used > words.length) {
    makeRoom();
    words[used - MEMBER_WORDS] = name;
    words[used - 3] = type;
    words[used - 2] = start;
    words[used - 1] = end;
    return;
  }
  words[word] = name;
  words[word + 1] = type;
  words[word + 2] = start;
  words[word + 3] = end;
}

/** Moves the record that is being read to an array with room for `used` words and more. */
function makeRoom(): void {
  const size = used - begin;
  const spare = size < ARENA_WORDS / 2 ? spares.pop() : undefined;
  const larger = spare ?? new Int32Array(Math.max(ARENA_WORDS, size * 2));
  larger.set(words.subarray(begin, Math.min(used, words.length)));
  words = larger;
  begin = 0;
  used = size;
}

function setField(field: number): void {
  const word = field * TOKEN_WORDS;
  if (fields[word] !== 0 || type > (HIGHEST[field] as number)) usual = false;
  if (field >= FIRST_METRIC_FIELD) hasMetricFields = true;
  fields[word] = type;
  fields[word + 1] = start;
  fields[word + 2] = end;
}

/**
 * Reads `"name":` and the blanks around it; the name's number is `key`, negative where it is for the plain way. Where the value begins.
 * Records repeat their keys in the same order, so the key that followed the same key last time is tried first.
 */
function scanKey(b: Buffer, from: number, rounds: Int32Array, mark: number, previous: number): number {
  if (b[from] !== QUOTE) return INVALID;
  const guess = previous < 0 ? -1 : (followers[previous] as number);
  let at = from + 1;
  if (guess >= 0 && keys.stands(guess, view, at) && b[at + keys.lengthOf(guess)] === QUOTE) {
    key = guess;
    at += keys.lengthOf(guess) + 1;
  } else {
    at = quoteAfter(b, at) + 1;
    if (at === 0) return INVALID;
    if (isEscaped(b, from, at)) {
      key = -1;
      at = endOfText(b, from + 1);
      if (at < 0) return INVALID;
    } else {
      key = numberOfKey(from + 1, at - 1);
      if (previous >= 0) followers[previous] = key;
    }
  }
  if (key < 0 || rounds[key] === mark) usual = false;
  else rounds[key] = mark;
  if (b[at] !== COLON) at = skipBlanks(b, at);
  if (b[at] !== COLON) return INVALID;
  at++;
  return b[at] === SPACE ? skipBlanks(b, at) : at;
}

/** Whether there is an escape in [from, to). Asked in ascending order. */
function isEscaped(b: Buffer, from: number, to: number): boolean {
  if (nextEscape < from) {
    nextEscape = b.indexOf(BACKSLASH, from);
    if (nextEscape < 0) nextEscape = b.length;
  }
  return nextEscape < to;
}

/** Whether there are control characters, blanks between tokens included: inside texts JSON forbids them. Four bytes at a time. */
function hasControls(bytes: DataView): boolean {
  const whole = bytes.byteLength - (bytes.byteLength % 4);
  for (let at = 0; at < whole; at += 4) {
    const word = bytes.getInt32(at, true);
    if (((word - 0x2020_2020) & ~word & 0x8080_8080) !== 0) return true;
  }
  for (let at = whole; at < bytes.byteLength; at++) if (bytes.getUint8(at) < SPACE) return true;
  return false;
}

/** Reads a value. `type`, `start` and `end` tell what it is (0: null), the result where it ends. */
function scanValue(b: Buffer, from: number, depth: number): number {
  const first = b[from] as number;
  if (first === QUOTE) {
    const close = quoteAfter(b, from + 1);
    if (close < 0) return INVALID;
    if (!isEscaped(b, from, close)) {
      type = TOKEN.text;
      start = from + 1;
      end = close;
      return close + 1;
    }
    const at = endOfText(b, nextEscape);
    type = TOKEN.escaped;
    start = from;
    end = at;
    return at;
  }
  if (first === MINUS || isDigit(first)) return scanNumber(b, from);
  let at = INVALID;
  if (first === OPEN_OBJECT) at = scanNested(b, from, CLOSE_OBJECT, depth);
  else if (first === OPEN_LIST) at = scanNested(b, from, CLOSE_LIST, depth);
  else if (isWord(b, from, TRUE)) at = from + 4;
  else if (isWord(b, from, FALSE)) at = from + 5;
  else if (isWord(b, from, NULL)) {
    type = 0;
    return from + 4;
  }
  type = TOKEN.other;
  start = from;
  end = at;
  return at;
}

/** Where a list or object ends. */
function scanNested(b: Buffer, from: number, close: number, depth: number): number {
  if (depth >= MAX_DEPTH) return INVALID;
  let at = skipBlanks(b, from + 1);
  if (b[at] === close) return at + 1;
  for (;;) {
    if (close === CLOSE_OBJECT) {
      if (b[at] !== QUOTE) return INVALID;
      at = endOfText(b, at + 1);
      if (at < 0) return INVALID;
      at = skipBlanks(b, at);
      if (b[at] !== COLON) return INVALID;
      at = skipBlanks(b, at + 1);
    }
    at = scanValue(b, at, depth + 1);
    if (at < 0) return INVALID;
    at = skipBlanks(b, at);
    if (b[at] === close) return at + 1;
    if (b[at] !== COMMA) return INVALID;
    at = skipBlanks(b, at + 1);
  }
}

/** Where the next quote is; negative where there is none. Four bytes at a time, for most texts end before a native search has begun. */
function quoteAfter(b: Buffer, from: number): number {
  const words = view;
  const last = Math.min(words.byteLength - 4, from + NEAR);
  let at = from;
  for (; at <= last; at += 4) {
    const quotes = words.getInt32(at, true) ^ QUOTES;
    const zeros = (quotes - ONES) & ~quotes & HIGHS;
    if (zeros !== 0) return at + lowestByte(zeros);
  }
  return b.indexOf(QUOTE, at);
}

const NEAR = 60;
const [QUOTES, BACKSLASHES, ONES, HIGHS] = [0x2222_2222, 0x5c5c_5c5c, 0x0101_0101, 0x8080_8080 | 0] as const;

/** The place of the lowest byte whose highest bit is set. */
function lowestByte(highs: number): number {
  return (31 - Math.clz32(highs & -highs)) >> 3;
}

/** Behind the closing quote of a text of which `from` is inside, not within an escape. Control characters are not looked for. */
function endOfText(b: Buffer, from: number): number {
  const words = view;
  const last = words.byteLength - 4;
  let at = from;
  for (;;) {
    for (; at <= last; at += 4) {
      const word = words.getInt32(at, true);
      const quotes = word ^ QUOTES;
      const escapes = word ^ BACKSLASHES;
      const zeros = (((quotes - ONES) & ~quotes) | ((escapes - ONES) & ~escapes)) & HIGHS;
      if (zeros === 0) continue;
      at += lowestByte(zeros);
      break;
    }
    if (at > last) while (b[at] !== QUOTE && b[at] !== BACKSLASH) if (++at >= b.length) return INVALID;
    if (b[at] === QUOTE) return at + 1;
    const escaped = b[at + 1] as number;
    if (ESCAPES[escaped] === 1) at += 2;
    else if (escaped !== LOWER_U) return INVALID;
    else {
      for (let digit = 2; digit <= 5; digit++) if (HEX[b[at + digit] as number] !== 1) return INVALID;
      at += 6;
    }
  }
}

/** https://www.rfc-editor.org/rfc/rfc8259#section-6 */
function scanNumber(b: Buffer, from: number): number {
  let at = b[from] === MINUS ? from + 1 : from;
  const digits = at;
  if (b[at] === ZERO) at++;
  else while (isDigit(b[at] as number)) at++;
  if (at === digits) return INVALID;
  const count = at - digits;
  let whole = true;
  if (b[at] === DOT) {
    whole = false;
    const fraction = ++at;
    while (isDigit(b[at] as number)) at++;
    if (at === fraction) return INVALID;
  }
  if (b[at] === LOWER_E || b[at] === UPPER_E) {
    whole = false;
    at++;
    if (b[at] === PLUS || b[at] === MINUS) at++;
    const exponent = at;
    while (isDigit(b[at] as number)) at++;
    if (at === exponent) return INVALID;
  }
  start = from;
  end = at;
  if (whole && count <= 15 && digits === from) type = TOKEN.count;
  else if (whole && count >= 16 && isLongInteger(b.toString('latin1', digits, at))) type = TOKEN.text;
  else type = TOKEN.other;
  return at;
}

function isWord(b: Buffer, at: number, word: Buffer): boolean {
  for (let index = 0; index < word.length; index++) if (b[at + index] !== word[index]) return false;
  return true;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function skipBlanks(b: Buffer, from: number): number {
  let at = from;
  for (let code = b[at]; code === SPACE || code === 10 || code === 13 || code === 9; code = b[at]) at++;
  return at;
}

/** Leaves the words of the record that was scanned last to the next one. */
function unusual(bytes: Buffer, from: number, to: number): UnusualRecord {
  used = begin;
  return { kind: 'unusual', bytes, view, start: from, end: to };
}

const FIRST_METRIC_FIELD = RECORD_FIELDS.indexOf('metricName');
const METRIC_TEXTS = (['resourceId', 'tenantId', 'location', 'metricName', 'unit', 'timeGrain'] as const).map(fieldWord);
const AGGREGATE_WORDS = AGGREGATES.map((name) => [name, fieldWord(name)] as const);
const OTHER_FIELDS = RECORD_FIELDS.slice(0, FIRST_METRIC_FIELD)
  .map(fieldWord)
  .filter((word) => word !== fieldWord('time') && !METRIC_TEXTS.includes(word));

/** The metric, if it is one of nothing but its usual members; aggregates are numbers that a double holds. */
function metric(b: Buffer, from: number, to: number): ScannedMetric | UnusualRecord {
  const record = unusual(b, from, to);
  if (properties >= 0 || otherCount > 0 || inside || OTHER_FIELDS.some((word) => fields[word] !== 0) || !readTime(b))
    return record;
  const read: string[] = [];
  for (const word of METRIC_TEXTS) {
    const number = fields[word] === 0 ? 0 : texts.numberOf(view, fields[word + 1] as number, fields[word + 2] as number);
    if (number < 0) return record;
    read.push(textOfNumber(number));
  }
  const [resourceId, tenantId, location, name, unit, grain] = read as [string, string, string, string, string, string];
  if (name === '' || fields[METRIC_NAME] !== TOKEN.text) return record;
  const aggregates: Partial<Record<Aggregate, number>> = {};
  let any = false;
  for (const [aggregate, word] of AGGREGATE_WORDS) {
    const what = fields[word];
    if (what === 0) continue;
    const first = b[fields[word + 1] as number] as number;
    if (what === TOKEN.text || !(first === MINUS || isDigit(first))) return record;
    aggregates[aggregate] = Number(b.toString('latin1', fields[word + 1], fields[word + 2]));
    any = true;
  }
  if (!any) return record;
  const time = { seconds: words[begin + SECONDS] as number, nanos: words[begin + NANOS] as number };
  return new ScannedMetric(record, { time, resourceId, tenantId, location, name, unit, grain, aggregates });
}

const METRIC_NAME = fieldWord('metricName');

/** Reads what is looked at; `false` where that takes the plain way. */
function understand(b: Buffer): boolean {
  if (fields[DURATION] === TOKEN.text || !readTime(b) || !numberTexts()) return false;
  // What has no category may name things otherwise.
  return texts.texts[words[begin + CATEGORY] as number] !== '';
}

function keep(bytes: Buffer, from: number, to: number): ScannedRecord {
  for (let index = 0; index < COPIED_WORDS.length; index++) {
    const word = begin + FIRST_COPY + index * TOKEN_WORDS;
    const field = COPIED_WORDS[index] as number;
    words[word] = fields[field] as number;
    words[word + 1] = fields[field + 1] as number;
    words[word + 2] = fields[field + 2] as number;
  }
  for (let word = 0; word < otherCount * MEMBER_WORDS; word += MEMBER_WORDS) {
    type = others[word + 1] as number;
    start = others[word + 2] as number;
    end = others[word + 3] as number;
    addMember(others[word] as number);
  }
  const at = begin;
  words[at + PROPERTIES] = Math.max(properties, 0);
  words[at + OTHERS] = otherCount;
  return {
    kind: 'scanned',
    bytes,
    view,
    apostrophes,
    inner: inside ? { bytes: innerBytes, view: innerView, start: innerStart, end: innerEnd, from: innerFrom, to: innerTo } : null,
    start: from,
    end: to,
    words,
    at,
    resourceId: texts.texts[words[at + RESOURCE_ID] as number] as string,
    tenantId: texts.texts[words[at + TENANT_ID] as number] as string,
    location: texts.texts[words[at + LOCATION] as number] as string,
    category: texts.texts[words[at + CATEGORY] as number] as string,
    operationName: texts.texts[words[at + OPERATION_NAME] as number] as string,
  };
}

const TIME = fieldWord('time');
const DURATION = fieldWord('durationMs');
const RESOURCE_ID = textWord('resourceId');
const TENANT_ID = textWord('tenantId');
const LOCATION = textWord('location');
const CATEGORY = textWord('category');
const OPERATION_NAME = textWord('operationName');

function readTime(b: Buffer): boolean {
  return (
    fields[TIME] === TOKEN.text &&
    readUsualTime(b, fields[TIME + 1] as number, fields[TIME + 2] as number, words, begin + SECONDS)
  );
}

/** Numbers the texts that are looked at; `false` where there are too many. */
function numberTexts(): boolean {
  for (let index = 0; index < READ_TEXTS.length; index++) {
    const word = READ_WORDS[index] as number;
    const number = fields[word] === 0 ? 0 : texts.numberOf(view, fields[word + 1] as number, fields[word + 2] as number);
    if (number < 0) return false;
    words[begin + FIRST_TEXT + index] = number;
  }
  return true;
}

const NO_FIELD = -1;
const RECORDS_KEY = -2;
const ODD_KEY = -3;
const PROPERTIES_FIELD = RECORD_FIELDS.indexOf('properties');
const keyFields = new Int8Array(KEYS_LIMIT);
const outerRounds = new Int32Array(KEYS_LIMIT);
const innerRounds = new Int32Array(KEYS_LIMIT);
/** The key that followed a key last time, or began an object. */
const FIRST_OUTER = KEYS_LIMIT;
const FIRST_INNER = KEYS_LIMIT + 1;
const followers = new Int16Array(KEYS_LIMIT + 2).fill(-1);

function numberOfKey(from: number, to: number): number {
  const known = keys.texts.length;
  const number = keys.numberOf(view, from, to);
  if (number === known) keyFields[number] = fieldOfKey(keys.texts[number] as string);
  return number >= 0 && keyFields[number] === ODD_KEY ? -1 : number;
}

function fieldOfKey(text: string): number {
  // An object would sort whole numbers to the front, and give this one name a meaning.
  if (/^\d+$/.test(text) || text === '__proto__') return ODD_KEY;
  if (text === 'records') return RECORDS_KEY;
  const field = recordFieldOf(text);
  return field === null ? NO_FIELD : RECORD_FIELDS.indexOf(field);
}

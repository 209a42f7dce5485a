import type { Instant } from './instant.ts';
import { type Json, type JsonObject, parseLossless } from './json.ts';
import { keyText } from './numbers.ts';
import type { PlatformMetric, RecordField } from './record.ts';
import { heldBy } from './redact.ts';

/*
 * What `scan.ts` makes of a record: places in the bytes of its body, kept as words of an array, and how they are read.
 */

/** What stands at a place in the text. 0 is nothing. */
export const TOKEN = {
  /** Text without escapes, between its quotes; also the digits of a whole number that a double does not hold exactly. */
  text: 1,
  /** A whole number of at most 15 digits, written as JavaScript writes it. */
  count: 2,
  /** Text with escapes; its range includes the quotes, so that it is JSON. */
  escaped: 3,
  /** Any other value; its range is JSON. */
  other: 4,
} as const;

/** A token takes three words: what it is, where it starts and where it ends; a member has its key's number before them. */
export const TOKEN_WORDS = 3;
export const MEMBER_WORDS = 1 + TOKEN_WORDS;

/** The first words of a record: how many properties and how many other members it has, and its time. */
export const PROPERTIES = 0;
export const OTHERS = 1;
export const SECONDS = 2;
export const NANOS = 3;
export const FIRST_TEXT = 4;
/** Then the numbers of the texts that are looked at … */
export const READ_TEXTS = [
  'resourceId',
  'tenantId',
  'location',
  'category',
  'operationName',
  'resultSignature',
  'level',
] as const;
export const FIRST_COPY = FIRST_TEXT + READ_TEXTS.length;
/** … and the tokens of the fields that are copied. */
export const COPIED = [
  'category',
  'operationName',
  'operationVersion',
  'resultType',
  'resultSignature',
  'resultDescription',
  'correlationId',
  'callerIpAddress',
  'durationMs',
] as const satisfies readonly RecordField[];
/** Members follow: properties, then others. */
export const FIRST_MEMBER = FIRST_COPY + COPIED.length * TOKEN_WORDS;

/** Where the token of a field is, counted from the beginning of the record. */
export function copyWord(field: (typeof COPIED)[number]): number {
  return FIRST_COPY + COPIED.indexOf(field) * TOKEN_WORDS;
}

/** Where the number of a field's text is. */
export function textWord(field: (typeof READ_TEXTS)[number]): number {
  return FIRST_TEXT + READ_TEXTS.indexOf(field);
}

/** Properties that were text: where their object stands without escapes, and where the text stood in the record, quotes included. */
export interface InnerText {
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly start: number;
  readonly end: number;
  readonly from: number;
  readonly to: number;
}

/** One record of a body, as places in its bytes. */
export interface ScannedRecord {
  readonly kind: 'scanned';
  readonly bytes: Buffer;
  /** Of the same bytes. */
  readonly view: DataView;
  /** Whether there are any in the body: texts without are free of what stands in single quotes. */
  readonly apostrophes: boolean;
  /** Where the properties' places are, if not in `bytes`: properties that were JSON in text, without its escapes. */
  readonly inner: InnerText | null;
  readonly start: number;
  readonly end: number;
  readonly words: Int32Array;
  /** Its first word. */
  readonly at: number;
  readonly resourceId: string;
  readonly tenantId: string;
  readonly location: string;
  readonly category: string;
  readonly operationName: string;
}

/** A record that is for the plain way. */
export interface UnusualRecord {
  readonly kind: 'unusual';
  readonly bytes: Buffer;
  /** Of the same bytes. */
  readonly view: DataView;
  readonly start: number;
  readonly end: number;
}

/** A platform metric of nothing but its usual members, read without parsing. */
export class ScannedMetric implements PlatformMetric {
  readonly kind = 'platform metric';
  readonly plain = true;
  readonly timeFrom = 'record';
  readonly dimensions = null;
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly start: number;
  readonly end: number;
  readonly time: Instant;
  readonly resourceId: string;
  readonly tenantId: string;
  readonly location: string;
  readonly name: string;
  readonly unit: string;
  readonly grain: string;
  readonly aggregates: PlatformMetric['aggregates'];

  constructor(
    { bytes, view, start, end }: UnusualRecord,
    read: Pick<PlatformMetric, 'time' | 'resourceId' | 'tenantId' | 'location' | 'name' | 'unit' | 'grain' | 'aggregates'>,
  ) {
    this.bytes = bytes;
    this.view = view;
    this.start = start;
    this.end = end;
    this.time = read.time;
    this.resourceId = read.resourceId;
    this.tenantId = read.tenantId;
    this.location = read.location;
    this.name = read.name;
    this.unit = read.unit;
    this.grain = read.grain;
    this.aggregates = read.aggregates;
  }

  /** Parsed when somebody asks. */
  get source(): JsonObject {
    return parseRecord(this);
  }
}

/** Members lie in words one behind the other: the first word of the properties, of the other members, and behind all. */
export function firstProperty({ at }: ScannedRecord): number {
  return at + FIRST_MEMBER;
}

export function firstOther({ words, at }: ScannedRecord): number {
  return at + FIRST_MEMBER + (words[at + PROPERTIES] as number) * MEMBER_WORDS;
}

export function endOfMembers({ words, at }: ScannedRecord): number {
  return at + FIRST_MEMBER + ((words[at + PROPERTIES] as number) + (words[at + OTHERS] as number)) * MEMBER_WORDS;
}

/** The record as the plain way takes it. */
export function parseRecord({ bytes, start, end }: ScannedRecord | ScannedMetric | UnusualRecord): JsonObject {
  return parseLossless(bytes.toString('utf8', start, end)) as JsonObject;
}

/** The value of a token as the plain way reads it. */
export function tokenValue(bytes: Buffer, what: number, from: number, to: number): Json {
  const text = bytes.toString('utf8', from, to);
  return what === TOKEN.text ? text : parseLossless(text);
}

/** The same of the member at `word` of `words`. */
export function memberValue(bytes: Buffer, words: Int32Array, word: number): Json {
  return tokenValue(bytes, words[word + 1] as number, words[word + 2] as number, words[word + 3] as number);
}

/** By the number of the key; looked up once. */
const held: ReturnType<typeof heldBy>[] = [];

/** What a member of this key holds by its name. */
export function heldByKey(key: number): ReturnType<typeof heldBy> {
  let holds = held[key];
  if (holds === undefined) {
    holds = heldBy(keyText(key));
    held[key] = holds;
  }
  return holds;
}

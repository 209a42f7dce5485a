import type { Redaction } from '../../model/config.ts';
import { keyText, numberOfText, textOfNumber } from '../numbers.ts';
import { REDACTED, redactText, redactValue } from '../redact.ts';
import {
  copyWord,
  endOfMembers,
  firstOther,
  firstProperty,
  heldByKey,
  MEMBER_WORDS,
  memberValue,
  type ScannedRecord,
  TOKEN,
  textWord,
  tokenValue,
} from '../scanned.ts';
import { isSuspect, type Suspicion, suspicionFor } from '../suspects.ts';
import { type EncodedKey, keyOf, writeAttribute, writeCount, writeSlice, writeSliceAny } from './attributes.ts';
import { integerOf } from './convert.ts';
import { KEY, LOG, OPENAI_KEY, writeField, writeOpenAi, writeSeverity } from './fields.ts';
import { FAMILIES, type Family, familyOf, LEFT_OUT, OTHER_PREFIX, providerOf } from './mapping.ts';
import { type Plan, planOf, writeProperty, writeTicksSlice } from './properties.ts';
import type { Bytes, ProtoWriter } from './writer.ts';

const OPERATION_VERSION = copyWord('operationVersion');
const RESULT_TYPE = copyWord('resultType');
const RESULT_DESCRIPTION = copyWord('resultDescription');
const CORRELATION_ID = copyWord('correlationId');
const CALLER_IP_ADDRESS = copyWord('callerIpAddress');
const DURATION_MS = copyWord('durationMs');
const CATEGORY_TEXT = textWord('category');
const OPERATION_NAME_TEXT = textWord('operationName');
const RESULT_SIGNATURE_TEXT = textWord('resultSignature');
const LEVEL_TEXT = textWord('level');

/** What to look for in the texts of the record that is being written. */
let suspicion: Suspicion = 'all';

/** By the number of the category. */
const families: (Family | undefined)[] = [];

/** What the open log record says of a record that was scanned: byte for byte what `writeRecord` says of the same one when parsed. */
export function writeScanned(writer: ProtoWriter, record: ScannedRecord, redaction: Redaction): void {
  const { words, at } = record;
  suspicion = suspicionFor(record, redaction);
  const family = familyOfNumber(words[at + CATEGORY_TEXT] as number);
  writeHead(writer, record, family, redaction);
  writeText(writer, KEY.operationVersion, record, OPERATION_VERSION, redaction);
  writeText(writer, KEY.resultType, record, RESULT_TYPE, redaction);
  writeText(writer, KEY.resultDescription, record, RESULT_DESCRIPTION, redaction);
  writeText(writer, KEY.correlationId, record, CORRELATION_ID, redaction);
  writeText(writer, KEY.callerIpAddress, record, CALLER_IP_ADDRESS, redaction);
  writeDuration(writer, record, family);

  const others = firstOther(record);
  const end = endOfMembers(record);
  const names = otherNames.get(family) ?? [];
  for (let member = others; member < end; member += MEMBER_WORDS) {
    const key = words[member] as number;
    let name = names[key];
    if (name === undefined) {
      const text = keyText(key);
      name = LEFT_OUT.has(text) ? null : keyOf(family.others.get(text) ?? OTHER_PREFIX + text);
      names[key] = name;
    }
    if (name === null) continue;
    const holds = heldByKey(key);
    if (holds === null) writeMember(writer, name, record, words, member, redaction);
    else if (holds === 'secret' && redaction.secrets) writeAttribute(writer, LOG.attributes, name, REDACTED);
    else if (holds === 'secret' || !redaction.content) writeMember(writer, name, record, words, member, redaction);
  }
  const plans = plansByKey.get(family) ?? [];
  const source = record.inner ?? record;
  for (let member = firstProperty(record); member < others; member += MEMBER_WORDS) {
    const key = words[member] as number;
    let plan = plans[key];
    if (plan === undefined) {
      plan = planOf(family, keyText(key));
      plans[key] = plan;
    }
    writePlanned(writer, plan, source, words, member, redaction);
  }
}

/** What follows from the level, category, operation and signature alone, which few records have to themselves: written once, then copied. */
function writeHead(writer: ProtoWriter, { words, at }: ScannedRecord, family: Family, redaction: Redaction): void {
  const [level, category] = [words[at + LEVEL_TEXT] as number, words[at + CATEGORY_TEXT] as number];
  const [operation, signature] = [words[at + OPERATION_NAME_TEXT] as number, words[at + RESULT_SIGNATURE_TEXT] as number];
  const slot = (Math.imul(level ^ (category << 6) ^ (operation << 12) ^ (signature << 18), 0x9e37_79b1) >>> 22) & (HEADS - 1);
  const heads = headsOf(redaction);
  const known = heads[slot];
  if (
    known !== undefined &&
    known.level === level &&
    known.category === category &&
    known.operation === operation &&
    known.signature === signature
  ) {
    writer.reserve(known.bytes.length);
    writer.rawBytes(known.bytes);
    return;
  }
  const start = writer.length;
  const [name, result] = [textOfNumber(operation), textOfNumber(signature)];
  const status = family === FAMILIES.openai ? integerOf(result) : null;
  writeSeverity(writer, textOfNumber(level), status);
  writeField(writer, KEY.category, redactText(textOfNumber(category), redaction));
  writeField(writer, KEY.operationName, redactText(name, redaction));
  writeField(writer, KEY.resultSignature, redactText(result, redaction));
  if (family === FAMILIES.openai) writeOpenAi(writer, name, status);
  heads[slot] = { level, category, operation, signature, bytes: writer.since(start) };
}

/** Texts by their numbers, and what was written of them. */
interface Head {
  readonly level: number;
  readonly category: number;
  readonly operation: number;
  readonly signature: number;
  readonly bytes: Uint8Array;
}

const HEADS = 1_024;
const headsByRedaction: (Head | undefined)[][] = Array.from({ length: 8 }, () => new Array<undefined>(HEADS).fill(undefined));

function headsOf({ content, secrets, emails }: Redaction): (Head | undefined)[] {
  return headsByRedaction[(content ? 1 : 0) + (secrets ? 2 : 0) + (emails ? 4 : 0)] as (Head | undefined)[];
}

/** What becomes of other members, by the numbers of their keys: `null` is left out. */
const otherNames = new Map<Family, (EncodedKey | null | undefined)[]>();
const plansByKey = new Map<Family, (Plan | undefined)[]>();
for (const family of Object.values(FAMILIES)) {
  otherNames.set(family, []);
  plansByKey.set(family, []);
}

function familyOfNumber(category: number): Family {
  let family = families[category];
  if (family === undefined) {
    family = familyOf(textOfNumber(category));
    families[category] = family;
  }
  return family;
}

function writeText(writer: ProtoWriter, key: EncodedKey, record: ScannedRecord, word: number, redaction: Redaction): void {
  const { bytes, words, at } = record;
  const what = words[at + word] as number;
  const from = words[at + word + 1] as number;
  const to = words[at + word + 2] as number;
  if (what === TOKEN.text || what === TOKEN.count) {
    if (to > from) writeSafe(writer, key, record, from, to, redaction);
  } else if (what === TOKEN.escaped) {
    writeAttribute(writer, LOG.attributes, key, redactText(tokenValue(bytes, what, from, to) as string, redaction));
  }
}

/** A text without escapes, as it is where it holds nothing that must not leave. */
function writeSafe(writer: ProtoWriter, key: EncodedKey, source: Bytes, from: number, to: number, redaction: Redaction): void {
  if (!isSuspect(source.bytes, from, to, suspicion)) writeSlice(writer, LOG.attributes, key, source, from, to);
  else writeAttribute(writer, LOG.attributes, key, redactText(source.bytes.toString('utf8', from, to), redaction));
}

/** Azure ML's own duration has the same name and more digits. */
function writeDuration(writer: ProtoWriter, record: ScannedRecord, family: Family): void {
  const { bytes, words, at } = record;
  const what = words[at + DURATION_MS] as number;
  if (what === 0) return;
  if (family === FAMILIES.machineLearning && hasProperty(record, 'TotalDurationMs')) return;
  const [from, to] = [words[at + DURATION_MS + 1] as number, words[at + DURATION_MS + 2] as number];
  if (what === TOKEN.count) writeCount(writer, LOG.attributes, KEY.durationMs, countOf(bytes, from, to));
  else writeAttribute(writer, LOG.attributes, KEY.durationMs, Number(bytes.toString('latin1', from, to)));
}

function hasProperty(record: ScannedRecord, name: string): boolean {
  const end = firstOther(record);
  for (let member = firstProperty(record); member < end; member += MEMBER_WORDS) {
    if (keyText(record.words[member] as number) === name) return true;
  }
  return false;
}

/** The member at `member` of `words`, whose place is in `source`. */
function writePlanned(
  writer: ProtoWriter,
  plan: Plan,
  source: Bytes,
  words: Int32Array,
  member: number,
  redaction: Redaction,
): void {
  const { bytes } = source;
  const what = words[member + 1] as number;
  if (plan.as === 'left out' || (plan.holds === 'content' && redaction.content)) return;
  if (plan.holds === 'secret') {
    writeProperty(writer, plan, memberValue(bytes, words, member), redaction);
    return;
  }
  if (what === TOKEN.text) {
    const from = words[member + 2] as number;
    const to = words[member + 3] as number;
    if (plan.as === 'ticks') {
      if (writeTicksSlice(writer, plan.keys, source, from, to)) return;
    } else if (isSuspect(bytes, from, to, suspicion)) {
      // Read as text below.
    } else if (plan.as === 'as it is') {
      for (const key of plan.keys) writeSlice(writer, LOG.attributes, key, source, from, to);
      if (plan.namesProvider) writeProvider(writer, bytes, from, to);
      return;
    } else if (plan.as === 'streaming') {
      for (const key of plan.keys) writeAttribute(writer, LOG.attributes, key, isStreaming(bytes, from, to));
      return;
    } else if ((plan.as === 'integer' || plan.as === 'sum') && areDigits(bytes, from, to)) {
      for (const key of plan.keys) writeCount(writer, LOG.attributes, key, countOf(bytes, from, to));
      return;
    } else if (plan.as === 'body') {
      writeSliceAny(writer, LOG.body, source, from, to);
      return;
    }
  } else if (
    what === TOKEN.count &&
    (plan.as === 'as it is' || plan.as === 'integer' || plan.as === 'number' || plan.as === 'sum')
  ) {
    for (const key of plan.keys) writeMember(writer, key, source, words, member, redaction);
    return;
  } else if (what === TOKEN.other && plan.as === 'sum') {
    const sum = sumOfList(bytes, words[member + 2] as number, words[member + 3] as number);
    if (sum >= 0) {
      for (const key of plan.keys) writeCount(writer, LOG.attributes, key, sum);
      return;
    }
  }
  writeProperty(writer, plan, memberValue(bytes, words, member), redaction);
}

function writeMember(
  writer: ProtoWriter,
  key: EncodedKey,
  source: Bytes,
  words: Int32Array,
  member: number,
  redaction: Redaction,
): void {
  const { bytes } = source;
  const what = words[member + 1] as number;
  const from = words[member + 2] as number;
  const to = words[member + 3] as number;
  if (what === TOKEN.text) writeSafe(writer, key, source, from, to, redaction);
  else if (what === TOKEN.count) writeCount(writer, LOG.attributes, key, countOf(bytes, from, to));
  else writeAttribute(writer, LOG.attributes, key, redactValue(tokenValue(bytes, what, from, to), redaction));
}

function countOf(bytes: Buffer, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at++) count = count * 10 + (bytes[at] as number) - 48;
  return count;
}

function areDigits(bytes: Buffer, from: number, to: number): boolean {
  if (from === to || to - from > 15) return false;
  for (let at = from; at < to; at++) if (!isDigit(bytes[at] as number)) return false;
  return true;
}

/** The sum of a list of counts without blanks, `[12,3]`; negative where it is none, or too large to be sure of. */
function sumOfList(bytes: Buffer, from: number, to: number): number {
  if (bytes[from] !== OPEN_LIST || to - from < 3 || to - from > 200) return -1;
  let [sum, count, digits] = [0, 0, 0];
  for (let at = from + 1; at < to; at++) {
    const code = bytes[at] as number;
    if (isDigit(code)) {
      count = count * 10 + code - 48;
      digits++;
    } else {
      if (digits === 0 || digits > 12 || (code !== COMMA && at < to - 1)) return -1;
      sum += count;
      count = 0;
      digits = 0;
    }
  }
  return sum;
}

const [COMMA, OPEN_LIST] = [44, 91] as const;
const STREAMING = Buffer.from('Streaming');

function isStreaming(bytes: Buffer, from: number, to: number): boolean {
  if (to - from !== STREAMING.length) return false;
  for (let index = 0; index < STREAMING.length; index++) if (bytes[from + index] !== STREAMING[index]) return false;
  return true;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function writeProvider(writer: ProtoWriter, bytes: Buffer, from: number, to: number): void {
  const number = numberOfText(bytes, from, to);
  let provider = number < 0 ? undefined : providers[number];
  if (provider === undefined) {
    provider = providerOf(bytes.toString('utf8', from, to)) ?? '';
    if (number >= 0) providers[number] = provider;
  }
  writeField(writer, OPENAI_KEY.provider, provider);
}

/** By the number of the API's name. */
const providers: (string | undefined)[] = [];

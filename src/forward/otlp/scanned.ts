import type { Redaction } from '../../model/config.ts';
import type { Json } from '../json.ts';
import { heldBy, REDACTED, redactText, redactValue } from '../redact.ts';
import {
  copyWord,
  FIRST_MEMBER,
  keyText,
  MEMBER_WORDS,
  numberOfText,
  OTHERS,
  PROPERTIES,
  type ScannedRecord,
  TOKEN,
  textOfNumber,
  textWord,
  tokenValue,
} from '../scan.ts';
import { type EncodedKey, keyOf, writeAttribute, writeCount, writeSlice, writeSliceAny } from './attributes.ts';
import { integerOf } from './convert.ts';
import { KEY, LOG, OPENAI_KEY, writeField, writeOpenAi, writeSeverity } from './fields.ts';
import { FAMILIES, type Family, familyOf, LEFT_OUT, OTHER_PREFIX, providerOf } from './mapping.ts';
import { type Plan, planOf, writeProperty, writeTicksSlice } from './properties.ts';
import type { ProtoWriter } from './writer.ts';

const CATEGORY = copyWord('category');
const OPERATION_NAME = copyWord('operationName');
const OPERATION_VERSION = copyWord('operationVersion');
const RESULT_TYPE = copyWord('resultType');
const RESULT_SIGNATURE = copyWord('resultSignature');
const RESULT_DESCRIPTION = copyWord('resultDescription');
const CORRELATION_ID = copyWord('correlationId');
const CALLER_IP_ADDRESS = copyWord('callerIpAddress');
const DURATION_MS = copyWord('durationMs');
const CATEGORY_TEXT = textWord('category');
const OPERATION_NAME_TEXT = textWord('operationName');
const RESULT_SIGNATURE_TEXT = textWord('resultSignature');
const LEVEL_TEXT = textWord('level');

/** By the number of the category. */
const families: (Family | undefined)[] = [];

/** What the open log record says of a record that was scanned: byte for byte what `writeRecord` says of the same one when parsed. */
export function writeScanned(writer: ProtoWriter, record: ScannedRecord, redaction: Redaction): void {
  const { words, at } = record;
  const category = words[at + CATEGORY_TEXT] as number;
  const family = familyOfNumber(category);
  const signature = words[at + RESULT_SIGNATURE_TEXT] as number;
  const status = family === FAMILIES.openai ? integerOf(textOfNumber(signature)) : null;
  writeSeverity(writer, textOfNumber(words[at + LEVEL_TEXT] as number), status);
  writeText(writer, KEY.category, record, CATEGORY, redaction);
  writeText(writer, KEY.operationName, record, OPERATION_NAME, redaction);
  writeText(writer, KEY.operationVersion, record, OPERATION_VERSION, redaction);
  writeText(writer, KEY.resultType, record, RESULT_TYPE, redaction);
  writeText(writer, KEY.resultSignature, record, RESULT_SIGNATURE, redaction);
  writeText(writer, KEY.resultDescription, record, RESULT_DESCRIPTION, redaction);
  writeText(writer, KEY.correlationId, record, CORRELATION_ID, redaction);
  writeText(writer, KEY.callerIpAddress, record, CALLER_IP_ADDRESS, redaction);
  writeDuration(writer, record, family);
  if (family === FAMILIES.openai) writeOpenAi(writer, textOfNumber(words[at + OPERATION_NAME_TEXT] as number), status);

  const others = at + FIRST_MEMBER + (words[at + PROPERTIES] as number) * MEMBER_WORDS;
  const end = others + (words[at + OTHERS] as number) * MEMBER_WORDS;
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
    if (holds === null) writeMember(writer, name, record, member, redaction);
    else if (holds === 'secret' && redaction.secrets) writeAttribute(writer, LOG.attributes, name, REDACTED);
    else if (holds === 'secret' || !redaction.content) writeMember(writer, name, record, member, redaction);
  }
  const plans = plansByKey.get(family) ?? [];
  for (let member = at + FIRST_MEMBER; member < others; member += MEMBER_WORDS) {
    const key = words[member] as number;
    let plan = plans[key];
    if (plan === undefined) {
      plan = planOf(family, keyText(key));
      plans[key] = plan;
    }
    writePlanned(writer, plan, record, member, redaction);
  }
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

function writeText(
  writer: ProtoWriter,
  key: EncodedKey,
  { bytes, words, at }: ScannedRecord,
  word: number,
  redaction: Redaction,
): void {
  const what = words[at + word] as number;
  const from = words[at + word + 1] as number;
  const to = words[at + word + 2] as number;
  if (what === TOKEN.text || what === TOKEN.count) {
    if (to > from) writeSlice(writer, LOG.attributes, key, bytes, from, to);
  } else if (what === TOKEN.escaped) {
    writeAttribute(writer, LOG.attributes, key, redactText(tokenValue(bytes, what, from, to) as string, redaction));
  }
}

/** Azure ML's own duration has the same name and more digits. */
function writeDuration(writer: ProtoWriter, record: ScannedRecord, family: Family): void {
  const { bytes, words, at } = record;
  if (words[at + DURATION_MS] === 0) return;
  if (family === FAMILIES.machineLearning && hasProperty(record, 'TotalDurationMs')) return;
  writeAttribute(
    writer,
    LOG.attributes,
    KEY.durationMs,
    Number(bytes.toString('latin1', words[at + DURATION_MS + 1], words[at + DURATION_MS + 2])),
  );
}

function hasProperty({ words, at }: ScannedRecord, name: string): boolean {
  const end = at + FIRST_MEMBER + (words[at + PROPERTIES] as number) * MEMBER_WORDS;
  for (let member = at + FIRST_MEMBER; member < end; member += MEMBER_WORDS) {
    if (keyText(words[member] as number) === name) return true;
  }
  return false;
}

function writePlanned(writer: ProtoWriter, plan: Plan, record: ScannedRecord, member: number, redaction: Redaction): void {
  const { bytes, words } = record;
  const what = words[member + 1] as number;
  if (plan.as === 'left out' || (plan.holds === 'content' && redaction.content)) return;
  if (plan.holds === 'secret') {
    writeProperty(writer, plan, memberValue(record, member), redaction);
    return;
  }
  if (what === TOKEN.text) {
    const from = words[member + 2] as number;
    const to = words[member + 3] as number;
    if (plan.as === 'as it is') {
      for (const key of plan.keys) writeSlice(writer, LOG.attributes, key, bytes, from, to);
      if (plan.namesProvider) writeProvider(writer, bytes, from, to);
      return;
    }
    if (plan.as === 'ticks') {
      writeTicksSlice(writer, plan.keys, bytes, from, to);
      return;
    }
    if (plan.as === 'body') {
      writeSliceAny(writer, LOG.body, bytes, from, to);
      return;
    }
  } else if (
    what === TOKEN.count &&
    (plan.as === 'as it is' || plan.as === 'integer' || plan.as === 'number' || plan.as === 'sum')
  ) {
    for (const key of plan.keys) writeMember(writer, key, record, member, redaction);
    return;
  }
  writeProperty(writer, plan, memberValue(record, member), redaction);
}

function writeMember(writer: ProtoWriter, key: EncodedKey, record: ScannedRecord, member: number, redaction: Redaction): void {
  const { bytes, words } = record;
  const what = words[member + 1] as number;
  const from = words[member + 2] as number;
  const to = words[member + 3] as number;
  if (what === TOKEN.text) writeSlice(writer, LOG.attributes, key, bytes, from, to);
  else if (what === TOKEN.count) writeCount(writer, LOG.attributes, key, countOf(bytes, from, to));
  else writeAttribute(writer, LOG.attributes, key, redactValue(tokenValue(bytes, what, from, to), redaction));
}

/** By the number of the key; looked up once. */
const held: ReturnType<typeof heldBy>[] = [];

function heldByKey(key: number): ReturnType<typeof heldBy> {
  let holds = held[key];
  if (holds === undefined) {
    holds = heldBy(keyText(key));
    held[key] = holds;
  }
  return holds;
}

function memberValue({ bytes, words }: ScannedRecord, member: number): Json {
  const [what, from, to] = [words[member + 1], words[member + 2], words[member + 3]] as [number, number, number];
  return tokenValue(bytes, what, from, to);
}

function countOf(bytes: Buffer, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at++) count = count * 10 + (bytes[at] as number) - 48;
  return count;
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

import type { Redaction } from '../../model/sink.ts';
import { keyText, textOfNumber } from '../numbers.ts';
import type { Bytes, ProtoWriter } from '../otlp/writer.ts';
import { redactMember } from '../redact.ts';
import {
  COPIED,
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
import { isClean } from './clean.ts';

/*
 * Copies a scanned record but for what must not leave: members that hold content are cut out with their comma, values that hold
 * credentials are written anew. Most records are one native copy.
 */

export function writeCut(writer: ProtoWriter, record: ScannedRecord, redaction: Redaction): void {
  const { words, inner } = record;
  suspicion = suspicionFor(record, redaction);
  const middle = firstOther(record);
  const properties = cutsOf(record, inner ?? record, firstProperty(record), middle, redaction);
  const others = cutsOf(record, record, middle, endOfMembers(record), redaction);
  if (inner === null) {
    // Properties stand anywhere among the members beside them.
    const cuts =
      properties.length === 0 || others.length === 0 ? [...properties, ...others] : sorted([...properties, ...others], words);
    copy(writer, finish(writer, record, words, cuts, record.start, redaction), record, record.end);
    return;
  }
  const before = others.filter((word) => (words[word + 2] as number) < inner.from);
  const behind = others.filter((word) => (words[word + 2] as number) > inner.from);
  copy(writer, finish(writer, record, words, before, record.start, redaction), record, inner.from);
  copy(writer, finish(writer, inner, words, properties, inner.start, redaction), inner, inner.end);
  copy(writer, finish(writer, record, words, behind, inner.to, redaction), record, record.end);
}

const NONE: readonly number[] = [];

/** What to look for in the texts of the record that is being written. */
let suspicion: Suspicion = 'all';

function sorted(cuts: readonly number[], words: Int32Array): readonly number[] {
  return cuts.toSorted((a, b) => (words[a + 2] as number) - (words[b + 2] as number));
}

/** The members of [from, to) that do not stay as they are, in their order; `source` is where their places are. */
function cutsOf({ words }: ScannedRecord, source: Bytes, from: number, to: number, redaction: Redaction): readonly number[] {
  let cuts: number[] | null = null;
  for (let word = from; word < to; word += MEMBER_WORDS) {
    if (staysAsItIs(source, words, word, redaction)) continue;
    cuts ??= [];
    cuts.push(word);
  }
  return cuts ?? NONE;
}

/** Writes up to the end of the last cut. How far the source is then written. */
function finish(
  writer: ProtoWriter,
  source: Bytes,
  words: Int32Array,
  cuts: readonly number[],
  start: number,
  redaction: Redaction,
): number {
  let copied = start;
  for (const word of cuts) copied = writeUpTo(writer, source, words, word, copied, redaction);
  return copied;
}

function copy(writer: ProtoWriter, from: number, source: Bytes, to: number): void {
  if (to <= from) return;
  // A copy by words may touch three bytes behind its end.
  writer.reserve(to - from + 4);
  writer.rawSlice(source, from, to);
}

/** Writes what stands before the member, and in its place what may leave of it. How far the source is then written. */
function writeUpTo(
  writer: ProtoWriter,
  source: Bytes,
  words: Int32Array,
  word: number,
  copied: number,
  redaction: Redaction,
): number {
  const { bytes } = source;
  const name = words[word] as number;
  const isString = bytes[(words[word + 2] as number) - 1] === QUOTE && words[word + 1] === TOKEN.text;
  const from = (words[word + 2] as number) - (isString ? 1 : 0);
  const to = (words[word + 3] as number) + (isString ? 1 : 0);
  if (!(heldByKey(name) === 'content' && redaction.content)) {
    const left = JSON.stringify(redactMember(keyText(name), memberValue(bytes, words, word), redaction));
    copy(writer, copied, source, from);
    writer.reserve(left.length * 3);
    writer.rawUtf8(left);
    return to;
  }
  const start = back(bytes, back(bytes, from) - 1) - Buffer.byteLength(keyText(name)) - 2;
  const comma = back(bytes, start) - 1;
  if (bytes[comma] === COMMA && comma >= copied) {
    copy(writer, copied, source, comma);
    return to;
  }
  copy(writer, copied, source, start);
  let next = to;
  while (isBlank(bytes[next] as number)) next++;
  return bytes[next] === COMMA ? next + 1 : to;
}

const [QUOTE, COMMA] = [34, 44] as const;

function isBlank(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

/** Before the blanks that end at `at`. */
function back(bytes: Buffer, at: number): number {
  let before = at;
  while (isBlank(bytes[before - 1] as number)) before--;
  return before;
}

function staysAsItIs({ bytes }: Bytes, words: Int32Array, word: number, redaction: Redaction): boolean {
  const holds = heldByKey(words[word] as number);
  if (holds === 'content' && redaction.content) return false;
  if (holds === 'secret' && redaction.secrets) return false;
  const what = words[word + 1] as number;
  if (what === TOKEN.count) return true;
  if (what === TOKEN.text) return isCleanText(bytes, words[word + 2] as number, words[word + 3] as number, redaction);
  const first = bytes[words[word + 2] as number];
  if (what === TOKEN.other && first !== OPEN_LIST && first !== OPEN_OBJECT) return true;
  return isClean(memberValue(bytes, words, word), redaction);
}

const [OPEN_LIST, OPEN_OBJECT] = [91, 123] as const;

const LEVEL = textWord('level');
const FIELDS = COPIED.filter((field) => field !== 'durationMs').map(copyWord);

/** Whether nothing is to be taken out of the fields that every record has. Those of the resource hold no texts of people. */
export function fieldsAreClean(record: ScannedRecord, redaction: Redaction): boolean {
  const { bytes, words, at } = record;
  suspicion = suspicionFor(record, redaction);
  const level = textOfNumber(words[at + LEVEL] as number);
  if (level !== '' && !isClean(level, redaction)) return false;
  for (const field of FIELDS) {
    const what = words[at + field] as number;
    if (what !== TOKEN.text && what !== TOKEN.escaped) continue;
    const [from, to] = [words[at + field + 1] as number, words[at + field + 2] as number];
    if (what === TOKEN.text ? !isCleanText(bytes, from, to, redaction) : !isClean(tokenValue(bytes, what, from, to), redaction)) {
      return false;
    }
  }
  return true;
}

/** Of a text without escapes. */
function isCleanText(bytes: Buffer, from: number, to: number, redaction: Redaction): boolean {
  return !isSuspect(bytes, from, to, suspicion) || isClean(bytes.toString('utf8', from, to), redaction);
}

import type { Redaction } from '../../model/sink.ts';
import { keyText } from '../numbers.ts';
import type { ProtoWriter } from '../otlp/writer.ts';
import { endOfMembers, firstOther, MEMBER_WORDS } from '../scanned.ts';
import type { JsonItem } from './item.ts';
import { writeSource } from './source.ts';
import { writeTimeText } from './time.ts';

const [QUOTE, COMMA, OPEN, CLOSE] = [34, 44, 123, 125] as const;

/** The record with members before its own: they are written already, as JSON without the closing brace, e.g. `{"a":1`. */
export function writeBehind(writer: ProtoWriter, item: JsonItem, redaction: Redaction): void {
  const joint = writer.length;
  writeSource(writer, item, redaction);
  const written = writer.finish();
  if (written[joint] !== OPEN) throw new Error('the record is no object');
  let next = joint + 1;
  while (written[next] === 32) next++;
  writer.put(joint, written[next] === CLOSE ? 32 : COMMA);
}

/** The record behind its time under another name; `head` is what stands before the time, e.g. `{"@timestamp":"`. */
export function writeTimed(writer: ProtoWriter, head: Buffer, item: JsonItem, redaction: Redaction): void {
  writer.reserve(head.length);
  writer.rawBytes(head);
  writeTimeText(writer, item);
  writer.rawByte(QUOTE);
  writeBehind(writer, item, redaction);
}

/** Whether the record has a member of its own of this name. */
export function hasMember({ record }: JsonItem, name: string): boolean {
  if (record.kind === 'text' || (record.kind === 'platform metric' && record.plain === true)) return false;
  if (record.kind !== 'scanned') return Object.hasOwn(record.source, name);
  const end = endOfMembers(record);
  for (let word = firstOther(record); word < end; word += MEMBER_WORDS) {
    if (keyText(record.words[word] as number) === name) return true;
  }
  return false;
}

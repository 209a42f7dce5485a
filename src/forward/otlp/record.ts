import type { Redaction } from '../../model/config.ts';
import type { ActivityLog, ResourceLog } from '../record.ts';
import { redactMember, redactText } from '../redact.ts';
import { type EncodedKey, keyOf, writeAttribute } from './attributes.ts';
import { integerOf } from './convert.ts';
import { KEY, LOG, writeField, writeOpenAi, writeSeverity } from './fields.ts';
import { FAMILIES, familyOf, LEFT_OUT, OTHER_PREFIX } from './mapping.ts';
import { planOf, writeProperty } from './properties.ts';
import type { ProtoWriter } from './writer.ts';

/** What the open log record says of a record that was parsed. */
export function writeRecord(writer: ProtoWriter, record: ResourceLog | ActivityLog, redaction: Redaction): void {
  const write = (key: EncodedKey, text: string): void => writeField(writer, key, redactText(text, redaction));
  const family = familyOf(record.category);
  const status = family === FAMILIES.openai ? integerOf(record.resultSignature) : null;
  writeSeverity(writer, record.level, status);
  write(KEY.category, record.category);
  write(KEY.operationName, record.operationName);
  write(KEY.resultSignature, record.resultSignature);
  if (family === FAMILIES.openai) writeOpenAi(writer, record.operationName, status);
  write(KEY.operationVersion, record.operationVersion);
  write(KEY.resultType, record.resultType);
  write(KEY.resultDescription, record.resultDescription);
  write(KEY.correlationId, record.correlationId);
  write(KEY.callerIpAddress, record.callerIpAddress);
  write(KEY.unparsedProperties, record.propertiesText);
  // Azure ML's own duration has the same name and more digits.
  const finer = family === FAMILIES.machineLearning && (record.properties?.TotalDurationMs ?? null) !== null;
  if (record.durationMs !== null && !finer) writeAttribute(writer, LOG.attributes, KEY.durationMs, record.durationMs);
  if (record.timeFrom !== 'record') writeField(writer, KEY.timeFrom, record.timeFrom);
  for (const [name, value] of record.others) {
    if (LEFT_OUT.has(name)) continue;
    const kept = redactMember(name, value, redaction);
    if (kept !== undefined) writeAttribute(writer, LOG.attributes, keyOf(family.others.get(name) ?? OTHER_PREFIX + name), kept);
  }
  if (record.properties === null) return;
  for (const name in record.properties) {
    const value = record.properties[name];
    if (value !== undefined && value !== null) writeProperty(writer, planOf(family, name), value, redaction);
  }
}

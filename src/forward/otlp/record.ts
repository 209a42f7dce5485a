import type { ActivityLog, ResourceLog } from '../record.ts';
import { keyOf, writeAttribute } from './attributes.ts';
import { integerOf } from './convert.ts';
import { KEY, LOG, writeField, writeOpenAi, writeSeverity } from './fields.ts';
import { FAMILIES, familyOf, LEFT_OUT, OTHER_PREFIX } from './mapping.ts';
import { planOf, writeProperty } from './properties.ts';
import type { ProtoWriter } from './writer.ts';

/** What the open log record says of a record that was parsed. */
export function writeRecord(writer: ProtoWriter, record: ResourceLog | ActivityLog): void {
  const family = familyOf(record.category);
  const status = family === FAMILIES.openai ? integerOf(record.resultSignature) : null;
  writeSeverity(writer, record.level, status);
  writeField(writer, KEY.category, record.category);
  writeField(writer, KEY.operationName, record.operationName);
  writeField(writer, KEY.operationVersion, record.operationVersion);
  writeField(writer, KEY.resultType, record.resultType);
  writeField(writer, KEY.resultSignature, record.resultSignature);
  writeField(writer, KEY.resultDescription, record.resultDescription);
  writeField(writer, KEY.correlationId, record.correlationId);
  writeField(writer, KEY.callerIpAddress, record.callerIpAddress);
  writeField(writer, KEY.unparsedProperties, record.propertiesText);
  // Azure ML's own duration has the same name and more digits.
  const finer = family === FAMILIES.machineLearning && (record.properties?.TotalDurationMs ?? null) !== null;
  if (record.durationMs !== null && !finer) writeAttribute(writer, LOG.attributes, KEY.durationMs, record.durationMs);
  if (record.timeFrom !== 'record') writeField(writer, KEY.timeFrom, record.timeFrom);
  if (family === FAMILIES.openai) writeOpenAi(writer, record.operationName, status);
  for (const [name, value] of record.others) {
    if (LEFT_OUT.has(name)) continue;
    writeAttribute(writer, LOG.attributes, keyOf(family.others.get(name) ?? OTHER_PREFIX + name), value);
  }
  if (record.properties === null) return;
  for (const name in record.properties) {
    const value = record.properties[name];
    if (value !== undefined && value !== null) writeProperty(writer, planOf(family, name), value);
  }
}

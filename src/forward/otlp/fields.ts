import { type EncodedKey, keyOf, writeAttribute } from './attributes.ts';
import { OPENAI_RECORD, OPERATIONS, RECORD, SEVERITIES } from './mapping.ts';
import type { ProtoWriter } from './writer.ts';

/** Field numbers of a LogRecord (opentelemetry/proto/logs/v1/logs.proto). */
export const LOG = {
  time: 1,
  severityNumber: 2,
  severityText: 3,
  body: 5,
  attributes: 6,
  observedTime: 11,
  eventName: 12,
} as const;

export const KEY = keysOf(RECORD);
export const OPENAI_KEY = keysOf(OPENAI_RECORD);

function keysOf<Name extends string>(table: Readonly<Record<Name, { readonly to: string }>>): Readonly<Record<Name, EncodedKey>> {
  const entries = Object.entries<{ readonly to: string }>(table).map(([name, { to }]) => [name, keyOf(to)]);
  return Object.fromEntries(entries) as Record<Name, EncodedKey>;
}

export function writeField(writer: ProtoWriter, key: EncodedKey, value: string): void {
  if (value !== '') writeAttribute(writer, LOG.attributes, key, value);
}

export function writeSeverity(writer: ProtoWriter, level: string, status: number | null): void {
  const number = level === '' ? severityOfStatus(status) : (SEVERITIES.get(level) ?? SEVERITIES.get(level.toLowerCase()) ?? 0);
  if (number !== 0) writer.uint(LOG.severityNumber, number);
  if (level !== '') writer.string(LOG.severityText, level);
}

function severityOfStatus(status: number | null): number {
  if (status === null || status < 400) return 0;
  return status < 500 ? 13 : 17;
}

export function writeOpenAi(writer: ProtoWriter, operationName: string, status: number | null): void {
  const known = OPERATIONS.get(operationName);
  if (known !== undefined) {
    writeField(writer, OPENAI_KEY.operation, known.operation);
    writeField(writer, OPENAI_KEY.api, known.api ?? '');
  }
  if (status === null) return;
  writeAttribute(writer, LOG.attributes, OPENAI_KEY.status, status);
  if (status >= 400) writeField(writer, OPENAI_KEY.error, String(status));
}

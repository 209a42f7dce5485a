import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLossless } from '../../../src/forward/json.ts';
import { ProtoWriter } from '../../../src/forward/otlp/writer.ts';
import { readRecord } from '../../../src/forward/record.ts';
import { redactValue } from '../../../src/forward/redact.ts';
import { scanBody } from '../../../src/forward/scan.ts';
import { parseRecord } from '../../../src/forward/scanned.ts';
import type { JsonItem } from '../../../src/forward/sinks/item.ts';
import { writeSource } from '../../../src/forward/sinks/source.ts';
import type { Redaction } from '../../../src/model/sink.ts';

const ALL: Redaction = { content: true, secrets: true, emails: true };
const NONE: Redaction = { content: false, secrets: false, emails: false };

function itemsOf(records: readonly string[]): readonly JsonItem[] {
  const scanned = scanBody(Buffer.from(`{"records":[${records.join(',')}]}`));
  if (scanned === null) throw new Error('not a common body');
  return scanned.map((item, position): JsonItem => {
    const event = { body: item.bytes, partition: '0', sequenceNumber: '1', enqueuedAt: '' };
    if (item.kind === 'scanned') return { record: item, position, event };
    return { record: readRecord(parseRecord(item), { seconds: 0, nanos: 0 }, {}), position, event, raw: item };
  });
}

function written(record: string, redaction: Redaction): string {
  const writer = new ProtoWriter(100);
  const [item] = itemsOf([record]);
  if (item === undefined) throw new Error('no record');
  writeSource(writer, item, redaction);
  return writer.finish().toString();
}

/** A member that is null holds nothing; the scanner does not look at its name. */
function withoutNulls(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .map(([name, member]) => [name, withoutNulls(member)]),
  );
}

const TIME = '"time":"2026-03-10T21:41:05.4350000Z"';
const record = (members: string): string => `{${TIME},"resourceId":"/SUBSCRIPTIONS/S/X","category":"GatewayLogs",${members}}`;

describe('a record as JSON', () => {
  it('is the bytes of the sender where nothing is to be taken out', () => {
    const usual = record('"properties": {"requestTime":638481757794854611, "a":"\\u00e4", "n":1.50}, "odd":[1,{"x":null}]');
    expect(written(usual, ALL)).toBe(usual);
    const metric = `{${TIME},"metricName":"M","total":9007199254740993,"resourceId":"/X"}`;
    expect(written(metric, ALL)).toBe(metric);
  });

  it('has no member that holds content, wherever it stands, and stays JSON', () => {
    const question = '"{\\"messages\\":[]}"';
    for (const properties of [
      `{"requestBody":${question}}`,
      `{"requestBody":${question},"a":1}`,
      `{"a":1, "requestBody" : ${question} }`,
      `{"a":1,"requestBody":${question},"responseBody":"x","b":2}`,
      `{"requestBody":${question},"responseBody":"x","prompt":"p","b":2,"messages":[1]}`,
    ]) {
      const text = written(record(`"properties":${properties},"completion":"c"`), ALL);
      expect(text).not.toMatch(/requestBody|responseBody|prompt|messages|completion/);
      expect(JSON.parse(text)).toMatchObject({ category: 'GatewayLogs' });
    }
  });

  it('has credentials and addresses taken out of texts, also of those with escapes and of nested ones', () => {
    const text = written(
      record('"properties":{"apiKey":"0123456789","note":"x \\u0042earer abcdefghijkl","deep":{"to":"eve\\u0040example.com"}}'),
      ALL,
    );
    expect(JSON.parse(text).properties).toEqual({
      apiKey: '[redacted]',
      note: 'x Bearer [redacted]',
      deep: { to: '[redacted]' },
    });
    expect(written(record('"resultDescription":"key=\\"abcdefgh\\" \\n"'), ALL)).not.toContain('abcdefgh');
  });

  it('has its properties as an object where they were sent as text, with every digit', () => {
    const text = written(record('"properties":"{\\"requestTime\\":638481757794854611,\\"a\\":\\"b\\"}"'), ALL);
    expect(text).toContain('"properties":{"requestTime":638481757794854611,"a":"b"}');
    const quoted = written(record(`"properties":"{'a':'b'}"`), ALL);
    expect(JSON.parse(quoted).properties).toEqual({ a: 'b' });
    const hidden = written(record('"properties":"{\\"prompt\\":\\"p\\",\\"a\\":\\"b\\"}"'), ALL);
    expect(JSON.parse(hidden).properties).toEqual({ a: 'b' });
  });

  it('is what the slow way says, for any record, redaction and form of its properties', () => {
    const key = fc.constantFrom('a', 'b', 'requestBody', 'prompt', 'apiKey', 'Level', 'level', 'odd', 'ä', 'messages', 'cookie');
    const text = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.constantFrom('Bearer abcdefghijkl', 'eve@example.com', '{"prompt":"x"}', 'key=abcdefg', 'C:\\x', '\u0000', 'ü'),
    );
    const value = fc.oneof(
      text,
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.dictionary(key, text, { maxKeys: 3 }),
      fc.array(text),
    );
    const object = fc.dictionary(key, value, { maxKeys: 6 });
    fc.assert(
      fc.property(object, object, fc.boolean(), fc.boolean(), (properties, others, spaced, asText) => {
        const parts = { ...others, time: '2026-03-10T21:41:05.4350000Z', category: 'C', properties };
        const sent = spaced ? JSON.stringify(parts, null, 1).replace(/\n\s*/g, ' ') : JSON.stringify(parts);
        const text = { ...parts, properties: JSON.stringify(properties), behind: 'x' };
        for (const redaction of [ALL, NONE, { ...NONE, content: true }, { ...NONE, emails: true }]) {
          const line = written(asText ? JSON.stringify(text) : sent, redaction);
          expect(line).not.toContain('\n');
          expect(withoutNulls(JSON.parse(line))).toEqual(
            withoutNulls(redactValue(asText ? { ...parts, behind: 'x' } : parseLossless(sent), redaction)),
          );
        }
      }),
      { numRuns: 300 },
    );
  });
});

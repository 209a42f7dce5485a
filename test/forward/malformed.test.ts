import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeBody } from '../../src/forward/decode.ts';
import type { Json, JsonObject } from '../../src/forward/json.ts';
import { readRecord } from '../../src/forward/record.ts';
import { hasShared, SHARED } from '../support/shared.ts';

const FOLDER = `${SHARED}forwarding/malformed/`;
const ENQUEUED = { seconds: 1, nanos: 0 };

interface Case {
  readonly file: string;
  readonly recoverable_records: number;
}

const bodyOf = (file: string) => readFileSync(FOLDER + file);
const recordsOf = (file: string) => decodeBody(bodyOf(file)).records;
const propertiesOf = (file: string, index = 0): JsonObject | null => {
  const record = readRecord(recordsOf(file)[index] ?? {}, ENQUEUED, {});
  return record.kind === 'platform metric' ? null : record.properties;
};
const cases = hasShared ? (JSON.parse(readFileSync(`${FOLDER}cases.json`, 'utf8')) as readonly Case[]) : [];

/** The first three records of the whole bodies, from which most cases were made. */
const WHOLE = [
  '3eb13b90-4668-4257-bdd6-40fb06671ad1',
  '16419f82-8b9d-4434-a465-e150bd9c66b3',
  '06cb0fb3-9a1d-4644-815e-f6d13b8faa18',
];
const TICKS = ['638701961251404189', '638711901794590631', '638703844398147930'];

describe.skipIf(!hasShared)('the malformed bodies of the field', () => {
  it.each(cases)('$file gives $recoverable_records items', ({ file, recoverable_records }) => {
    const { records, texts, repairs } = decodeBody(bodyOf(file));
    expect(records.length + texts.length - (repairs['scalar item'] ?? 0)).toBe(recoverable_records);
  });

  it.each([
    ['trailing-garbage-object.bin', [0, 1, 2]],
    ['truncated-in-string.bin', [0, 1]],
    ['utf16le-bom.bin', [0, 1, 2]],
    ['leading-whitespace.bin', [0, 1, 2]],
    ['ndjson-one-bad-line.bin', [0, 1]],
    ['top-level-array.bin', [0, 1, 2]],
    ['double-encoded.bin', [0, 1, 2]],
    ['gzip-body.bin', [0, 1, 2]],
    ['records-not-array.bin', [0]],
    ['records-with-null-and-scalars.bin', [0]],
    ['Records-capital.bin', [0]],
    ['unescaped-quotes-requestbody.bin', [0]],
  ])('%s: its records are whole, to the last tick', (file, which) => {
    expect(recordsOf(file).map(({ correlationId }) => correlationId)).toEqual(which.map((index) => WHOLE[index]));
    for (const [position, index] of which.entries()) {
      expect(propertiesOf(file, position)).toMatchObject({
        requestTime: TICKS[index],
        apiName: 'Azure OpenAI API version 2024-10-21',
        modelDeploymentName: 'gpt-4o-prod',
      });
    }
  });

  it('ndjson-records.bin: its fourth record is whole', () => {
    expect(recordsOf('ndjson-records.bin')[3]).toMatchObject({ resultSignature: '400', durationMs: 44 });
  });

  it('big-integer-ticks.bin: the digits are those that were sent', () => {
    expect(propertiesOf('big-integer-ticks.bin')).toMatchObject({
      requestTime: '638481757794854611',
      responseTime: '638481757795877942',
    });
  });

  it('single-quoted-properties.bin: the properties are an object', () => {
    const properties = propertiesOf('single-quoted-properties.bin');
    expect(Object.keys(properties ?? {})).toHaveLength(11);
    expect(properties).toMatchObject({ message: expect.stringMatching(/^[^'"]{90,}$/), levelId: 2, processId: 42 });
  });

  it('single-quoted-apostrophe.bin: apostrophes and quotes are in the text', () => {
    expect(propertiesOf('single-quoted-apostrophe.bin')?.message).toMatch(/^[^']+'s [^']+ isn't "[^"\\]+"\. /);
  });

  it('unescaped-quotes-requestbody.bin: the bad record is delivered as its text', () => {
    const [text] = decodeBody(bodyOf('unescaped-quotes-requestbody.bin')).texts;
    expect(text?.text).toMatch(/^\{"time":"2020-05-12T10:00:00Z".*"requestbody":"\{"Id":"1"\}"\}\}$/);
  });

  it('ndjson-one-bad-line.bin: the bad line is delivered as its text', () => {
    expect(decodeBody(bodyOf('ndjson-one-bad-line.bin')).texts.map(({ text }) => text)).toEqual(['{"time": "xy']);
  });

  it('numbers-as-strings.bin: the numbers are numbers', () => {
    const [metric, log] = recordsOf('numbers-as-strings.bin').map((record) => readRecord(record, ENQUEUED, {}));
    expect(metric).toMatchObject({ aggregates: { count: 4, total: 9.5, minimum: 1, maximum: 4, average: 2.375 } });
    expect(log).toMatchObject({ durationMs: 812, level: '4' });
  });

  it('bad-times.bin: all eleven are the same minute', () => {
    const times = recordsOf('bad-times.bin').map((record) => readRecord(record, ENQUEUED, {}).time);
    expect(times).toHaveLength(11);
    expect(new Set(times.map(({ seconds }) => seconds))).toEqual(new Set([Date.UTC(2007, 0, 9, 9, 41) / 1000]));
    expect(times.map(({ nanos }) => nanos).filter((nanos) => nanos > 0)).toEqual([
      220_000_000, 681_666_300, 535_404_056, 992_099_000,
    ]);
  });

  it('spaces-in-time.bin: the time is found', () => {
    expect(readRecord(recordsOf('spaces-in-time.bin')[0] ?? {}, ENQUEUED, {}).time).toEqual({
      seconds: Date.UTC(2021, 1, 4, 7, 45, 44) / 1000,
      nanos: 586_481_500,
    });
  });

  it('eventhub-operational-log.bin: time and properties have other names', () => {
    for (const index of [0, 1]) {
      const record = readRecord(recordsOf('eventhub-operational-log.bin')[index] ?? {}, ENQUEUED, {});
      expect(record).toMatchObject({
        time: { seconds: Date.UTC(2020, 10, 3, 9, 6, 42) / 1000 },
        properties: { Namespace: expect.stringMatching(/./) },
      });
    }
  });

  it('duplicate-keys.bin: the last one counts', () => {
    expect(recordsOf('duplicate-keys.bin')).toMatchObject([{ time: '2026-03-10T10:00:02Z', category: 'B' }]);
  });

  it('proto-pollution.bin: nothing is polluted', () => {
    expect(Object.keys(propertiesOf('proto-pollution.bin') ?? {})).toEqual(['__proto__']);
    expect(({} as { polluted?: Json }).polluted).toBeUndefined();
  });

  it('control-chars.bin: the characters are in the text', () => {
    expect(propertiesOf('control-chars.bin')?.message).toBe('line1\nline2\ttab \u0001');
  });

  it.each([
    ['oversize-record-300k.bin', 'requestBody', 300_000],
    ['oversize-record-1200k.bin', 'responseBody', 1_200_000],
  ])('%s: the long text is whole', (file, name, length) => {
    const text = propertiesOf(file)?.[name];
    expect(typeof text === 'string' ? text.length : 0).toBe(length);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBody } from '../../src/forward/decode.ts';
import { isObject, type Json } from '../../src/forward/json.ts';
import { encodeLogs, type LogItem } from '../../src/forward/otlp/logs.ts';
import { readRecord } from '../../src/forward/record.ts';
import { countRepair, type RepairCounts } from '../../src/forward/repairs.ts';
import { scanBody } from '../../src/forward/scan.ts';
import { parseRecord } from '../../src/forward/scanned.ts';
import { recordTexts, requestResponse, wrapped } from '../support/diagnostic-records.ts';

const NOW = { seconds: 1_773_178_900, nanos: 250_000_000 };

/** What the plain way makes of a body: the requests of its logs, and how many metrics it holds. */
function plainly(body: Buffer) {
  const items: LogItem[] = [];
  let metrics = 0;
  const repairs: RepairCounts = {};
  for (const [position, source] of decodeBody(body).records.entries()) {
    const record = readRecord(source, NOW, repairs);
    if (record.kind === 'platform metric') metrics++;
    else items.push({ record, position });
  }
  return { metrics, repairs, body: encodeLogs(items, NOW).body.toString('hex') };
}

/** The same by bytes, and how many records needed no plain way; `null` where the whole body needs it. */
function byBytes(body: Buffer) {
  const records = scanBody(body);
  if (records === null) return null;
  const items: LogItem[] = [];
  let metrics = 0;
  let scanned = 0;
  const repairs: RepairCounts = {};
  for (const [position, one] of records.entries()) {
    if (one.kind === 'scanned') {
      scanned++;
      if (one.inner !== null) countRepair(repairs, 'properties as text');
      items.push({ record: one, position });
      continue;
    }
    const record = readRecord(parseRecord(one), NOW, repairs);
    if (one.kind === 'platform metric') {
      const { kind, source, time, timeFrom, resourceId, tenantId, location, name, unit, grain, aggregates, dimensions } = one;
      const read = { kind, source, time, timeFrom, resourceId, tenantId, location, name, unit, grain, aggregates, dimensions };
      expect(read).toEqual(record);
      scanned++;
    }
    if (record.kind === 'platform metric') metrics++;
    else items.push({ record, position });
  }
  return { scanned, metrics, repairs, body: encodeLogs(items, NOW).body.toString('hex') };
}

const bodyOf = (...texts: readonly string[]) => Buffer.from(`{"records":[${texts.join(',')}]}`);
const recordOf = (members: object) => JSON.stringify({ time: '2026-03-10T21:41:05.4350000Z', category: 'Trace', ...members });

const asText = (properties: string) => recordOf({ properties });

function expectSame(body: Buffer): number {
  const fast = byBytes(body);
  if (fast === null) return 0;
  const { scanned, ...said } = fast;
  expect(said).toEqual(plainly(body));
  return scanned;
}

describe('records read by their bytes', () => {
  it('are encoded to the same bytes as records that were parsed', () => {
    const body = bodyOf(requestResponse(), recordOf({ level: 'Warning', durationMs: 12, properties: { a: 1 } }));
    expect(expectSame(body)).toBe(2);
  });

  it.each([
    [
      'text with escapes',
      String.raw`{"time":"2026-03-10T21:41:05.4Z","category":"Trace","properties":{"m":"say \"x\" \u00e9\n","n":"é✓"}}`,
      1,
    ],
    [
      'ticks beyond 2^53',
      '{"time":"2026-03-10T21:41:05.4Z","category":"RequestResponse","properties":{"requestTime":638481757794854611}}',
      1,
    ],
    [
      'numbers of every form',
      '{"time":"2026-03-10T21:41:05.4Z","category":"Trace","properties":{"a":-0,"b":1.50,"c":1e3,"d":-9007199254740993,"e":0,"f":123456789012345}}',
      1,
    ],
    [
      'lists and objects',
      '{"time":"2026-03-10T21:41:05.4Z","category":"Trace","other":[1,null,{"x":[]}],"properties":{"a":{"b":[true,false]},"c":[]}}',
      1,
    ],
    ['null members', '{"time":"2026-03-10T21:41:05.4Z","category":"Trace","level":null,"x":null,"properties":{"a":null}}', 1],
    ['null properties', '{"time":"2026-03-10T21:41:05.4Z","category":"Trace","properties":null}', 1],
    [
      'blanks between tokens',
      '{ "time" : "2026-03-10T21:41:05.4Z" , "category" : "Trace" , "properties" : { "a" : 1 , "b" : "x" } }',
      1,
    ],
    ['no category', '{"time":"2026-03-10T21:41:05.4Z","Type":"AppTraces","SeverityLevel":3,"_ResourceId":"/a"}', 0],
    ['an empty category', '{"time":"2026-03-10T21:41:05.4Z","category":"","Type":"AppTraces"}', 0],
    ['a key twice', '{"time":"2026-03-10T21:41:05.4Z","category":"Trace","a":1,"a":2}', 0],
    ['a property twice', '{"time":"2026-03-10T21:41:05.4Z","category":"Trace","properties":{"a":1,"a":null}}', 0],
    ['a field in two spellings', '{"time":"2026-03-10T21:41:05.4Z","category":"Trace","level":"a","Level":"b"}', 0],
    ['keys that are numbers', '{"time":"2026-03-10T21:41:05.4Z","category":"Trace","properties":{"b":1,"2":1,"1":1}}', 0],
    ['a key with an escape', String.raw`{"time":"2026-03-10T21:41:05.4Z","category":"Trace","properties":{"a\u0062":1}}`, 0],
    ['a key named __proto__', '{"time":"2026-03-10T21:41:05.4Z","category":"Trace","properties":{"__proto__":{"a":1}}}', 0],
    ['an unusual time', '{"time":"1/9/2026 9:41:00 AM","category":"Trace","properties":{"a":1}}', 0],
    ['no time', '{"category":"Trace","properties":{"a":1}}', 0],
    ['a day that is none', '{"time":"2026-02-30T21:41:05.4Z","category":"Trace"}', 0],
    ['properties as text', asText('{"a":1,"requestTime":638481757794854611,"b":"x","c":["y",{"d":null}],"e":"é✓"}'), 1],
    ['properties as text with escapes inside', asText(String.raw`{"a":"say \"x\" \\ \u00e9","b":"plain"}`), 1],
    ['empty properties as text', asText('{}'), 0],
    ['properties as text with a line end', asText('{\n"a":1}'), 0],
    ['properties as text with a blank behind', asText('{"a":1} '), 0],
    ['properties as text that is cut', asText('{"a":1,"b":"x'), 0],
    ['properties as text that are none', asText('{"a":1}{"b":2}'), 0],
    ['properties as text that is a list', asText('[{"a":1}]'), 0],
    ['properties as text with a property twice', asText('{"a":1,"a":2}'), 0],
    [
      'properties twice, once as text',
      '{"time":"2026-03-10T21:41:05.4Z","category":"Trace","properties":{"a":1},"Properties":"{\\"b\\":1}"}',
      0,
    ],
    [
      'properties as an escaped word',
      String.raw`{"time":"2026-03-10T21:41:05.4Z","category":"Trace","properties":"\u007b\"a\":1}"}`,
      0,
    ],
    ['a duration as text', '{"time":"2026-03-10T21:41:05.4Z","category":"Trace","durationMs":"12"}', 0],
    ['a duration that is none', '{"time":"2026-03-10T21:41:05.4Z","category":"Trace","durationMs":"soon"}', 0],
    ['a metric', '{"time":"2026-03-10T21:41:05.4Z","metricName":"Latency","total":1}', 1],
    [
      'a metric with all that is usual',
      '{"count":3,"total":-1.5e3,"minimum":0,"maximum":null,"average":0.1,"resourceId":"/a","Time":"2026-03-10T21:41:05.4Z","metricName":"L","timeGrain":"PT1M","unit":"Count","location":"we","tenantId":7}',
      1,
    ],
    ['a metric with dimensions', '{"time":"2026-03-10T21:41:05.4Z","metricName":"L","total":1,"dimension":{"a":"b"}}', 0],
    ['a metric of digits as text', '{"time":"2026-03-10T21:41:05.4Z","metricName":"L","total":"1"}', 0],
    ['a metric beyond 2^53', '{"time":"2026-03-10T21:41:05.4Z","metricName":"L","total":9007199254740993}', 0],
    ['a metric with other members', '{"time":"2026-03-10T21:41:05.4Z","metricName":"L","total":1,"x":"a@b.example"}', 0],
    ['a metric with a category', '{"time":"2026-03-10T21:41:05.4Z","metricName":"L","total":1,"category":"c"}', 0],
    ['a metric whose value is none', '{"time":"2026-03-10T21:41:05.4Z","metricName":"L","total":true}', 0],
    ['a metric without value', '{"time":"2026-03-10T21:41:05.4Z","metricName":"L","unit":"Count"}', 0],
    ['a metric without name', '{"time":"2026-03-10T21:41:05.4Z","metricName":"","total":1}', 0],
    ['a log with a member of metrics', '{"time":"2026-03-10T21:41:05.4Z","category":"Trace","count":1}', 0],
    ['a metric twice the value', '{"time":"2026-03-10T21:41:05.4Z","metricName":"L","total":1,"Total":2}', 0],
    ['an object where text belongs', '{"time":"2026-03-10T21:41:05.4Z","category":"Trace","resultType":{"a":1}}', 0],
  ])('%s', (_, text, scanned) => {
    expect(expectSame(bodyOf(text))).toBe(scanned);
  });

  it.each([
    ['text that is not JSON', '{"records":[{"time":"2026-03-10T21:41:05.4Z",}]}'],
    ['a record without end', '{"records":[{"time":"2026-03-10T21:41:05.4Z"'],
    ['a control character in text', '{"records":[{"time":"2026-03-10T21:41:05.4Z","a":"x\ty"}]}'],
    ['a number that is none', '{"records":[{"a":01}]}'],
    ['an escape that is none', String.raw`{"records":[{"a":"\x41"}]}`],
    ['something behind the end', '{"records":[{"a":1}]} x'],
    ['another wrapper', '{"Records":[{"a":1}]}'],
    ['more than records', '{"records":[{"a":1}],"b":1}'],
    ['an empty record', '{"records":[{}]}'],
    ['a scalar among records', '{"records":[{"a":1},1]}'],
    ['records in records', '{"records":[{"records":[{"a":1}]}]}'],
    ['no record', '{"records":[]}'],
    ['a list', '[{"a":1}]'],
    ['nothing', ''],
  ])('%s is for the plain way', (_, text) => {
    expect(scanBody(Buffer.from(text))).toBeNull();
  });

  it('invalid UTF-8 is for the plain way', () => {
    expect(scanBody(Buffer.concat([Buffer.from('{"records":[{"a":"'), Buffer.from([0xff]), Buffer.from('"}]}')]))).toBeNull();
  });

  it('nesting that could exhaust the stack is for the plain way', () => {
    expect(scanBody(bodyOf(`{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`))).toBeNull();
  });

  it('more different keys than are remembered are for the plain way, and lose nothing', () => {
    for (let turn = 0; turn < 6; turn++) {
      const properties = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`k${turn}-${index}`, index]));
      expectSame(bodyOf(recordOf({ properties })));
    }
  });
});

const textOf = (made: object): string => JSON.stringify(made).replace(/"#(\d+)#"/g, '$1');

const scalar = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.string({ maxLength: 80 }),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.bigInt({ min: 0n, max: 10n ** 20n }).map((number) => `#${number}#`),
  fc.boolean(),
  fc.constant(null),
);
const value = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 3 }),
  fc.dictionary(fc.string({ maxLength: 8 }), scalar, { maxKeys: 3 }),
);
const name = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom('modelName', 'apiName', 'requestTime', 'streamType', 'promptTokens', 'message', 'Message', 'TotalDurationMs'),
);
const field = fc.constantFrom(
  'level',
  'Level',
  'durationMs',
  'operationName',
  'resultSignature',
  'resultType',
  'location',
  'tenantId',
  'event',
  'identity',
  'unit',
);
const record = fc
  .tuple(
    fc.constantFrom('2026-03-10T21:41:05.4350000Z', '2026-03-10T21:41:05Z', '2026-13-10T21:41:05.1Z', '3/10/2026 9:41:05 PM'),
    fc.constantFrom('RequestResponse', 'Trace', 'AmlOnlineEndpointTrafficLog', 'Administrative'),
    fc.dictionary(field, value, { maxKeys: 4 }),
    fc.oneof(fc.dictionary(name, value, { maxKeys: 8 }), fc.dictionary(name, value, { maxKeys: 8 }).map(textOf), value),
    fc.dictionary(fc.string({ maxLength: 8 }), value, { maxKeys: 3 }),
  )
  .map(([time, category, fields, properties, others]) => ({ time, category, ...fields, properties, ...others }));

describe('any body', () => {
  it('says by its bytes what it says when parsed', () => {
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 4 }), (records) => {
        expectSame(bodyOf(...records.map(textOf)));
      }),
      { numRuns: 2_000 },
    );
  });

  it('says the same, or is for the plain way, when a byte of it is changed, taken out or put in', () => {
    fc.assert(
      fc.property(
        record,
        fc.nat(),
        fc.nat({ max: 255 }),
        fc.constantFrom('change', 'remove', 'insert'),
        (made, where, byte, how) => {
          const body = bodyOf(textOf(made));
          const at = where % body.length;
          const rest = body.subarray(how === 'insert' ? at : at + 1);
          const middle = how === 'remove' ? Buffer.alloc(0) : Buffer.from([byte]);
          const changed = Buffer.concat([body.subarray(0, at), middle, rest]);
          if (scanBody(changed) !== null) {
            const parsed = JSON.parse(changed.toString()) as Json;
            expect(isObject(parsed) && Object.keys(parsed)).toEqual(['records']);
          }
          expectSame(changed);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('of the forms that services send says the same', () => {
    fc.assert(
      fc.property(recordTexts, (texts) => {
        expectSame(wrapped(texts));
      }),
    );
  });
});

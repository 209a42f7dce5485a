import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../src/forward/json.ts';
import { countJsonItems, jsonOfRequest, pickJsonItems } from '../../../src/forward/otlp/json.ts';
import { encodeLogs } from '../../../src/forward/otlp/logs.ts';
import { encodeMetrics } from '../../../src/forward/otlp/metrics.ts';
import { type DiagnosticRecord, type PlatformMetric, type ResourceLog, readRecord } from '../../../src/forward/record.ts';
import { decodeOtlpLogs, decodeOtlpMetrics } from '../../support/otlp.ts';

const record = (members: JsonObject): DiagnosticRecord =>
  readRecord(
    { time: '2026-03-10T21:41:05.4350001Z', resourceId: '/subscriptions/s/x', ...members },
    { seconds: 0, nanos: 0 },
    {},
  );

interface Pair {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}
interface Logged {
  readonly attributes: readonly Pair[];
}
interface Grouped {
  readonly scopeLogs: readonly { readonly logRecords: readonly Logged[] }[];
}
interface Measured {
  readonly name: string;
  readonly gauge: { readonly dataPoints: readonly object[] };
}

/** An AnyValue of OTLP's JSON as a plain value. */
function plain(value: Readonly<Record<string, unknown>>): unknown {
  const [kind, inner] = Object.entries(value)[0] ?? [];
  if (kind === 'intValue') return BigInt(inner as string);
  if (kind === 'arrayValue') return ((inner as { values?: object[] }).values ?? []).map((item) => plain(item as never));
  if (kind === 'kvlistValue')
    return Object.fromEntries(((inner as { values?: [] }).values ?? []).map(({ key, value: of }) => [key, plain(of)]));
  return inner;
}

describe('OTLP in JSON', () => {
  it('says of logs what the protobuf says', () => {
    const properties: Json = {
      text: 'ä"\\\n',
      flag: true,
      ratio: 0.5,
      count: 12_345_678_901,
      below: -7,
      deep: { list: [1, 'x'] },
    };
    const items = [
      { record: record({ category: 'A', level: 'Error', properties }) as ResourceLog, position: 0 },
      {
        record: record({ category: 'B', resourceId: '/subscriptions/s/y', properties: { message: 'm' } }) as ResourceLog,
        position: 1,
      },
    ];
    const { body } = encodeLogs(items, { seconds: 1_700_000_000, nanos: 5 });
    const parsed = JSON.parse(jsonOfRequest('/v1/logs', body).toString());
    const logs = (parsed.resourceLogs as readonly Grouped[]).flatMap((group) =>
      group.scopeLogs.flatMap((scope) => scope.logRecords),
    );
    const expected = decodeOtlpLogs(body);
    expect(logs).toHaveLength(2);
    for (const [index, log] of logs.entries()) {
      const attributes = Object.fromEntries(log.attributes.map(({ key, value }) => [key, plain(value)]));
      expect(attributes).toEqual(expected[index]?.attributes);
    }
    expect(logs[0]).toMatchObject({
      timeUnixNano: '1773178865435000100',
      observedTimeUnixNano: '1700000000000000005',
      severityNumber: 17,
      severityText: 'Error',
      eventName: expect.any(String),
    });
    expect((logs[1] as unknown as { body: unknown }).body).toEqual({ stringValue: 'm' });
  });

  it('says of metrics what the protobuf says', () => {
    const metric = record({ metricName: 'M', total: 1.5, count: '9007199254740993', timeGrain: 'PT1M', dimension: { d: 'v' } });
    const { body } = encodeMetrics([{ record: metric as PlatformMetric }]);
    const parsed = JSON.parse(jsonOfRequest('/v1/metrics', body).toString());
    const metrics = parsed.resourceMetrics[0].scopeMetrics[0].metrics;
    expect(metrics.map(({ name }: { name: string }) => name).toSorted()).toEqual(
      decodeOtlpMetrics(body)
        .map((point) => point.metric)
        .toSorted(),
    );
    const points = Object.fromEntries((metrics as readonly Measured[]).map(({ name, gauge }) => [name, gauge.dataPoints[0]]));
    expect(points.m_total).toMatchObject({ asDouble: 1.5, attributes: [{ key: 'd', value: { stringValue: 'v' } }] });
    expect(points.m_count).toMatchObject({ asInt: '9007199254740993' });
  });

  it('is taken apart by records', () => {
    const items = ['a', 'b', 'c'].map((category, position) => ({
      record: record({ category, resourceId: `/s/${category}` }) as ResourceLog,
      position,
    }));
    const whole = jsonOfRequest('/v1/logs', encodeLogs(items, { seconds: 0, nanos: 0 }).body);
    expect(countJsonItems(whole)).toBe(3);
    const part = pickJsonItems(whole, [0, 2]);
    expect(countJsonItems(part)).toBe(2);
    expect(part.toString()).not.toContain('"stringValue":"b"');
    expect(JSON.parse(part.toString()).resourceLogs).toHaveLength(2);
  });
});

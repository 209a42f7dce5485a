import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBody } from '../../../src/forward/decode.ts';
import { encodeLogs } from '../../../src/forward/otlp/logs.ts';
import { encodeMetrics } from '../../../src/forward/otlp/metrics.ts';
import { countItems, sliceRequest } from '../../../src/forward/otlp/split.ts';
import { readRecord } from '../../../src/forward/record.ts';
import { platformMetric, wrapped } from '../../support/diagnostic-records.ts';
import { decodeOtlpLogs, decodeOtlpMetrics } from '../../support/otlp.ts';

function logs(resources: readonly number[]): Buffer {
  const items = resources.map((resource, position) => {
    const source = { category: `c${position}`, resourceId: `/subscriptions/${resource}`, time: '2026-03-10T10:00:00Z' };
    const record = readRecord(source, { seconds: 1, nanos: 0 }, {});
    if (record.kind === 'platform metric') throw new Error('a metric');
    return { record, position };
  });
  return encodeLogs(items, { seconds: 1, nanos: 0 }).body;
}

describe('a slice of an export request', () => {
  it('has the items asked for, under their resources, and nothing else', () => {
    const cases = fc.tuple(fc.array(fc.nat(3), { minLength: 1, maxLength: 12 }), fc.nat(12), fc.nat(12));
    fc.assert(
      fc.property(cases, ([resources, a, b]) => {
        const request = logs(resources);
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        expect(countItems(request)).toBe(resources.length);
        const slice = sliceRequest(request, from, to);
        expect(decodeOtlpLogs(slice ?? Buffer.alloc(0))).toEqual(decodeOtlpLogs(request).slice(from, to));
      }),
    );
  });

  it('is of metrics as well as of logs', () => {
    const items = decodeBody(wrapped([platformMetric('A', 1), platformMetric('B', 2)])).records.flatMap((source) => {
      const record = readRecord(source, { seconds: 1, nanos: 0 }, {});
      return record.kind === 'platform metric' ? [{ record }] : [];
    });
    const { body } = encodeMetrics(items);
    expect(countItems(body)).toBe(10);
    const halves = [sliceRequest(body, 0, 5), sliceRequest(body, 5, 10)];
    expect(halves.flatMap((half) => decodeOtlpMetrics(half ?? Buffer.alloc(0)))).toEqual(decodeOtlpMetrics(body));
  });

  it('is null of bytes that are no request', () => {
    expect(countItems(Buffer.from('hello'))).toBeNull();
    expect(sliceRequest(Buffer.from([0x0a, 0xff]), 0, 1)).toBeNull();
  });

  it('is never a throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        countItems(bytes);
        sliceRequest(bytes, 0, 1);
      }),
      { numRuns: 1_000 },
    );
  });
});

import { describe, expect, it } from 'vitest';
import { decodeBody } from '../../../src/forward/decode.ts';
import { encodeMetrics, secondsOfGrain } from '../../../src/forward/otlp/metrics.ts';
import { readRecord } from '../../../src/forward/record.ts';
import { platformMetric, RESOURCE, wrapped } from '../../support/diagnostic-records.ts';
import { decodeOtlpMetrics } from '../../support/otlp.ts';

function encode(...records: readonly string[]) {
  const items = decodeBody(wrapped(records)).records.map((source) => {
    const record = readRecord(source, { seconds: 5, nanos: 0 }, {});
    if (record.kind !== 'platform metric') throw new Error('no metric');
    return { record };
  });
  return { items, ...encodeMetrics(items) };
}

describe('a platform metric as OTLP gauges', () => {
  it('is one gauge for each aggregate that it has', () => {
    const points = decodeOtlpMetrics(encode(platformMetric('Model Requests', 9.5)).body);
    expect(points.map(({ metric, value }) => [metric, value])).toEqual([
      ['model_requests_total', 9.5],
      ['model_requests_count', 4],
      ['model_requests_minimum', 1],
      ['model_requests_maximum', 4],
      ['model_requests_average', 2.375],
    ]);
    for (const point of points) {
      expect(point.timeUnixNano).toBe(1_773_136_800_000_000_000n);
      expect(point.startTimeUnixNano).toBe(1_773_136_740_000_000_000n);
      expect(point.resource['cloud.resource_id']).toBe(RESOURCE);
    }
  });

  it('has no point for an aggregate that was not sent: nothing is not zero', () => {
    const points = decodeOtlpMetrics(encode('{"metricName":"X","average":0,"time":"2026-03-10T10:00:00Z"}').body);
    expect(points.map(({ metric, value, startTimeUnixNano }) => [metric, value, startTimeUnixNano])).toEqual([
      ['x_average', 0, 0n],
    ]);
  });

  it('has its unit and dimensions', () => {
    const [point] = decodeOtlpMetrics(
      encode('{"metricName":"X","total":1,"unit":"Count","dimension":{"ModelDeploymentName":"chat","n":2}}').body,
    );
    expect(point).toMatchObject({ unit: 'Count', attributes: { ModelDeploymentName: 'chat', n: 2n } });
  });

  it('keeps a whole number beyond 2^53', () => {
    const [point] = decodeOtlpMetrics(encode('{"metricName":"X","total":9007199254740993}').body);
    expect(point?.value).toBe(9_007_199_254_740_993n);
  });

  it('shares its gauge with others of its name, and tells which records are in it', () => {
    const { body, order, items } = encode(platformMetric('A', 1), platformMetric('B', 2), platformMetric('A', 3));
    expect(decodeOtlpMetrics(body)).toHaveLength(15);
    expect(order).toHaveLength(10);
    expect(order[0]).toEqual([items[0], items[2]]);
    expect(order[5]).toEqual([items[1]]);
  });

  it.each([
    ['PT1M', 60],
    ['PT5M', 300],
    ['PT1H', 3600],
    ['P1D', 86_400],
    ['PT1H30M', 5400],
    ['PT0S', null],
    ['P', null],
    ['1 minute', null],
    ['', null],
  ])('of grain %j covers %s seconds', (grain, seconds) => {
    expect(secondsOfGrain(grain)).toBe(seconds);
  });
});

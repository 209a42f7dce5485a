import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MetricRecord } from '../../../src/local/archive/append.ts';
import { parseMetricFilter } from '../../../src/local/monitor/metric-filter.ts';
import { buildSeries, type SeriesQuery } from '../../../src/local/monitor/metric-series.ts';

const START = Date.UTC(2026, 4, 1, 12);
const MINUTE = 60_000;

const QUERY: SeriesQuery = {
  span: { start: START, end: START + 15 * MINUTE },
  interval: 5 * MINUTE,
  aggregations: ['total', 'average', 'minimum', 'maximum', 'count'],
  filters: [],
  rollUp: [],
  top: 10,
  orderBy: null,
};

function minute(at: number, value: number, dimensions: Record<string, string> = {}): MetricRecord {
  return {
    time: START + at * MINUTE,
    resourceId: '/r',
    namespace: 'n',
    metric: 'm',
    dimensions,
    total: value * 2,
    count: 2,
    minimum: value - 1,
    maximum: value + 1,
  };
}

const records = fc.array(
  fc.record({ at: fc.integer({ min: 0, max: 14 }), value: fc.integer({ min: 0, max: 1000 }), d: fc.constantFrom('a', 'b', 'c') }),
);

describe('buckets of a metric', () => {
  it('fold minutes by each kind of aggregation, and an empty one has a timestamp only', () => {
    const [series] = buildSeries([minute(0, 10), minute(4, 20), minute(11, 7)], QUERY);
    expect(series?.data).toEqual([
      { timeStamp: '2026-05-01T12:00:00Z', total: 60, average: 15, minimum: 9, maximum: 21, count: 4 },
      { timeStamp: '2026-05-01T12:05:00Z' },
      { timeStamp: '2026-05-01T12:10:00Z', total: 14, average: 7, minimum: 6, maximum: 8, count: 2 },
    ]);
  });

  it('are none where no minute fits', () => {
    expect(buildSeries([], QUERY)).toEqual([]);
    expect(buildSeries([minute(0, 1, { D: 'a' })], { ...QUERY, filters: parseMetricFilter("D eq 'b'") })).toEqual([]);
  });

  it('hold every minute once, however they are split, ordered or folded', () => {
    fc.assert(
      fc.property(records, fc.constantFrom(1, 5, 15, null), fc.boolean(), (rows, minutes, split) => {
        const series = buildSeries(
          rows.map((row) => minute(row.at, row.value, { D: row.d })),
          { ...QUERY, interval: minutes === null ? null : minutes * MINUTE, filters: split ? parseMetricFilter("D eq '*'") : [] },
        );
        const total = series.flatMap((one) => one.data).reduce((sum, bucket) => sum + (bucket.total ?? 0), 0);
        expect(total).toBe(rows.reduce((sum, row) => sum + row.value * 2, 0));
        expect(series.length).toBe(rows.length === 0 ? 0 : split ? new Set(rows.map((row) => row.d)).size : 1);
      }),
    );
  });

  it('of a rolled-up dimension are those of the unsplit metric', () => {
    fc.assert(
      fc.property(records, (rows) => {
        const all = rows.map((row) => minute(row.at, row.value, { D: row.d }));
        const rolled = buildSeries(all, { ...QUERY, filters: parseMetricFilter("D eq '*'"), rollUp: ['d'] });
        expect(rolled).toEqual(buildSeries(all, QUERY));
      }),
    );
  });

  it('are cut to the largest series only where there is a filter', () => {
    const all = ['a', 'b', 'c'].map((name, index) => minute(0, index + 1, { D: name }));
    const top = buildSeries(all, { ...QUERY, filters: parseMetricFilter("D eq '*'"), top: 2 });
    expect(top.map((series) => series.labels[0]?.value)).toEqual(['c', 'b']);
    const least = buildSeries(all, {
      ...QUERY,
      filters: parseMetricFilter("D eq '*'"),
      top: 1,
      orderBy: { aggregation: 'total', descending: false },
    });
    expect(least.map((series) => series.labels[0]?.value)).toEqual(['a']);
    expect(buildSeries(all, { ...QUERY, top: 0 })).toHaveLength(1);
  });
});

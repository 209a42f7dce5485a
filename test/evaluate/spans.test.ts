import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measureOf } from '../../src/evaluate/measure.ts';
import { spanMeasureOf } from '../../src/evaluate/spans.ts';
import { MINUTE } from '../../src/model/duration.ts';
import type { Aggregation, Signal } from '../../src/model/rule.ts';
import { METRIC, NOON, points, seriesOf } from './support.ts';

const ANY = { operator: '>', threshold: 0 } as const;
const LENGTHS = [5 * MINUTE, 30 * MINUTE, 60 * MINUTE];

/** Whole numbers, so that the order of adding does not matter. */
const course = fc
  .array(fc.option(fc.nat(50), { nil: null }), { maxLength: 90 })
  .map((values) =>
    points(
      ...values.flatMap((value, index) => (value === null ? [] : [[NOON + index * MINUTE, value, 1 + (index % 3)] as const])),
    ),
  );

const folded = (aggregate: Aggregation) => ({ ...METRIC.metric, aggregate });
const signals: readonly Signal[] = [
  { ...METRIC, metric: folded('total') },
  { ...METRIC, metric: folded('average') },
  { ...METRIC, metric: folded('total'), over: folded('total') },
  { ...METRIC, metric: folded('total'), over: folded('average') },
];

describe('several spans in one pass', () => {
  it('measure what each of them measures alone', () => {
    fc.assert(
      fc.property(course, course, fc.constantFrom(...signals), fc.nat(100), fc.nat(60), (above, below, signal, minute, floor) => {
        const series = seriesOf({}, above, below);
        const end = NOON + minute * MINUTE;
        const spans = spanMeasureOf(signal, LENGTHS);
        spans?.take(series, end);
        LENGTHS.forEach((length, place) => {
          const alone = measureOf(signal, floor, ANY).of(series, end - length, end);
          const together = spans?.value(place, floor);
          if (typeof alone === 'number') expect(together).toBeCloseTo(alone, 9);
          else expect(together).toBe(alone);
        });
      }),
    );
  });

  it('are not for extremes, which cannot be added up', () => {
    expect(spanMeasureOf({ ...METRIC, metric: folded('maximum') }, LENGTHS)).toBeNull();
    expect(spanMeasureOf({ ...METRIC, over: folded('minimum') }, LENGTHS)).toBeNull();
  });
});

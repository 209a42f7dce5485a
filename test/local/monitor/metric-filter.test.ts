import { describe, expect, it } from 'vitest';
import { admits, parseMetricFilter } from '../../../src/local/monitor/metric-filter.ts';

describe('a metric filter', () => {
  it('joins dimensions by and, values of one dimension by or', () => {
    expect(parseMetricFilter("A eq 'a1' and (B eq 'b1' or B eq 'b2') and C eq '*'")).toEqual([
      { dimension: 'A', alternatives: [{ operator: 'eq', value: 'a1' }] },
      {
        dimension: 'B',
        alternatives: [
          { operator: 'eq', value: 'b1' },
          { operator: 'eq', value: 'b2' },
        ],
      },
      { dimension: 'C', alternatives: [{ operator: 'eq', value: '*' }] },
    ]);
  });

  it('takes both forms of startswith, quotes in values, and blanks in names', () => {
    const expected = [{ dimension: 'A', alternatives: [{ operator: 'sw', value: "o'n" }] }];
    expect(parseMetricFilter("startswith(A, 'o''n')")).toEqual(expected);
    expect(parseMetricFilter("A startswith 'o''n'")).toEqual(expected);
    expect(parseMetricFilter("A sw 'o''n'")).toEqual(expected);
    expect(parseMetricFilter("Transaction Type eq 'All and none'")[0]).toMatchObject({ dimension: 'Transaction Type' });
  });

  it.each(["A eq 'x' or B eq 'y'", 'A eq x', "A like 'x'", "A eq 'x' B eq 'y'", "A eq 'x' and A eq 'y'", "'A"])(
    'refuses %s',
    (text) => {
      expect(() => parseMetricFilter(text)).toThrow(/filter|dimension/);
    },
  );

  it('lets values through without regard to case', () => {
    const [filter] = parseMetricFilter("A eq 'x1' or A sw 'y'");
    const [without] = parseMetricFilter("A ne 'x' or A ne 'y'");
    if (filter === undefined || without === undefined) throw new Error('no filter');
    expect(['X1', 'x2', 'Yes'].map((value) => admits(filter, value))).toEqual([true, false, true]);
    expect(['x', 'y', 'z'].map((value) => admits(without, value))).toEqual([false, false, true]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assessorOf } from '../../src/evaluate/assess.ts';
import { MINUTE } from '../../src/model/duration.ts';
import type { Aggregation, Comparison, Operator, Rule } from '../../src/model/rule.ts';
import { at, LOG, METRIC, type Plain, points, ruleOf, seriesOf } from './support.ts';

const WINDOW = { start: at(0), end: at(5) };

function look(changes: Partial<Rule>, when: Comparison, given: readonly Plain[], over: readonly Plain[] | null = null) {
  const condition = { kind: 'threshold', when, clear: null } as const;
  const assessor = assessorOf(ruleOf({ ...changes, condition }));
  const outcome = assessor.assess(seriesOf({}, points(...given), over === null ? null : points(...over)), WINDOW);
  return [outcome, assessor.value()];
}

const above = (threshold: number): Comparison => ({ operator: '>', threshold });
const aggregated = (aggregate: Aggregation): Partial<Rule> => ({
  signal: { ...METRIC, metric: { ...METRIC.metric, aggregate } },
});

describe('the value of a window', () => {
  it.each([
    ['total', 9],
    ['count', 9],
    ['average', 4],
    ['minimum', 1],
    ['maximum', 6],
  ] as const)('folds points by %s', (aggregate, value) => {
    expect(
      look(aggregated(aggregate), above(100), [
        [at(0), 1, 1],
        [at(1), 2, 1],
        [at(4), 6, 2],
      ]),
    ).toEqual(['ok', aggregate === 'average' ? 3.75 : value]);
  });

  it('is half open: a point at the start counts, one at the end does not', () => {
    expect(
      look({}, above(100), [
        [at(0) - 1, 1],
        [at(0), 2],
        [at(5) - 1, 4],
        [at(5), 8],
      ]),
    ).toEqual(['ok', 6]);
  });

  it('does not exist without points in it', () => {
    expect(
      look({}, above(0), [
        [at(-1), 1],
        [at(5), 8],
      ]),
    ).toEqual(['none', null]);
    expect(look({}, above(0), [])).toEqual(['none', null]);
  });

  it('is compared strictly as written', () => {
    const outcomes = (['>', '>=', '<', '<=', '==', '!='] satisfies Operator[]).map(
      (operator) => look({}, { operator, threshold: 10 }, [[at(0), 10]])[0],
    );
    expect(outcomes).toEqual(['ok', 'breach', 'ok', 'breach', 'breach', 'ok']);
  });

  it('stays quiet below the floor of samples', () => {
    expect(look({ ...aggregated('average'), floor: 5 }, above(1), [[at(0), 100, 4]])).toEqual(['below floor', null]);
    expect(look({ ...aggregated('average'), floor: 5 }, above(1), [[at(0), 100, 5]])).toEqual(['breach', 100]);
  });
});

describe('a ratio', () => {
  const ratio: Partial<Rule> = { signal: { ...METRIC, over: { ...METRIC.metric } } };

  it('divides what both sides fold to', () => {
    expect(
      look(
        ratio,
        above(0.1),
        [
          [at(0), 3],
          [at(1), 3],
        ],
        [
          [at(0), 20],
          [at(1), 20],
          [at(2), 20],
        ],
      ),
    ).toEqual(['ok', 0.1]);
  });

  it('takes a missing numerator for 0 and a missing denominator for no data', () => {
    expect(look(ratio, above(0.1), [], [[at(0), 20]])).toEqual(['ok', 0]);
    expect(look(ratio, above(0.1), [[at(0), 3]], [])).toEqual(['none', null]);
  });

  it('has no verdict below the floor of the denominator, nor over 0', () => {
    expect(look({ ...ratio, floor: 20 }, above(0.1), [[at(0), 19]], [[at(0), 19]])).toEqual(['below floor', null]);
    expect(look({ ...ratio, floor: 20 }, above(0.1), [[at(0), 20]], [[at(0), 20]])).toEqual(['breach', 1]);
    expect(look(ratio, above(0.1), [[at(0), 0]], [[at(0), 0]])).toEqual(['below floor', null]);
  });
});

describe('log rows of one series', () => {
  const logs: Partial<Rule> = { signal: LOG };

  it('are decided by the worst, whichever way the comparison looks', () => {
    const rows: readonly Plain[] = [
      [at(0), 3],
      [at(1), 9],
      [at(2), 5],
    ];
    expect(look(logs, above(8), rows)).toEqual(['breach', 9]);
    expect(look(logs, { operator: '<', threshold: 4 }, rows)).toEqual(['breach', 3]);
    expect(look(logs, { operator: '==', threshold: 5 }, rows)).toEqual(['breach', 5]);
    expect(look(logs, { operator: '!=', threshold: 3 }, rows)[0]).toBe('breach');
  });

  it('are added up where the rule counts rows', () => {
    const rows: readonly Plain[] = [
      [at(0), 1],
      [at(0), 1],
      [at(2), 1],
    ];
    expect(look({ signal: { ...LOG, value: null } }, above(2), rows)).toEqual(['breach', 3]);
  });
});

describe('failing n of m', () => {
  const failing = (n: number, m: number): Partial<Rule> => ({ failing: { n, m }, window: 5 * MINUTE });
  const rows: readonly Plain[] = [
    [at(0), 11],
    [at(1), 1],
    [at(2), 12],
    [at(3), 1],
    [at(4), 1],
  ];

  it('breaches when n bins violate, consecutive or not', () => {
    expect(look(failing(2, 5), above(10), rows)).toEqual(['breach', 12]);
    expect(look(failing(3, 5), above(10), rows)[0]).toBe('ok');
  });

  it('folds each bin: five minutes in one bin are one value', () => {
    expect(look(failing(1, 1), above(25), rows)).toEqual(['breach', 26]);
  });

  it('anchors bins to the end of the window', () => {
    const assessor = assessorOf(ruleOf({ ...failing(2, 2), condition: { kind: 'threshold', when: above(10), clear: null } }));
    const series = seriesOf({}, points([at(1) + 30_000, 6], [at(2), 6], [at(3), 6], [at(4), 6]));
    expect(assessor.assess(series, { start: at(0), end: at(5) })).toBe('breach');
    expect(assessor.assess(series, { start: at(1), end: at(6) })).toBe('ok');
  });

  it('takes an empty bin for no violation, whatever the comparison', () => {
    const few = { operator: '<', threshold: 10 } as const;
    expect(look(failing(1, 5), few, [[at(1), 10]])).toEqual(['ok', 10]);
    expect(look(failing(1, 5), few, [])).toEqual(['none', null]);
  });

  it('applies the floor to each bin', () => {
    const ratio = { signal: { ...METRIC, over: METRIC.metric }, floor: 20 };
    expect(
      look(
        { ...failing(1, 5), ...ratio },
        above(0.5),
        [
          [at(0), 19],
          [at(1), 1],
        ],
        [
          [at(0), 19],
          [at(1), 20],
        ],
      )[0],
    ).toBe('ok');
  });
});

describe('folding', () => {
  const somePoints = fc
    .array(
      fc.record({
        minute: fc.integer({ min: -5, max: 10 }),
        value: fc.integer({ min: -50, max: 50 }),
        weight: fc.integer({ min: 1, max: 9 }),
      }),
    )
    .map((drawn) => [...new Map(drawn.map((one) => [one.minute, one])).values()].sort((a, b) => a.minute - b.minute));

  it('agrees with the definition', () => {
    fc.assert(
      fc.property(
        somePoints,
        fc.constantFrom<Aggregation>('total', 'count', 'average', 'minimum', 'maximum'),
        (drawn, aggregate) => {
          const inside = drawn.filter(({ minute }) => minute >= 0 && minute < 5);
          const values = inside.map(({ value }) => value);
          const sum = values.reduce((a, b) => a + b, 0);
          const weight = inside.reduce((a, b) => a + b.weight, 0);
          const mean = inside.reduce((a, b) => a + b.value * b.weight, 0) / weight;
          const naive = { total: sum, count: sum, average: mean, minimum: Math.min(...values), maximum: Math.max(...values) }[
            aggregate
          ];
          const [, value] = look(
            aggregated(aggregate),
            above(1_000),
            drawn.map((one) => [at(one.minute), one.value, one.weight] as const),
          );
          expect(value).toBe(inside.length === 0 ? null : naive);
        },
      ),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assessorOf } from '../../src/evaluate/assess.ts';
import { HOUR, MINUTE } from '../../src/model/duration.ts';
import type { BurnRateCondition } from '../../src/model/rule.ts';
import type { Point } from '../../src/model/series.ts';
import { NOON, points, ruleOf, seriesOf } from './support.ts';

const RATIO = {
  kind: 'metric',
  namespace: 'Microsoft.CognitiveServices/accounts',
  metric: { name: 'ModelRequests', where: { StatusCode: ['500'] }, aggregate: 'total' },
  over: { name: 'ModelRequests', where: {}, aggregate: 'total' },
  by: [],
  grain: MINUTE,
} as const;

function burning(changes: Partial<BurnRateCondition> = {}, floor = 0) {
  const condition: BurnRateCondition = {
    kind: 'burnRate',
    slo: 0.9,
    period: 30 * 24 * HOUR,
    counts: 'bad',
    scale: 1,
    pairs: [{ long: 10 * MINUTE, short: 2 * MINUTE, factor: 2, for: 0 }],
    ...changes,
  };
  return ruleOf({ signal: RATIO, condition, floor, window: Math.max(...condition.pairs.map((pair) => pair.long + pair.for)) });
}

/** Minutes until noon, the last one last: [bad, all]. */
function until(noon: readonly (readonly [bad: number, all: number] | null)[]) {
  const plain = (which: 0 | 1): readonly Point[] =>
    noon.flatMap((pair, index) => (pair === null ? [] : points([NOON - (noon.length - index) * MINUTE, pair[which]])));
  return seriesOf({}, plain(0), plain(1));
}

const look = (rule: ReturnType<typeof burning>, minutes: Parameters<typeof until>[0]) => {
  const assessor = assessorOf(rule);
  return [assessor.assess(until(minutes), { start: NOON - rule.window, end: NOON }), assessor.value()];
};

const repeat = <Item>(times: number, item: Item): readonly Item[] => Array.from({ length: times }, () => item);

describe('a burn rate', () => {
  it('is a breach only when both windows burn faster than the factor', () => {
    expect(look(burning(), repeat(10, [30, 100]))).toEqual(['breach', expect.closeTo(3)]);
    expect(look(burning(), [...repeat(8, [30, 100] as const), ...repeat(2, [0, 100] as const)])[0]).toBe('ok');
    expect(look(burning(), [...repeat(8, [0, 100] as const), ...repeat(2, [90, 100] as const)])).toEqual([
      'ok',
      expect.closeTo(1.8),
    ]);
  });

  it('is strict: exactly the factor is no breach, whatever binary fractions make of it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999 }), fc.integer({ min: 1, max: 50 }), (allowed, factor) => {
        fc.pre(allowed * factor < 1000);
        const rule = burning({
          slo: Number((1 - allowed / 1000).toPrecision(12)),
          pairs: [{ long: 10 * MINUTE, short: 2 * MINUTE, factor, for: 0 }],
        });
        expect(look(rule, repeat(10, [allowed * factor, 1000]))[0]).toBe('ok');
        expect(look(rule, repeat(10, [allowed * factor + 1, 1000]))[0]).toBe('breach');
      }),
    );
  });

  it('has no verdict below the floor of its long window, and none without data', () => {
    expect(look(burning({}, 1_001), repeat(10, [90, 100]))[0]).toBe('below floor');
    expect(look(burning({}, 1_000), repeat(10, [90, 100]))[0]).toBe('breach');
    expect(look(burning(), [])).toEqual(['none', null]);
  });

  it('is over when the short window holds nothing, for all that is known', () => {
    expect(look(burning(), [...repeat(8, [90, 100] as const), null, null])[0]).toBe('ok');
  });

  it('counts what is good as what is left of it', () => {
    expect(look(burning({ counts: 'good' }), repeat(10, [70, 100]))).toEqual(['breach', expect.closeTo(3)]);
    expect(look(burning({ counts: 'good' }), repeat(10, [95, 100]))[0]).toBe('ok');
  });

  it('must hold for as long as the pair says', () => {
    const rule = burning({ pairs: [{ long: 4 * MINUTE, short: 2 * MINUTE, factor: 2, for: 2 * MINUTE }] });
    const minutes = (bad: number) => [...repeat(8 - bad, [0, 100] as const), ...repeat(bad, [100, 100] as const)];
    // The long window is above 20 % with one bad minute of four: at noon, one and two minutes before.
    expect([1, 2, 3].map((bad) => look(rule, minutes(bad))[0])).toEqual(['ok', 'ok', 'breach']);
  });

  it('agrees with adding up by hand, over any minutes and pairs', () => {
    const minute = fc.option(
      fc.tuple(fc.nat(20), fc.nat(80)).map(([bad, good]) => [bad, bad + good] as const),
      { nil: null },
    );
    const pair = fc.record({
      long: fc.integer({ min: 3, max: 12 }),
      short: fc.integer({ min: 1, max: 2 }),
      factor: fc.integer({ min: 1, max: 4 }),
    });
    fc.assert(
      fc.property(
        fc.array(minute, { minLength: 12, maxLength: 12 }),
        fc.array(pair, { minLength: 1, maxLength: 3 }),
        (minutes, pairs) => {
          const share = (length: number) => {
            const own = minutes.slice(-length).filter((one) => one !== null);
            const all = own.reduce((sum, [, total]) => sum + total, 0);
            return all === 0 ? null : own.reduce((sum, [bad]) => sum + bad, 0) / all;
          };
          const above = (value: number | null, factor: number) => value !== null && value > factor * 0.1 + 1e-12;
          const expected = pairs.some(({ long, short, factor }) => above(share(long), factor) && above(share(short), factor));
          const rule = burning({
            pairs: pairs.map(({ long, short, factor }) => ({ long: long * MINUTE, short: short * MINUTE, factor, for: 0 })),
          });
          expect(look(rule, minutes)[0] === 'breach').toBe(expected);
        },
      ),
    );
  });
});

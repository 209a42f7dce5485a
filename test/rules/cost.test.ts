import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../src/model/duration.ts';
import { costOf } from '../../src/rules/cost.ts';
import { logSignal, metricSignal, ruleOf } from './fixtures.ts';

const metricRule = (id: string, every: number) =>
  ruleOf({ id, every, signal: metricSignal({ metric: { name: id, where: {}, aggregate: 'total' } }) });

describe('the cost of rules', () => {
  it('counts one metric call a minute for rules that share it', () => {
    const one = costOf([metricRule('A', MINUTE)]);
    const two = costOf([metricRule('A', MINUTE), metricRule('B', MINUTE)]);
    expect(one).toMatchObject({ metricCallsPerHour: 60, jobsPerHour: 60, callsPerMinute: 1 });
    expect(two).toMatchObject({ metricCallsPerHour: 60, jobsPerHour: 60, callsPerMinute: 1 });
    expect(two.stateOperationsPerHour).toBe(2 * one.stateOperationsPerHour);
  });

  it('falls with the frequency of evaluation', () => {
    const often = costOf([metricRule('A', MINUTE)]);
    const seldom = costOf([metricRule('A', 15 * MINUTE)]);
    expect(seldom.metricCallsPerHour).toBeLessThan(often.metricCallsPerHour);
    expect(seldom.monthly.storage).toBeLessThan(often.monthly.storage);
  });

  it('is free where everything stays within the free grants, and the sum of its parts beyond', () => {
    const few = costOf([metricRule('A', MINUTE)]).monthly;
    expect(few.metricCalls).toBe(0);
    // 30 rules over metrics that differ in their split, so that none shares a call: 30 × 60 × 730 calls are more than a million.
    const many = costOf(
      Array.from({ length: 30 }, (_, index) =>
        ruleOf({
          id: `R${index}`,
          on: { type: 'Microsoft.CognitiveServices/accounts', subscriptions: [`sub-${index}`] },
        }),
      ),
    );
    expect(many.metricCallsPerHour).toBe(30 * 60);
    expect(many.monthly.metricCalls).toBeCloseTo(((30 * 60 * 730 - 1_000_000) / 1_000) * 0.01, 2);
    const { metricCalls, logQueries, functions, storage, total } = many.monthly;
    expect(metricCalls + logQueries + functions + storage).toBeCloseTo(total, 1);
  });

  it('has no price for log queries, but counts them', () => {
    const cost = costOf([ruleOf({ signal: logSignal(), every: 5 * MINUTE, delay: 10 * MINUTE })]);
    expect(cost.logQueriesPerHour).toBeGreaterThan(0);
    expect(cost.monthly.logQueries).toBe(0);
  });
});

import { describe, expect, it } from 'vitest';
import { CATCH_UP_LIMIT, planWindows } from '../../src/evaluate/due.ts';
import { HOUR, MINUTE } from '../../src/model/duration.ts';
import type { ShardState } from '../../src/model/state.ts';
import { A, at, B, LOG, ruleOf } from './support.ts';

const judgedTo = (lastWindowEnd: number, more: Partial<ShardState> = {}): ShardState => ({
  version: 1,
  lastWindowEnd,
  lagging: {},
  instances: {},
  expected: {},
  recent: [],
  unsent: [],
  blind: {},
  ...more,
});

const ends = (plan: ReturnType<typeof planWindows>) => plan.due.map(({ window }) => (window.end - at(0)) / MINUTE);

describe('windows of a metric rule', () => {
  const rule = ruleOf({ window: 5 * MINUTE, delay: 3 * MINUTE });

  it('begin with the newest one that is complete, when nothing was judged before', () => {
    const plan = planWindows(rule, null, [A], null, at(10) + 30_000);
    expect(plan.due).toEqual([{ window: { start: at(2), end: at(7) }, targets: [A], late: [] }]);
    expect(plan.waiting).toBeNull();
  });

  it('end at multiples of `every` and are read `delay` later, not before', () => {
    const quarterly = ruleOf({ window: 30 * MINUTE, every: 15 * MINUTE, delay: 3 * MINUTE });
    expect(ends(planWindows(quarterly, judgedTo(at(0)), [A], null, at(18) - 1))).toEqual([]);
    expect(ends(planWindows(quarterly, judgedTo(at(0)), [A], null, at(18)))).toEqual([15]);
  });

  it('are caught up oldest first after the timer slept', () => {
    expect(ends(planWindows(rule, judgedTo(at(0)), [A], null, at(8)))).toEqual([1, 2, 3, 4, 5]);
  });

  it('are given up where the gap is longer than the limit, and the plan says which', () => {
    const plan = planWindows(rule, judgedTo(at(0)), [A], null, at(153));
    expect(plan.due).toHaveLength(CATCH_UP_LIMIT);
    expect(plan.due[0]?.window.end).toBe(at(31));
    expect(plan.due.at(-1)?.window.end).toBe(at(150));
    expect(plan.skipped).toEqual({ from: at(0), to: at(30), count: 30 });
    expect(planWindows(rule, judgedTo(at(0)), [A], null, at(123)).skipped).toBeNull();
  });

  it('are planned for a lagging target alone', () => {
    const plan = planWindows(rule, judgedTo(at(5), { lagging: { [B]: at(3) } }), [A, B], null, at(9));
    expect(plan.due.map(({ window, targets }) => [(window.end - at(0)) / MINUTE, targets])).toEqual([
      [4, [B]],
      [5, [B]],
      [6, [A, B]],
    ]);
  });

  it('are none without targets', () => {
    expect(planWindows(rule, null, [], null, at(9))).toMatchObject({ due: [], recheck: [], waiting: null, skipped: null });
  });

  it('are read once more when three times the delay has passed since their end', () => {
    const recent = [
      { end: at(1), breaches: [] },
      { end: at(2), breaches: [] },
    ];
    const state = judgedTo(at(7), { recent });
    expect(planWindows(rule, state, [A], null, at(10) - 1).recheck).toEqual([]);
    expect(planWindows(rule, state, [A], null, at(10)).recheck).toEqual([{ start: at(-4), end: at(1) }]);
    expect(planWindows(rule, state, [A], null, at(30)).recheck).toHaveLength(2);
  });
});

describe('windows of a log rule', () => {
  const rule = ruleOf({ signal: LOG, delay: 10 * MINUTE });

  it("wait for the table's watermark although the delay has passed", () => {
    const waiting = planWindows(rule, judgedTo(at(0)), [A], { [A]: at(1) - 1 }, at(12));
    expect(waiting.due).toEqual([]);
    expect(waiting.waiting).toBe('data late: newest AmlRunStatusChangedEvent row is 11m old');
    expect(ends(planWindows(rule, judgedTo(at(0)), [A], { [A]: at(1) }, at(12)))).toEqual([1]);
  });

  it('are not read before the delay, however new the newest row is', () => {
    expect(ends(planWindows(rule, judgedTo(at(0)), [A], { [A]: at(9) }, at(11)))).toEqual([1]);
  });

  it('are judged late once three times the delay has passed', () => {
    expect(ends(planWindows(rule, judgedTo(at(0)), [A], { [A]: null }, at(31) - 1))).toEqual([]);
    const plan = planWindows(rule, judgedTo(at(0)), [A], { [A]: at(-16) }, at(31));
    expect(plan.due).toEqual([{ window: { start: at(0), end: at(1) }, targets: [A], late: [A] }]);
    expect(plan.dataLate).toBe('data late: newest AmlRunStatusChangedEvent row is 47m old');
    expect(plan.silent).toEqual([]);
  });

  it('know a target of which there is no row at all', () => {
    const plan = planWindows(rule, judgedTo(at(0)), [A, B], { [A]: null, [B]: at(31) }, at(31));
    expect(plan.silent).toEqual([A]);
    expect(plan.dataLate).toBe('data late: no recent row of AmlRunStatusChangedEvent');
  });

  it('of a target without progress do not hold up the others', () => {
    const plan = planWindows(rule, judgedTo(at(0)), [A, B], { [A]: at(2), [B]: at(0) }, at(12));
    expect(plan.due.map(({ window, targets, late }) => [(window.end - at(0)) / MINUTE, targets, late])).toEqual([
      [1, [A], []],
      [2, [A], []],
    ]);
    expect(plan.waiting).toMatch(/12m old$/);
  });

  it('first judge the newest window that any target has', () => {
    const plan = planWindows(rule, null, [A, B], { [A]: at(20), [B]: at(-60) }, at(31));
    expect(plan.due).toEqual([{ window: { start: at(19), end: at(20) }, targets: [A], late: [] }]);
  });

  it('are never given up for waiting on their own patience', () => {
    const slow = ruleOf({ signal: LOG, delay: HOUR });
    const plan = planWindows(slow, judgedTo(at(0)), [A], { [A]: at(179) }, at(239));
    expect(plan.skipped).toBeNull();
    expect(plan.due).toHaveLength(179);
  });
});

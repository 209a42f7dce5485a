import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/model/duration.ts';
import { at, evaluateAt, groupBy, instances, minutes, NOON, ok, points, ruleOf, runOver, type World } from './support.ts';

const rule = ruleOf({ disposition: 'report', respond: null, labels: { team: 'ai' } });
const values = [20, 5, 30, 5, 40];
const times = values.map((_, index) => at(index + 1));

describe('a report rule', () => {
  const run = runOver(rule, () => ok(minutes(values)), times);

  it('tells nobody', () => {
    expect(run.transitions).toEqual([]);
    expect(run.state?.unsent).toEqual([]);
  });

  it('extends one finding per series and day: the count grows, the value is the newest', () => {
    expect(run.findings.map(({ kind, count, firstAt, lastAt, value }) => [kind, count, firstAt, lastAt, value])).toEqual([
      ['report', 1, at(1), at(1), 20],
      ['report', 2, at(1), at(3), 30],
      ['report', 3, at(1), at(5), 40],
    ]);
    expect(new Set(run.findings.map(({ id }) => id)).size).toBe(1);
    expect(run.findings[0]).toMatchObject({
      summary: 'chat on a: 20',
      labels: { ModelDeploymentName: 'chat', team: 'ai' },
      severity: 2,
    });
  });

  it('begins another finding on another day of UTC', () => {
    const hours = Array.from({ length: 26 }, (_, index) => NOON + (index + 1) * HOUR);
    const hourly = ruleOf({ disposition: 'report', respond: null, every: HOUR, window: HOUR });
    const world = (_: string, { end }: { end: number }) =>
      ok({ ...minutes([]), points: [{ at: end - MINUTE, value: 20, weight: 1 }] });
    const { findings } = runOver(hourly, world, hours);
    const byId = groupBy(findings, ({ id }) => id);
    expect(byId.map((all) => [Math.floor((all[0]?.firstAt ?? 0) / DAY), all.length, all.at(-1)?.count])).toEqual([
      [Math.floor(NOON / DAY), 11, 11],
      [Math.floor(NOON / DAY) + 1, 15, 15],
    ]);
  });

  it('honours `for`', () => {
    const { findings } = runOver({ ...rule, for: MINUTE }, () => ok(minutes([20, 5, 30, 30])), [1, 2, 3, 4].map(at));
    expect(findings.map(({ count, lastAt }) => [count, lastAt])).toEqual([[1, at(4)]]);
  });

  it('forgets a quiet series when the day is over', () => {
    const calm: World = (_, { end }) => ok({ ...minutes([]), points: points([end - MINUTE, 5]) });
    const later = evaluateAt(rule, run.state, calm, NOON + DAY);
    expect(instances(later.next)).toEqual([]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../src/model/duration.ts';
import type { ChangedCondition } from '../../src/model/rule.ts';
import { A, at, B, ok, points, ruleOf, runOver, seriesOf, unknown, type World } from './support.ts';

const condition: ChangedCondition = { kind: 'changed', labels: ['ModelDeploymentName'], within: HOUR, learn: 10 * MINUTE };
const rule = ruleOf({ condition });

/** Events by minute: names that speak then, on every target. */
function run(events: readonly (readonly string[])[], changes = {}, targets = [A]) {
  const names = [...new Set(events.flat())];
  const world: World = () =>
    ok(
      ...names.map((name) =>
        seriesOf(
          { ModelDeploymentName: name },
          points(...events.flatMap((now, minute) => (now.includes(name) ? [[at(minute), 1] as const] : []))),
        ),
      ),
    );
  return runOver(
    { ...rule, ...changes },
    world,
    events.map((_, index) => at(index + 1)),
    { targets },
  );
}

const told = ({ transitions }: ReturnType<typeof run>) =>
  transitions
    .filter(({ kind }) => kind === 'fired')
    .map(({ alert, at: when }) => `${alert.labels.ModelDeploymentName} ${(when - at(0)) / MINUTE}`);

const quiet = (minutes: number) => Array.from({ length: minutes }, () => ['old']);

describe('a value never seen before', () => {
  it('is learnt quietly at first, told once, and ends with its window', () => {
    const events = [...quiet(20), ['old', 'new'], ...Array.from({ length: 20 }, () => ['old', 'new'])];
    events[4] = ['old', 'early'];
    events[30] = ['old', 'early', 'new'];
    const all = run(events);
    expect(told(all)).toEqual(['new 21']);
    expect(all.transitions.map(({ kind }) => kind)).toEqual(['fired', 'resolved']);
  });

  it('is learnt for each target from when that was first looked at', () => {
    const events = [...quiet(20), ['old', 'new'], ...quiet(20)];
    const names = ['old', 'new'];
    const world: World = () =>
      ok(
        ...names.map((name) =>
          seriesOf(
            { ModelDeploymentName: name },
            points(...events.flatMap((now, minute) => (now.includes(name) ? [[at(minute), 1] as const] : []))),
          ),
        ),
      );
    const times = events.map((_, index) => at(index + 1));
    const { transitions } = runOver(rule, world, times, (now) => ({ targets: now < at(15) ? [A] : [A, B] }));
    expect(transitions.map(({ kind, alert }) => `${kind} ${alert.target.at(-1)}`)).toEqual(['fired a', 'resolved a']);
  });

  it('is not told for what could not be read, and told when it could', () => {
    const world: World = (_, { end }) =>
      end > at(15) && end <= at(20)
        ? unknown('throttled')
        : ok(
            seriesOf({ ModelDeploymentName: 'new' }, points([at(17), 1])),
            seriesOf({ ModelDeploymentName: 'old' }, points([end - MINUTE, 1])),
          );
    const { transitions } = runOver(
      { ...rule, delay: 10 * MINUTE },
      world,
      Array.from({ length: 40 }, (_, index) => at(index + 11)),
    );
    expect(transitions).toEqual([]);
  });

  it('agrees with a list of what was seen when, over any events', () => {
    const minute = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 3 });
    fc.assert(
      fc.property(
        fc.array(minute, { minLength: 15, maxLength: 60 }),
        fc.integer({ min: 2, max: 20 }),
        fc.integer({ min: 0, max: 12 }),
        (events, within, learn) => {
          const seen = new Map<string, number>();
          const expected: string[] = [];
          events.forEach((now, index) => {
            for (const name of [...now].sort()) {
              const last = seen.get(name);
              const isLearning = index < learn || index === 0;
              if ((last === undefined || index - last >= within) && !isLearning) expected.push(`${name} ${index + 1}`);
              seen.set(name, index);
            }
          });
          const own: ChangedCondition = { ...condition, within: within * MINUTE, learn: learn * MINUTE };
          const actual = told(run(events, { condition: own }));
          expect([...actual].sort()).toEqual(expected.sort());
        },
      ),
    );
  });

  it('keeps no more than its limit, and nothing longer than it needs', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uniqueArray(fc.nat(30).map(String), { maxLength: 6 }), { minLength: 1, maxLength: 80 }),
        (events) => {
          const { judgements } = run(events, { limit: 8, condition: { ...condition, within: 20 * MINUTE } });
          judgements.forEach(({ next }, index) => {
            const values = Object.values(next.known ?? {}).flatMap((known) => Object.values(known.values));
            expect(values.length).toBeLessThanOrEqual(8);
            for (const [, last] of values) expect(at(index + 1) - last).toBeLessThan(21 * MINUTE);
          });
        },
      ),
    );
  });
});

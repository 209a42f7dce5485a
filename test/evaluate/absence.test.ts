import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/model/duration.ts';
import type { Expectation, Rule } from '../../src/model/rule.ts';
import type { Reading } from '../../src/model/series.ts';
import type { Expected } from '../../src/model/target.ts';
import { A, B, evaluateAt, instances, LOG, NOON, ok, points, ruleOf, runOver, seriesOf, unknown, type World } from './support.ts';

const hour = (count: number) => NOON + count * HOUR;

/** Every hour: has each expected experiment spoken in the last six? */
function absent(expect: readonly Expectation[], changes: Partial<Rule> = {}): Rule {
  return ruleOf({
    id: 'DidNotRun',
    signal: { ...LOG, value: null },
    condition: { kind: 'absent', for: 6 * HOUR, expect },
    window: 6 * HOUR,
    every: HOUR,
    delay: 10 * MINUTE,
    ...changes,
  });
}

type Diary = Readonly<Record<string, readonly number[]>>;

/** Experiments and the hours at which they ran. Only what lies in a window is read, as a query would. */
const diary =
  (runs: Diary | ((target: string) => Diary)): World =>
  (target, { start, end }): Reading =>
    ok(
      ...Object.entries(typeof runs === 'function' ? runs(target) : runs).flatMap(([Experiment, hours]) => {
        const inside = hours.map(hour).filter((time) => time >= start && time < end);
        return inside.length === 0 ? [] : [seriesOf({ Experiment }, points(...inside.map((time) => [time, 1] as const)))];
      }),
    );

const hours = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => hour(from + index) + 10 * MINUTE);

/** Everything has always arrived, unless told otherwise. */
const arrived = (now: number) => ({ watermarks: { [A]: now, [B]: now } });

const names = (...given: readonly string[]): Expectation => ({ kind: 'names', names: given });
const inventory = (...given: readonly string[]): readonly Expected[] =>
  given.map((Experiment) => ({ targetId: A, labels: { Experiment } }));

const told = (run: ReturnType<typeof runOver>) =>
  run.transitions.map((one) => [
    one.kind,
    (one.at - NOON) / HOUR,
    one.alert.labels.Experiment ?? one.alert.labels.pipeline,
    one.alert.reason,
  ]);

describe('a name that is expected', () => {
  it('is absent at once where the first window shows none of its events for all of `for`', () => {
    const run = runOver(absent([names('nightly')]), diary({}), hours(0, 0), arrived);
    expect(told(run)).toEqual([['fired', 0, 'nightly', 'absent']]);
    expect(run.transitions[0]?.alert).toMatchObject({ condition: 'no event for 6h', value: null, activeAt: hour(0) });
  });

  it('fires when its last event has left the window, and resolves with the next event', () => {
    const run = runOver(absent([names('nightly')]), diary({ nightly: [0.5, 9.5] }), hours(1, 11), arrived);
    expect(told(run)).toEqual([
      ['fired', 7, 'nightly', 'absent'],
      ['resolved', 10, 'nightly', 'recovered'],
    ]);
  });

  it('counts an event at the very start of `for`', () => {
    expect(told(runOver(absent([names('nightly')]), diary({ nightly: [1] }), hours(2, 7), arrived))).toEqual([]);
  });

  it('is expected of every target of the shard', () => {
    const world = diary((target): Diary => (target === A ? { nightly: [0.5] } : {}));
    const run = runOver(absent([names('nightly')]), world, hours(1, 1), (now) => ({ ...arrived(now), targets: [A, B] }));
    expect(run.transitions.map((one) => one.alert.target)).toEqual([B]);
  });

  it('that is added later has `for` to speak', () => {
    const before = runOver(absent([names('other')]), diary({ other: [0.5] }), hours(1, 1), arrived);
    let state = before.state;
    const seen: number[] = [];
    for (const now of hours(2, 9)) {
      const run = runFrom(state, absent([names('other', 'nightly')]), diary({ other: [0.5, 3.5, 8.5] }), now);
      state = run.next;
      for (const one of run.transitions) if (one.kind === 'fired') seen.push((one.at - NOON) / HOUR);
    }
    expect(seen).toEqual([8]);
  });

  it('that is removed from the rule ends its alert', () => {
    const fired = runOver(absent([names('nightly')]), diary({}), hours(0, 0), arrived);
    const after = runFrom(fired.state, absent([names('other')]), diary({ other: [0.5] }), hour(1) + 10 * MINUTE);
    expect(after.transitions).toMatchObject([
      { kind: 'resolved', alert: { reason: 'rule changed', labels: { Experiment: 'nightly' } } },
    ]);
  });

  it('is told apart without case', () => {
    expect(told(runOver(absent([names('Nightly')]), diary({ NIGHTLY: [0.5] }), hours(1, 3), arrived))).toEqual([]);
  });
});

describe('an absence', () => {
  it('is unknown, not absent, where the data are late', () => {
    const rule = absent([names('nightly')]);
    const run = runOver(rule, diary({ nightly: [0.5] }), hours(1, 12), { watermarks: { [A]: hour(1) } });
    expect(run.transitions).toEqual([]);
    expect(instances(run.state)).toEqual([]);
    expect(run.judgements.at(-1)?.entry).toMatchObject({
      outcome: 'unknown',
      reason: 'data late: newest AmlRunStatusChangedEvent row is 11h10m old',
    });
  });

  it('is none although data are late where the key has spoken', () => {
    const run = runOver(absent([names('nightly')]), diary({ nightly: [0.5] }), [hour(1) + 40 * MINUTE], {
      watermarks: { [A]: NOON },
    });
    expect(run.judgements[0]?.entry).toMatchObject({ outcome: 'judged' });
    expect(run.state?.blind).toEqual({});
  });

  it('that fires does not resolve while the data are late, nor when they cannot be read, whatever the policy', () => {
    for (const policy of ['keep', 'ok', 'alert', 'report'] as const) {
      const rule = absent([names('nightly')], { noData: policy, onError: policy });
      const world: World = (target, window) => (window.end > hour(3) ? unknown('error') : diary({})(target, window));
      const run = runOver(rule, world, hours(0, 8), (now) => ({ watermarks: { [A]: Math.min(now, hour(1)) } }));
      expect(run.transitions.filter(({ kind }) => kind === 'resolved')).toEqual([]);
      expect(instances(run.state).filter(({ labels }) => 'Experiment' in labels)).toMatchObject([{ state: 'firing' }]);
    }
  });

  it('of a metric means what it says: no sample is no event', () => {
    const rule = absent([names('chat')], { signal: { ...ruleOf().signal, by: ['Experiment'] } as Rule['signal'] });
    const zeros: World = () => ok(seriesOf({ Experiment: 'chat' }, points([hour(-1), 0])));
    expect(told(runOver(rule, zeros, hours(0, 0)))).toEqual([['fired', 0, 'chat', 'absent']]);
  });

  it('waits for `for` of the rule like any other breach', () => {
    const rule = absent([names('nightly')], { for: 2 * HOUR });
    expect(told(runOver(rule, diary({}), hours(0, 3), arrived))).toEqual([['fired', 2, 'nightly', 'absent']]);
  });

  it('is proved by memory where the window is shorter than `for`, and time that could not be seen does not count', () => {
    const rule = absent([names('nightly')], { window: HOUR });
    expect(told(runOver(rule, diary({ nightly: [0.5] }), hours(1, 8), arrived))).toEqual([['fired', 7, 'nightly', 'absent']]);
    // The windows to 3 and 4 o'clock are judged before their data have come.
    const gap = runOver(rule, diary({ nightly: [0.5] }), hours(1, 12), (now) => ({
      watermarks: { [A]: now < hour(3) || now > hour(6) ? now : hour(2) },
    }));
    expect(gap.transitions.map((one) => (one.at - NOON) / HOUR)).toEqual([9]);
  });
});

describe('a key of the inventory', () => {
  const rule = absent([{ kind: 'inventory' }]);
  const with_ = (expected: readonly Expected[]) => (now: number) => ({ ...arrived(now), expected });

  it('that was never seen has `for` to speak, counted from when it was first expected', () => {
    expect(told(runOver(rule, diary({}), hours(0, 7), with_(inventory('score'))))).toEqual([['fired', 6, 'score', 'absent']]);
  });

  it('has at least the two hours that a new diagnostic setting may take', () => {
    const quick = absent([{ kind: 'inventory' }], {
      condition: { kind: 'absent', for: HOUR, expect: [{ kind: 'inventory' }] },
      window: HOUR,
    });
    expect(told(runOver(quick, diary({}), hours(0, 4), with_(inventory('score'))))).toEqual([['fired', 2, 'score', 'absent']]);
  });

  it('that fell silent fires as soon as `for` is over', () => {
    expect(told(runOver(rule, diary({ score: [0.5] }), hours(1, 8), with_(inventory('score'))))).toEqual([
      ['fired', 7, 'score', 'absent'],
    ]);
  });

  it('is retired 24 hours after it left, with that reason', () => {
    const run = runOver(rule, diary({ score: [0.5] }), hours(1, 40), (now) => ({
      ...arrived(now),
      expected: now < hour(11) ? inventory('score') : [],
    }));
    expect(told(run)).toEqual([
      ['fired', 7, 'score', 'absent'],
      ['resolved', 34, 'score', 'retired'],
    ]);
  });

  it('that comes back is expected anew', () => {
    const run = runOver(rule, diary({ score: [0.5] }), hours(1, 50), (now) => ({
      ...arrived(now),
      expected: now < hour(11) || now > hour(41) ? inventory('score') : [],
    }));
    expect(told(run).at(-1)).toEqual(['fired', 47, 'score', 'absent']);
  });

  it('is still expected while its target cannot be read', () => {
    const world: World = (target, window) => (window.end > hour(8) ? unknown('error') : diary({ score: [0.5] })(target, window));
    const run = runOver(rule, world, hours(1, 50), with_(inventory('score')));
    expect(told(run)).toEqual([['fired', 7, 'score', 'absent']]);
  });
});

describe('a key that was seen', () => {
  const rule = absent([{ kind: 'seen', within: 2 * DAY }]);

  it('is expected from then on', () => {
    expect(told(runOver(rule, diary({ nightly: [0.5] }), hours(0, 8), arrived))).toEqual([['fired', 7, 'nightly', 'absent']]);
  });

  it('is not expected before', () => {
    expect(told(runOver(rule, diary({}), hours(0, 8), arrived))).toEqual([]);
  });

  it('is forgotten after its time, which is told as retired', () => {
    const run = runOver(rule, diary({ nightly: [0.5] }), hours(0, 60), arrived);
    expect(told(run).at(-1)).toEqual(['resolved', 49, 'nightly', 'retired']);
  });

  it('of a retired deployment is not brought back by its old events', () => {
    const both = absent([{ kind: 'inventory' }, { kind: 'seen', within: 7 * DAY }], {
      condition: { kind: 'absent', for: 40 * HOUR, expect: [{ kind: 'inventory' }, { kind: 'seen', within: 7 * DAY }] },
      window: 40 * HOUR,
    });
    const run = runOver(both, diary({ score: [0.5, 8.5] }), hours(1, 90), (now) => ({
      ...arrived(now),
      expected: now < hour(9) ? inventory('score') : [],
    }));
    expect(told(run)).toEqual([]);
    expect(Object.values(run.state?.expected ?? {})).toMatchObject([{ retiredAt: hour(32) }]);
  });
});

describe('many keys at once', () => {
  const five = ['a', 'b', 'c', 'd', 'e'];
  const rule = absent([names(...five)]);

  it('are told by one alert for what they share, and by none of their own', () => {
    const run = runOver(rule, diary({ a: [0.5], b: [0.5], c: [0.5], d: [0.5], e: [0.5, 6.5] }), hours(1, 8), arrived);
    expect(told(run)).toEqual([['fired', 7, 'DidNotRun', 'absent']]);
    expect(run.transitions[0]?.alert.summary).toBe(
      '4 of 5 expected have had no event for 6h: look at what they share before each of them. Silent: a, b, c, d.',
    );
    expect(
      instances(run.state)
        .map(({ state }) => state)
        .sort(),
    ).toEqual(['firing', 'pending', 'pending', 'pending', 'pending']);
  });

  it('are told each by itself once fewer are silent', () => {
    const run = runOver(
      rule,
      diary({ a: [0.5, 7.5], b: [0.5, 7.5], c: [0.5], d: [0.5, 7.5], e: [0.5, 7.5] }),
      hours(1, 8),
      arrived,
    );
    expect(
      told(run)
        .map(([kind, hour, key]) => `${hour} ${kind} ${key}`)
        .sort(),
    ).toEqual(['7 fired DidNotRun', '8 fired c', '8 resolved DidNotRun']);
  });

  it('need to be three and more than half', () => {
    const two = absent([names('a', 'b')]);
    expect(
      told(runOver(two, diary({}), hours(0, 0), arrived))
        .map((one) => one[2])
        .sort(),
    ).toEqual(['a', 'b']);
    const six = absent([names('a', 'b', 'c', 'd', 'e', 'f')]);
    const half = runOver(six, diary({ a: [0.5], b: [0.5], c: [0.5] }), hours(1, 1), arrived);
    expect(
      told(half)
        .map((one) => one[2])
        .sort(),
    ).toEqual(['d', 'e', 'f']);
  });

  it('do not silence the end of an alert that was told before', () => {
    const world = diary({ a: [0.5, 9.5], b: [1.5], c: [1.5], d: [1.5], e: [9.5] });
    const run = runOver(absent([names('a', 'b', 'c', 'd')]), world, hours(2, 10), arrived);
    expect(told(run)).toEqual([
      ['fired', 7, 'a', 'absent'],
      ['fired', 8, 'DidNotRun', 'absent'],
      ['resolved', 10, 'a', 'recovered'],
    ]);
  });
});

describe('a vanished series', () => {
  it('never resolves an absence, whatever happens to the reading', () => {
    const step = fc.constantFrom('empty', 'others', 'error', 'late', 'nothing' as const);
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 12 }),
        fc.constantFrom('keep', 'ok', 'alert', 'report' as const),
        (course, policy) => {
          const rule = absent([names('nightly'), { kind: 'seen', within: 30 * DAY }], {
            noData: policy,
            onError: policy,
            keepFiringFor: HOUR,
          });
          const world: World = (target, window) => {
            const what = course[Math.round((window.end - hour(1)) / HOUR)];
            if (what === 'error') return unknown('error');
            return what === 'others' ? diary({ other: [(window.end - NOON) / HOUR - 0.5] })(target, window) : ok();
          };
          const run = runOver(rule, world, hours(0, course.length), (now) => {
            const what = course[Math.round((now - 10 * MINUTE - hour(1)) / HOUR)];
            return { watermarks: { [A]: what === 'late' ? NOON : now } };
          });
          const own = run.transitions.filter((one) => one.alert.labels.Experiment === 'nightly');
          expect(own.map(({ kind }) => kind)).toEqual(['fired']);
        },
      ),
      { numRuns: 200 },
    );
  });
});

function runFrom(state: ReturnType<typeof runOver>['state'], rule: Rule, world: World, now: number) {
  const judgement = evaluateAt(rule, state, world, now, arrived(now));
  return { ...judgement, next: { ...judgement.next, unsent: [] } };
}

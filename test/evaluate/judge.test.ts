import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CATCH_UP_LIMIT, planWindows } from '../../src/evaluate/due.ts';
import { judge, withoutUnsent } from '../../src/evaluate/judge.ts';
import { MINUTE } from '../../src/model/duration.ts';
import type { Rule } from '../../src/model/rule.ts';
import type { Series } from '../../src/model/series.ts';
import type { InstanceState, ShardState } from '../../src/model/state.ts';
import {
  A,
  at,
  B,
  evaluateAt,
  groupBy,
  instances,
  minutes,
  ok,
  points,
  ruleOf,
  runOver,
  seriesOf,
  statesOver,
  type World,
} from './support.ts';

const HIGH = 20;
const LOW = 5;

describe('a judgement', () => {
  it('remembers what it told until that is known to be queued', () => {
    const { next, transitions } = evaluateAt(ruleOf(), null, () => ok(minutes([HIGH])), at(1));
    expect(next.unsent).toEqual(transitions);
    const later = evaluateAt(ruleOf(), next, () => ok(minutes([HIGH, LOW])), at(2));
    expect(later.next.unsent.map(({ kind }) => kind)).toEqual(['fired', 'resolved']);
    expect(withoutUnsent(later.next, [transitions[0]?.id ?? '']).unsent.map(({ kind }) => kind)).toEqual(['resolved']);
  });

  it('tells of a catch-up in the evaluation log', () => {
    const first = evaluateAt(ruleOf(), null, () => ok(minutes([LOW])), at(1));
    const { entry } = evaluateAt(ruleOf(), first.next, () => ok(minutes(Array.from({ length: 61 }, () => LOW))), at(61));
    expect(entry).toEqual({
      outcome: 'judged',
      reason: 'caught up 60 windows, the oldest ended 59m ago',
      code: null,
      windows: 60,
      series: 60,
      breaches: 0,
      transitions: 0,
      windowEnd: at(61),
    });
  });

  it('makes a finding of windows that are given up, and counts their time for no clock', () => {
    const rule = ruleOf({ for: 150 * MINUTE });
    const high: World = (_, { end }) => ok(seriesOf({ ModelDeploymentName: 'chat' }, points([end - MINUTE, HIGH])));
    const first = evaluateAt(rule, null, high, at(1));
    const after = evaluateAt(rule, first.next, high, at(201));
    expect(after.findings).toMatchObject([{ kind: 'catch-up', code: 'TCN-E002', count: 80, firstAt: at(1), lastAt: at(81) }]);
    expect(after.entry.reason).toContain('80 windows given up');
    expect(instances(after.next)).toMatchObject([{ state: 'pending', activeAt: at(81) }]);
  });

  it('waits where nothing is due', () => {
    const first = evaluateAt(ruleOf(), null, () => ok(minutes([LOW])), at(1));
    const { next, entry } = evaluateAt(ruleOf(), first.next, () => ok(), at(1) + 1);
    expect(next).toBe(first.next);
    expect(entry).toMatchObject({ outcome: 'waiting', windows: 0, windowEnd: at(1) });
  });

  it('counts what was not read as an error, not as no data', () => {
    const plan = planWindows(ruleOf({ onError: 'ok' }), null, [A], null, at(1));
    const { entry } = judge(ruleOf({ onError: 'ok' }), null, plan, { due: [], recheck: [] }, [], at(1));
    expect(entry).toMatchObject({ outcome: 'unknown', code: 'TCN-X001' });
  });
});

/* The life of one series once more, as short as it can be said, to compare with. */
function naive(rule: Pick<Rule, 'for' | 'keepFiringFor'>, breaches: readonly boolean[]): readonly string[] {
  let state: 'inactive' | InstanceState = 'inactive';
  let since = 0;
  let forget = 0;
  return breaches.map((breach, index) => {
    const now = at(index + 1);
    if (state === 'resolved' && now - forget >= 15 * MINUTE && !breach) state = 'inactive';
    if (breach) {
      if (state === 'recovering') state = 'firing';
      if (state === 'inactive' || state === 'resolved') {
        state = 'pending';
        since = now;
      }
      if (state === 'pending' && now - since >= rule.for) state = 'firing';
    } else {
      if (state === 'pending') state = 'inactive';
      if (state === 'firing') {
        state = 'recovering';
        since = now;
      }
      if (state === 'recovering' && (rule.keepFiringFor === 0 || (now > since && now - since >= rule.keepFiringFor))) {
        state = 'resolved';
        forget = now;
      }
    }
    return state === 'inactive' ? '-' : state;
  });
}

const duration = fc.integer({ min: 0, max: 4 }).map((count) => count * MINUTE);
const someRule = fc
  .record({ for: duration, keepFiringFor: duration })
  .map((timing) => ruleOf({ ...timing, window: 2 * MINUTE, delay: MINUTE }));
/** Mostly steady, so that `for` and `keepFiringFor` come to their end; `null` is a minute without data. */
const course = fc
  .array(fc.tuple(fc.constantFrom(HIGH, HIGH, LOW, LOW, null), fc.integer({ min: 1, max: 6 })), { minLength: 1, maxLength: 12 })
  .map((runs) => runs.flatMap(([value, length]) => Array.from({ length }, () => value)).slice(0, CATCH_UP_LIMIT - 1));

const estate = fc
  .array(fc.record({ target: fc.constantFrom(A, B), name: fc.constantFrom('a', 'b', 'c'), values: course }), {
    minLength: 1,
    maxLength: 5,
  })
  .map((drawn) => [...new Map(drawn.map((one) => [one.target + one.name, one])).values()]);

type Estate = typeof estate extends fc.Arbitrary<infer Value> ? Value : never;

const seriesIn = (drawn: Estate, target: string): readonly Series[] =>
  drawn.filter((one) => one.target === target).map(({ name, values }) => minutes(values, { ModelDeploymentName: name }));
const worldIn =
  (drawn: Estate): World =>
  (target) =>
    ok(...seriesIn(drawn, target));
const lengthOf = (drawn: Estate) => Math.max(...drawn.map(({ values }) => values.length));
const ticks = (count: number) => Array.from({ length: count }, (_, index) => at(index + 2));
const BOTH = { targets: [A, B] };

/** What must be equal whatever the way by which it came about; `recent` depends on when windows were judged. */
const settled = ({ recent: _, unsent: __, ...state }: ShardState) => state;

describe('every series', () => {
  it('lives as the table says', () => {
    fc.assert(
      fc.property(
        fc.record({ for: duration, keepFiringFor: duration }),
        fc.array(fc.boolean(), { maxLength: 60 }),
        (timing, breaches) => {
          expect(
            statesOver(
              ruleOf(timing),
              breaches.map((breach) => (breach ? HIGH : LOW)),
            ),
          ).toEqual(naive(timing, breaches));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('never fires before its breach has lasted `for`', () => {
    fc.assert(
      fc.property(someRule, estate, (rule, drawn) => {
        const { judgements } = runOver(rule, worldIn(drawn), ticks(lengthOf(drawn)), BOTH);
        for (const { transitions } of judgements) {
          for (const { kind, alert } of transitions)
            if (kind === 'fired') expect(alert.startsAt - alert.activeAt).toBeGreaterThanOrEqual(rule.for);
        }
        // From its beginning to its firing, no window of the series was ok.
        const states = judgements.map(({ next }) => next);
        states.forEach((state, index) => {
          for (const one of instances(state)) {
            if (one.state !== 'firing' || one.firedAt !== state.lastWindowEnd) continue;
            const before = states.slice(0, index).filter(({ lastWindowEnd }) => lastWindowEnd >= one.activeAt);
            for (const { instances: known } of before) expect(known[one.fingerprint]?.state).toBe('pending');
          }
        });
      }),
    );
  });

  it('fires and resolves in turn', () => {
    fc.assert(
      fc.property(someRule, estate, (rule, drawn) => {
        const { transitions } = runOver(rule, worldIn(drawn), ticks(lengthOf(drawn)), BOTH);
        const turns = transitions.filter(({ kind }) => kind !== 'worsened');
        for (const told of groupBy(turns, ({ alert }) => alert.fingerprint)) {
          told.forEach(({ kind }, index) => {
            expect(kind).toBe(index % 2 === 0 ? 'fired' : 'resolved');
          });
        }
        expect(new Set(transitions.map(({ id }) => id)).size).toBe(transitions.length);
      }),
    );
  });
});

describe('an evaluation', () => {
  it('that runs twice has no effect the second time', () => {
    fc.assert(
      fc.property(someRule, estate, (rule, drawn) => {
        let state: ShardState | null = null;
        for (const now of ticks(lengthOf(drawn))) {
          const once = evaluateAt(rule, state, worldIn(drawn), now, BOTH);
          const twice = evaluateAt(rule, once.next, worldIn(drawn), now, BOTH);
          expect(twice.next).toEqual(once.next);
          expect([twice.transitions, twice.findings]).toEqual([[], []]);
          // The same message again, planned before the first was written.
          const plan = planWindows(rule, state, [A, B], null, now);
          const readings = { [A]: worldIn(drawn)(A, { start: 0, end: 0 }), [B]: worldIn(drawn)(B, { start: 0, end: 0 }) };
          const stale = judge(
            rule,
            once.next,
            plan,
            {
              due: plan.due.map(({ window }) => ({ window, readings })),
              recheck: plan.recheck.map((window) => ({ window, readings })),
            },
            [],
            now,
          );
          expect(stale.next).toEqual(once.next);
          expect(stale.transitions).toEqual([]);
          state = once.next;
        }
      }),
      { numRuns: 50 },
    );
  });

  it('does not depend on the order of series or of targets', () => {
    fc.assert(
      fc.property(someRule, estate, (rule, drawn) => {
        const forward = runOver(rule, worldIn(drawn), ticks(lengthOf(drawn)), BOTH);
        const backward = runOver(rule, worldIn([...drawn].reverse()), ticks(lengthOf(drawn)), { targets: [B, A] });
        expect(backward.state).toEqual(forward.state);
        expect(backward.transitions).toEqual(forward.transitions);
      }),
    );
  });

  it('comes to the same end and tells the same, however time is cut into ticks', () => {
    fc.assert(
      fc.property(someRule, estate, fc.infiniteStream(fc.integer({ min: 1, max: 7 })), (rule, drawn, steps) => {
        const last = at(lengthOf(drawn) + 1);
        const times: number[] = [at(2)];
        for (const step of steps) {
          const next = (times.at(-1) ?? 0) + step * MINUTE;
          if (next >= last) break;
          times.push(next);
        }
        const inOne = runOver(rule, worldIn(drawn), [at(2), last], BOTH);
        const inMany = runOver(rule, worldIn(drawn), [...times, last], BOTH);
        const perMinute = runOver(rule, worldIn(drawn), ticks(lengthOf(drawn)), BOTH);
        for (const other of [inMany, perMinute]) {
          expect(settled(other.state as ShardState)).toEqual(settled(inOne.state as ShardState));
          expect(other.transitions).toEqual(inOne.transitions);
        }
      }),
    );
  });

  it('keeps no state of series that are inactive', () => {
    fc.assert(
      fc.property(someRule, estate, (rule, drawn) => {
        const calm = drawn.map((one) => ({ ...one, values: one.values.map((value) => value && LOW) }));
        const { state } = runOver(rule, worldIn(calm), ticks(lengthOf(drawn)), BOTH);
        expect(state?.instances).toEqual({});
      }),
    );
  });

  it('survives being stored as JSON between any two runs', () => {
    fc.assert(
      fc.property(someRule, estate, (rule, drawn) => {
        let plain: ShardState | null = null;
        let stored: ShardState | null = null;
        for (const now of ticks(lengthOf(drawn))) {
          plain = evaluateAt(rule, plain, worldIn(drawn), now, BOTH).next;
          stored = JSON.parse(JSON.stringify(evaluateAt(rule, stored, worldIn(drawn), now, BOTH).next)) as ShardState;
        }
        expect(stored).toEqual(plain);
      }),
      { numRuns: 50 },
    );
  });
});

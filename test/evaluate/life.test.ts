import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../src/model/duration.ts';
import { at, instances, minutes, ok, ruleOf, runOver, statesOver } from './support.ts';

/** Values around a threshold of 10. */
const HIGH = 20;
const LOW = 5;

const told = (rule: ReturnType<typeof ruleOf>, values: readonly (number | null)[]) =>
  runOver(
    rule,
    () => ok(minutes(values)),
    values.map((_, index) => at(index + 1)),
  ).transitions.map((one) => [one.kind, (one.at - at(0)) / MINUTE, one.alert.reason]);

describe('an inactive series', () => {
  it('is pending at its first breach under `for`', () => {
    expect(statesOver(ruleOf({ for: 3 * MINUTE }), [LOW, HIGH])).toEqual(['-', 'pending']);
  });

  it('fires at once without `for`, and its breach began at the end of that window', () => {
    const { state, transitions } = runOver(ruleOf(), () => ok(minutes([HIGH])), [at(1)]);
    expect(instances(state)[0]).toMatchObject({
      state: 'firing',
      activeAt: at(1),
      firedAt: at(1),
      value: HIGH,
      reason: 'breach',
    });
    expect(transitions).toHaveLength(1);
    expect(transitions[0]).toMatchObject({ kind: 'fired', at: at(1), alert: { activeAt: at(1), startsAt: at(1), endsAt: null } });
  });

  it('leaves nothing behind while it is ok', () => {
    const { state, transitions } = runOver(ruleOf(), () => ok(minutes([LOW, LOW])), [at(1), at(2)]);
    expect([instances(state), transitions]).toEqual([[], []]);
  });
});

describe('a pending series under `for: 3m`', () => {
  const rule = ruleOf({ for: 3 * MINUTE });

  it('fires at the first window that ends three minutes after the breach began', () => {
    expect(statesOver(rule, [HIGH, HIGH, HIGH, HIGH])).toEqual(['pending', 'pending', 'pending', 'firing']);
    expect(told(rule, [HIGH, HIGH, HIGH, HIGH])).toEqual([['fired', 4, 'breach']]);
  });

  it('forgets a breach that ends earlier, without a notification', () => {
    expect(statesOver(rule, [HIGH, HIGH, LOW, HIGH])).toEqual(['pending', 'pending', '-', 'pending']);
    expect(told(rule, [HIGH, HIGH, LOW, HIGH])).toEqual([]);
  });

  it('gets no grace from keepFiringFor', () => {
    expect(statesOver(ruleOf({ for: 3 * MINUTE, keepFiringFor: 10 * MINUTE }), [HIGH, HIGH, LOW])).toEqual([
      'pending',
      'pending',
      '-',
    ]);
  });

  it('keeps the time at which the breach began as `activeAt` of its alert', () => {
    const { transitions } = runOver(rule, () => ok(minutes([HIGH, HIGH, HIGH, HIGH])), [1, 2, 3, 4].map(at));
    expect(transitions[0]?.alert).toMatchObject({ activeAt: at(1), startsAt: at(4) });
  });
});

describe('a firing series', () => {
  it('resolves at the first ok without keepFiringFor', () => {
    expect(statesOver(ruleOf(), [HIGH, LOW])).toEqual(['firing', 'resolved']);
    expect(told(ruleOf(), [HIGH, LOW])).toEqual([
      ['fired', 1, 'breach'],
      ['resolved', 2, 'recovered'],
    ]);
  });

  it('recovers first with keepFiringFor, whose clock starts at the first ok', () => {
    const rule = ruleOf({ keepFiringFor: 2 * MINUTE });
    expect(statesOver(rule, [HIGH, HIGH, LOW, LOW, LOW])).toEqual(['firing', 'firing', 'recovering', 'recovering', 'resolved']);
    expect(told(rule, [HIGH, HIGH, LOW, LOW, LOW])).toEqual([
      ['fired', 1, 'breach'],
      ['resolved', 5, 'recovered'],
    ]);
  });

  it('is over when the sample falls below the floor', () => {
    const rule = ruleOf({ floor: 2 });
    const world = (_: string, { end }: { end: number }) =>
      ok({ ...minutes([HIGH, HIGH]), points: [{ at: end - MINUTE, value: HIGH, weight: end === at(1) ? 2 : 1 }] });
    expect(runOver(rule, world, [at(1), at(2)]).transitions.at(-1)).toMatchObject({
      kind: 'resolved',
      alert: { reason: 'below floor', value: null },
    });
  });
});

describe('a recovering series', () => {
  const rule = ruleOf({ keepFiringFor: 3 * MINUTE, for: 2 * MINUTE });

  it('fires again at once, not through pending, and nobody is told because nobody was told of an end', () => {
    expect(statesOver(rule, [HIGH, HIGH, HIGH, LOW, HIGH])).toEqual(['pending', 'pending', 'firing', 'recovering', 'firing']);
    expect(told(rule, [HIGH, HIGH, HIGH, LOW, HIGH])).toEqual([['fired', 3, 'breach']]);
  });

  it('begins its grace anew after a relapse', () => {
    const states = statesOver(rule, [HIGH, HIGH, HIGH, LOW, LOW, HIGH, LOW, LOW, LOW, LOW]);
    expect(states.slice(3)).toEqual(['recovering', 'recovering', 'firing', 'recovering', 'recovering', 'recovering', 'resolved']);
  });
});

describe('a resolved series', () => {
  it('is kept for 15 minutes and then forgotten', () => {
    const states = statesOver(ruleOf(), [HIGH, ...Array.from({ length: 16 }, () => LOW)]);
    expect(states[15]).toBe('resolved');
    expect(states[16]).toBe('-');
  });

  it('passes through `for` again as a new episode', () => {
    const rule = ruleOf({ for: MINUTE });
    expect(statesOver(rule, [HIGH, HIGH, LOW, HIGH, HIGH])).toEqual(['pending', 'firing', 'resolved', 'pending', 'firing']);
    const { transitions } = runOver(rule, () => ok(minutes([HIGH, HIGH, LOW, HIGH, HIGH])), [1, 2, 3, 4, 5].map(at));
    expect(transitions.map((one) => [one.kind, one.alert.startsAt])).toEqual([
      ['fired', at(2)],
      ['resolved', at(2)],
      ['fired', at(5)],
    ]);
    expect(new Set(transitions.map((one) => one.alert.fingerprint)).size).toBe(1);
    expect(new Set(transitions.map((one) => one.id)).size).toBe(3);
  });
});

describe('hysteresis', () => {
  const rule = ruleOf({
    condition: { kind: 'threshold', when: { operator: '>', threshold: 10 }, clear: { operator: '<', threshold: 6 } },
    keepFiringFor: 2 * MINUTE,
  });

  it('keeps a firing series firing until `clear` holds', () => {
    expect(statesOver(rule, [11, 8, 7, 5, 5, 5])).toEqual(['firing', 'firing', 'firing', 'recovering', 'recovering', 'resolved']);
  });

  it('takes a recovering series back when `clear` holds no longer', () => {
    expect(statesOver(rule, [11, 5, 8])).toEqual(['firing', 'recovering', 'firing']);
  });

  it('does not make a series breach that is not firing', () => {
    expect(statesOver(rule, [8, 7])).toEqual(['-', '-']);
    expect(statesOver({ ...rule, for: 3 * MINUTE }, [11, 8])).toEqual(['pending', '-']);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { levelOf } from '../../src/model/acknowledgement.ts';
import { MINUTE } from '../../src/model/duration.ts';
import type { Rule } from '../../src/model/rule.ts';
import { at, minutes, ok, ruleOf, runOver } from './support.ts';

/** What is told of one series whose values come minute by minute; the threshold is 10. */
function told(values: readonly number[], changes: Partial<Rule> = {}): readonly string[] {
  const { transitions } = runOver(
    ruleOf(changes),
    () => ok(minutes(values)),
    values.map((_, index) => at(index + 1)),
  );
  return transitions.map(({ kind, alert }) => `${kind} ${alert.value}`);
}

describe('a series that goes further out while it fires', () => {
  it('is told once for each level that it reaches', () => {
    expect(told([11, 19, 20, 30, 21, 39, 40, 15, 41, 5])).toEqual(['fired 11', 'worsened 20', 'worsened 40', 'resolved 5']);
  });

  it('begins where it fired, and anew with every episode', () => {
    expect(told([45, 60, 5, 11, 25])).toEqual(['fired 45', 'resolved 5', 'fired 11', 'worsened 25']);
  });

  it('is not told while it is pending or recovering', () => {
    expect(told([11, 50, 50, 90], { for: 2 * MINUTE })).toEqual(['fired 50', 'worsened 90']);
    expect(told([11, 5, 5, 25], { keepFiringFor: 5 * MINUTE })).toEqual(['fired 11', 'worsened 25']);
  });

  it('downwards counts by halves', () => {
    const below = { condition: { kind: 'threshold', when: { operator: '<', threshold: 10 }, clear: null } } as const;
    expect(told([9, 5, 4, 2.5, 20], below)).toEqual(['fired 9', 'worsened 5', 'worsened 2.5', 'resolved 20']);
  });

  it('is told of every level at most once in an episode, in rising order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 20 }), (values) => {
        let level = 0;
        for (const line of told(values)) {
          const [kind, value] = line.split(' ');
          const next = levelOf(Number(value), 10, '>');
          if (kind === 'worsened') expect(next).toBeGreaterThan(level);
          level = kind === 'resolved' ? 0 : next;
        }
      }),
    );
  });
});

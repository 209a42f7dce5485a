import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextTurns } from '../../src/alerts/turns.ts';

const NOW = Date.parse('2026-11-21T08:00:00Z');
const perSecond = { interval: 1_000, burst: 1 };

describe('turns of a receiver with a rate limit', () => {
  it('come at once where nobody asked lately, then at even distances', () => {
    expect(nextTurns(0, perSecond, 3, NOW)).toEqual({ turns: [NOW, NOW + 1_000, NOW + 2_000], freeAt: NOW + 3_000 });
    expect(nextTurns(0, { interval: 250, burst: 4 }, 6, NOW).turns.map((turn) => turn - NOW)).toEqual([0, 0, 0, 0, 250, 500]);
  });

  it('go on where others stopped', () => {
    const { freeAt } = nextTurns(0, perSecond, 3, NOW);
    expect(nextTurns(freeAt, perSecond, 1, NOW + 500).turns).toEqual([NOW + 3_000]);
    expect(nextTurns(freeAt, perSecond, 1, NOW + 60_000).turns).toEqual([NOW + 60_000]);
  });

  it('are never more in any span than the limit and one burst, whoever asks when', () => {
    const asks = fc.array(fc.record({ wait: fc.nat(5_000), count: fc.integer({ min: 1, max: 5 }) }), {
      minLength: 1,
      maxLength: 40,
    });
    const limits = fc.record({ interval: fc.integer({ min: 50, max: 5_000 }), burst: fc.integer({ min: 1, max: 8 }) });
    fc.assert(
      fc.property(asks, limits, fc.integer({ min: 1, max: 60_000 }), (each, limit, span) => {
        let [now, free] = [NOW, 0];
        const all: number[] = [];
        for (const { wait, count } of each) {
          now += wait;
          const { turns, freeAt } = nextTurns(free, limit, count, now);
          for (const turn of turns) expect(turn).toBeGreaterThanOrEqual(now);
          all.push(...turns);
          free = freeAt;
        }
        for (const start of all) {
          const within = all.filter((turn) => turn >= start && turn < start + span).length;
          expect(within).toBeLessThanOrEqual(limit.burst + Math.ceil(span / limit.interval));
        }
      }),
    );
  });
});

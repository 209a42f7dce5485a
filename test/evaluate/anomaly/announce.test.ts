import { describe, expect, it } from 'vitest';
import { announce, crossingOf, MEDIUM, NO_INCIDENT, scoreOf } from '../../../src/evaluate/anomaly/announce.ts';
import type { Crossing } from '../../../src/evaluate/anomaly/detector.ts';
import { openStream } from '../../../src/evaluate/anomaly/stream.ts';
import { DAY, HOUR, MONDAY, STEP, steady } from './support.ts';

/** Margins in, what is announced of each out. */
function announced(margins: readonly number[]): readonly number[] {
  let incident = NO_INCIDENT;
  return margins.map((margin) => {
    const told = announce(incident, margin);
    incident = told.incident;
    return told.news;
  });
}

const quiet = (samples: number): readonly number[] => Array.from({ length: samples }, () => 0);

describe('an incident', () => {
  it('is announced where it begins and where it gets worse, not while it lasts', () => {
    expect(announced([0.2, 0.1, 0.2, 0.3, 0.25, 0.3])).toEqual([0.2, 0, 0, 0.3, 0, 0]);
  });

  it('ends after twelve samples within the usual', () => {
    expect(announced([0.3, ...quiet(11), 0.2])).toEqual([0.3, ...quiet(11), 0]);
    expect(announced([0.3, ...quiet(12), 0.2])).toEqual([0.3, ...quiet(12), 0.2]);
  });
});

describe('the score', () => {
  it('is one half at the threshold of medium sensitivity and below one everywhere', () => {
    expect(scoreOf(0)).toBe(0);
    expect(scoreOf(MEDIUM)).toBe(0.5);
    expect(scoreOf(1e9)).toBeLessThanOrEqual(1);
  });

  it('of a spike stands where it begins, and at most once more where it ends', () => {
    const stream = openStream();
    const scores: number[] = [];
    for (let at = MONDAY; at < MONDAY + 5 * DAY; at += STEP) {
      scores.push(stream.score(at, at === MONDAY + 4 * DAY + 3 * HOUR ? 200 : steady(at)));
    }
    const told = scores.flatMap((score, index) => (score > 0 ? [index] : []));
    const spike = (4 * DAY + 3 * HOUR) / STEP;
    expect(told).toEqual([spike, spike + 1]);
  });
});

describe('a side', () => {
  const crossing = (look: Crossing['look'], margin: number): Crossing => ({ look, margin, direction: 'above', limit: 1 });
  const seen = { ready: true, above: crossing('value', 0.2), below: crossing('peak', 0.3), unlike: crossing('variation', 0.4) };

  it('sees its own crossings only; both sides see the furthest of all', () => {
    expect(crossingOf(seen, 'above')?.look).toBe('value');
    expect(crossingOf(seen, 'below')?.look).toBe('peak');
    expect(crossingOf(seen, 'both')?.look).toBe('variation');
    expect(crossingOf({ ...seen, below: null }, 'below')).toBeNull();
  });
});

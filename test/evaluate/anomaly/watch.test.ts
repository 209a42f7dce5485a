import { describe, expect, it } from 'vitest';
import { openWatch, type Watch, type WatchOutcome } from '../../../src/evaluate/anomaly/watch.ts';
import type { AnomalyCondition } from '../../../src/model/rule.ts';
import { DAY, HOUR, MONDAY, officeHours, type Shape, STEP, steady } from './support.ts';

const CONDITION: AnomalyCondition = {
  kind: 'anomaly',
  sensitivity: 'medium',
  side: 'both',
  history: { time: 3 * DAY, samples: 30 },
};
const START = MONDAY + 8 * DAY;

function watched(changes: Partial<AnomalyCondition> = {}, shape: Shape = steady): Watch {
  const watch = openWatch({ ...CONDITION, ...changes }, [], null);
  for (let at = MONDAY; at < START; at += STEP) watch.take(at, shape(at));
  return watch;
}

/** What values, one after the other from `START` on, are said to be. */
function said(watch: Watch, values: readonly number[]): string {
  const signs: Readonly<Record<WatchOutcome, string>> = { learning: '?', usual: '.', outside: '!' };
  return values.map((value, index) => signs[watch.take(START + index * STEP, value)]).join('');
}

const times = (count: number, value: number): readonly number[] => Array.from({ length: count }, () => value);

describe('sensitivity', () => {
  it('is how far out of the range an incident begins: the range is 100 to 116', () => {
    const beginning = (sensitivity: AnomalyCondition['sensitivity']) =>
      [117.2, 118.2, 120.2].map((value) => said(watched({ sensitivity }), [value])).join('');
    expect(beginning('high')).toBe('!!!');
    expect(beginning('medium')).toBe('.!!');
    expect(beginning('low')).toBe('..!');
  });

  it('bounds the band', () => {
    const upper = (sensitivity: AnomalyCondition['sensitivity']) => watched({ sensitivity }).band(START).upper ?? 0;
    expect(upper('high')).toBeLessThan(upper('medium'));
    expect(upper('medium')).toBeLessThan(upper('low'));
    expect(upper('medium')).toBeCloseTo(116 + 0.12 * 16);
  });
});

describe('a side', () => {
  it('is the only one on which anything is a breach, and the other has no bound', () => {
    expect(said(watched({ side: 'above' }), [50, 150])).toBe('.!');
    expect(said(watched({ side: 'below' }), [150, 50])).toBe('.!');
    expect(watched({ side: 'above' }).band(START)).toMatchObject({ lower: null });
    expect(watched({ side: 'below' }).band(START)).toMatchObject({ upper: null });
  });
});

describe('a value that creeps away within a day', () => {
  it('is found once it has come far enough, however small its steps', () => {
    const watch = watched({ side: 'above' }, officeHours);
    const outcomes: WatchOutcome[] = [];
    for (let step = 0; step < 110; step++) {
      const at = START + 8 * HOUR + step * STEP;
      outcomes.push(watch.take(at, officeHours(at) + step / 2));
    }
    const first = outcomes.indexOf('outside');
    expect(first).toBeGreaterThan(5);
    expect(first).toBeLessThan(60);
    expect(outcomes.slice(-20)).not.toContain('usual');
  });
});

describe('an incident', () => {
  it('lasts while the series is outside of what was usual when it began, however little', () => {
    expect(said(watched({ side: 'above' }), [150, 130, 117, 116.5, 110, 117, 110])).toBe('!!!!.!.');
  });

  it('is over after twelve samples within; then the same again is none, because it is known of today', () => {
    expect(said(watched({ side: 'above' }), [130, ...times(12, 110), 130, 125])).toBe(`!${'.'.repeat(14)}`);
  });

  it('is one again on another day', () => {
    const watch = watched({ side: 'above' });
    expect(watch.take(START, 130)).toBe('outside');
    for (let at = START + STEP; at < START + DAY; at += STEP) watch.take(at, steady(at));
    expect(watch.take(START + DAY + HOUR, 130)).toBe('outside');
  });

  it('of a new level ends at the second midnight', () => {
    const watch = watched({ side: 'above' });
    let last = 0;
    for (let at = START + 6 * HOUR; at < START + 4 * DAY; at += STEP)
      if (watch.take(at, steady(at) + 100) === 'outside') last = at;
    expect(last).toBe(START + 2 * DAY - STEP);
  });

  it('keeps its band as it was, so that a chart shows what was crossed', () => {
    const watch = watched();
    const before = watch.band(START);
    said(watch, times(20, 500));
    expect(watch.band(START).upper).toBeLessThan((before.upper ?? 0) + 200);
    expect(watch.memory()?.excursion).toMatchObject({ since: START, value: [100, 116] });
  });

  it('goes on from what was stored', () => {
    const watch = watched({}, officeHours);
    said(watch, [5_000, 5_000]);
    const stored = JSON.parse(JSON.stringify({ days: watch.baseline(), memory: watch.memory() }));
    const again = openWatch(CONDITION, stored.days, stored.memory);
    for (let index = 2; index < 40; index++) {
      const value = index < 10 ? 4_000 : officeHours(START + index * STEP);
      expect(again.take(START + index * STEP, value)).toBe(watch.take(START + index * STEP, value));
      expect(again.outsideOf(5)).toBe(watch.outsideOf(5));
    }
  });
});

describe('the last verdicts', () => {
  it('are counted for `failing: n of m`', () => {
    const watch = watched({ side: 'above' });
    said(watch, [150, 110, 150]);
    expect([watch.outsideOf(1), watch.outsideOf(2), watch.outsideOf(3), watch.outsideOf(32)]).toEqual([1, 1, 2, 2]);
  });
});

describe('a series without history', () => {
  it('is being learnt', () => {
    const watch = openWatch(CONDITION, [], null);
    expect(watch.memory()).toBeNull();
    expect(said(watch, [1, 1e9])).toBe('??');
    expect(watch.band(START)).toMatchObject({ usual: null });
  });
});

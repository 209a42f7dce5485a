import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coveredTime, episodeOf, stripOf } from '../../src/digest/episodes.ts';
import { DAY, HOUR, MINUTE } from '../../src/model/duration.ts';
import { resolvedAfter, throttledAlert } from '../support/fixtures/alerts.ts';
import { DAY_WINDOW } from '../support/fixtures/day.ts';

const { start, end } = DAY_WINDOW;

describe('an episode in a digest', () => {
  it('counts only the part of its time that lies in the window', () => {
    const episode = episodeOf(resolvedAfter(throttledAlert({ startsAt: start - 30 * MINUTE }), 90), DAY_WINDOW);
    expect([episode.duration, episode.firingTime, episode.open]).toEqual([90 * MINUTE, 60 * MINUTE, false]);
  });

  it('is open when it was firing at the end of the window, even if it has resolved since', () => {
    const open = episodeOf(throttledAlert({ startsAt: end - HOUR }), DAY_WINDOW);
    const since = episodeOf(resolvedAfter(throttledAlert({ startsAt: end - HOUR }), 75), DAY_WINDOW);
    expect([since.open, since.endsAt, since.duration]).toEqual([true, null, HOUR]);
    expect([open.open, open.duration]).toEqual([true, HOUR]);
  });

  it('tells the value farthest into the breach', () => {
    const alert = throttledAlert({ startsAt: start + HOUR, value: 0.2 });
    expect(episodeOf(alert, DAY_WINDOW).peak).toBeCloseTo(0.36);
    const points = [0.9, 0.4, 0.7].map((value, minute) => ({ at: start + HOUR + minute * MINUTE, value }));
    const below = { ...alert, condition: '< 95%', value: 0.8, evidence: { ...alert.evidence, points } };
    expect(episodeOf(below, DAY_WINDOW).peak).toBe(0.4);
  });

  it('counts what receivers were told and what did not reach them', () => {
    const history = [
      { at: start, what: 'notified', reason: 'oncall: first', value: null },
      { at: start, what: 'notify failed', reason: 'chatops: TCN-N002 answered 403', value: null },
      { at: start, what: 'notified', reason: 'oncall: repeat due', value: null },
    ] as const;
    const episode = episodeOf(throttledAlert({ history }), DAY_WINDOW);
    expect([episode.deliveries, episode.failedDeliveries]).toEqual([2, 1]);
  });
});

describe('the strip', () => {
  it('has a cell an hour for a day, also when the clock is moved, and four a day for a week', () => {
    const cells = (length: number) => stripOf([], [], { start, end: start + length }).length;
    expect([cells(DAY), cells(23 * HOUR), cells(25 * HOUR), cells(7 * DAY), cells(7 * DAY + HOUR), cells(3 * HOUR)]).toEqual([
      24, 23, 25, 28, 28, 24,
    ]);
  });

  it('says unknown where nobody could tell, unless something fired', () => {
    const fired = episodeOf(resolvedAfter(throttledAlert({ startsAt: start + 2 * HOUR }), 30), DAY_WINDOW);
    const strip = stripOf([fired], [{ start: start + HOUR + MINUTE, end: start + 3 * HOUR - MINUTE }], DAY_WINDOW);
    expect(strip.slice(0, 4).map(({ state, share }) => [state, share])).toEqual([
      ['quiet', 0],
      ['unknown', 0],
      ['firing', 0.5],
      ['quiet', 0],
    ]);
  });

  it('shares add up to the time in which anything fired', () => {
    const spans = fc.array(fc.tuple(fc.integer({ min: -200, max: 1500 }), fc.integer({ min: 1, max: 600 })), { maxLength: 8 });
    fc.assert(
      fc.property(spans, (list) => {
        const episodes = list.map(([from, minutes]) =>
          episodeOf(resolvedAfter(throttledAlert({ startsAt: start + from * MINUTE }), minutes), DAY_WINDOW),
        );
        const inStrip = stripOf(episodes, [], DAY_WINDOW).reduce((sum, cell) => sum + cell.share * (cell.end - cell.start), 0);
        const minutes = new Set<number>();
        for (const [from, length] of list) {
          for (let minute = Math.max(0, from); minute < Math.min(1440, from + length); minute += 1) minutes.add(minute);
        }
        expect(inStrip).toBeCloseTo(minutes.size * MINUTE, 3);
      }),
    );
  });
});

it('time covered by overlapping spans is counted once', () => {
  const spans = fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 30 })), { maxLength: 12 });
  fc.assert(
    fc.property(spans, (list) => {
      const naive = new Set(list.flatMap(([from, length]) => Array.from({ length }, (_, index) => from + index)));
      expect(coveredTime(list.map(([from, length]) => ({ start: from, end: from + length })))).toBe(naive.size);
    }),
  );
});

import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MEDIUM } from '../../../src/evaluate/anomaly/announce.ts';
import { openDetector } from '../../../src/evaluate/anomaly/detector.ts';
import { MINIMUM_HISTORY } from '../../../src/evaluate/anomaly/stream.ts';
import { DAY, feed, fresh, HOUR, hourAt, MINUTE, MONDAY, officeHours, STEP, steady, strong, workWeek } from './support.ts';

describe('a series with too little history', () => {
  it('shows nothing for three days, whatever it does', () => {
    const wild = (at: number) => (hourAt(at) === 5 ? 1e9 : steady(at));
    expect(feed(fresh(), wild, MONDAY, MONDAY + 3 * DAY)).toEqual([]);
  });

  it('shows nothing before thirty samples, however old it is', () => {
    const detector = fresh();
    for (let sample = 0; sample < 29; sample++) expect(detector.take(MONDAY + sample * DAY, sample % 2).ready).toBe(false);
    expect(detector.take(MONDAY + 29 * DAY, 500)).toMatchObject({ ready: true, above: { look: 'value' } });
  });

  it('can be asked for more', () => {
    const detector = fresh({ time: 10 * DAY, samples: 30 });
    feed(detector, steady, MONDAY, MONDAY + 9 * DAY);
    expect(detector.take(MONDAY + 9 * DAY, 1e6)).toMatchObject({ above: null, below: null });
  });
});

describe('a value outside of all that was seen', () => {
  it('crosses above or below, by so many widths of the range', () => {
    const detector = fresh();
    feed(detector, steady, MONDAY, MONDAY + 4 * DAY);
    const width = 16;
    expect(detector.take(MONDAY + 4 * DAY, 116 + 2 * width).above).toEqual({
      look: 'value',
      direction: 'above',
      limit: 116,
      margin: 2,
    });
    expect(detector.take(MONDAY + 4 * DAY + STEP, 100 - width).below).toMatchObject({ direction: 'below' });
  });

  it('has to go further where a series has always jumped', () => {
    const jumpy = (at: number) => (Math.floor(at / STEP) % 97 === 0 ? 1_000 : steady(at));
    const calm = fresh();
    const restless = fresh();
    feed(calm, steady, MONDAY, MONDAY + 5 * DAY);
    feed(restless, jumpy, MONDAY, MONDAY + 5 * DAY);
    expect(calm.take(MONDAY + 5 * DAY, 1_050).above?.margin).toBeGreaterThan(50);
    expect(restless.take(MONDAY + 5 * DAY, 1_050).above?.margin).toBeLessThan(MEDIUM);
  });

  it('is found again a day later: one odd day does not make it usual', () => {
    const detector = fresh();
    feed(detector, steady, MONDAY, MONDAY + 9 * DAY);
    const spike = (day: number) => (at: number) => (at === MONDAY + day * DAY + 12 * HOUR ? 130 : steady(at));
    const above = (day: number) =>
      feed(detector, spike(day), MONDAY + day * DAY, MONDAY + (day + 1) * DAY).filter(({ above }) => above !== null);
    expect(strong(above(9))).toHaveLength(1);
    expect(strong(above(10))).toHaveLength(1);
    expect(above(11)).toEqual([]);
  });

  it('widens what is usual by no more than its width, so that a misreading does not blind the rule', () => {
    const detector = fresh();
    feed(detector, steady, MONDAY, MONDAY + 4 * DAY);
    detector.take(MONDAY + 4 * DAY, 1e12);
    detector.take(MONDAY + 4 * DAY + STEP, 100);
    expect(detector.range('value')).toMatchObject({ low: 100, high: 132 });
  });

  it('is forgotten after four weeks', () => {
    const detector = fresh();
    const early = (at: number) => (at < MONDAY + 3 * DAY && hourAt(at) === 7 ? 900 : steady(at));
    feed(detector, early, MONDAY, MONDAY + 28 * DAY);
    expect(detector.range('value').high).toBe(900);
    feed(detector, early, MONDAY + 28 * DAY, MONDAY + 33 * DAY);
    expect(detector.range('value').high).toBe(116);
    expect(detector.baseline()).toHaveLength(28);
  });
});

describe('the season', () => {
  it('finds a morning that did not come, though the value is one of every night', () => {
    const detector = fresh();
    expect(strong(feed(detector, officeHours, MONDAY, MONDAY + 6 * DAY))).toEqual([]);
    const [first] = strong(feed(detector, (at) => officeHours(at % HOUR), MONDAY + 6 * DAY, MONDAY + 6 * DAY + 9 * HOUR));
    expect(first).toMatchObject({ at: MONDAY + 6 * DAY + 8 * HOUR, below: { look: 'residual' } });
  });

  it('finds a busy night, though the value is one of every day', () => {
    const detector = fresh();
    feed(detector, officeHours, MONDAY, MONDAY + 6 * DAY);
    expect(detector.take(MONDAY + 6 * DAY + 2 * HOUR, 1_000)).toMatchObject({ above: { look: 'residual' }, below: null });
  });

  it('knows the weekend once it has seen three of every weekday', () => {
    const detector = fresh();
    feed(detector, workWeek, MONDAY, MONDAY + 21 * DAY);
    expect(feed(detector, workWeek, MONDAY + 21 * DAY, MONDAY + 28 * DAY)).toEqual([]);
    expect(detector.usual(MONDAY + 28 * DAY + 12 * HOUR)?.median).toBeGreaterThan(1_000);
    expect(detector.usual(MONDAY + 33 * DAY + 12 * HOUR)?.median).toBeLessThan(40);
  });

  it('is a median: one day out of order does not move it', () => {
    const detector = fresh();
    feed(detector, (at) => (at < MONDAY + 6 * DAY ? officeHours(at) : 0), MONDAY, MONDAY + 7 * DAY);
    expect(detector.usual(MONDAY + 7 * DAY + 12 * HOUR)?.median).toBeGreaterThan(1_000);
  });

  it('never takes a distance for odd that is within three spreads of its hour', () => {
    const detector = fresh();
    const drifting = (at: number) => 500 + 100 * (Math.floor((at - MONDAY) / DAY) % 2);
    feed(detector, drifting, MONDAY, MONDAY + 8 * DAY);
    expect(detector.usual(MONDAY + 8 * DAY)?.spread).toBeGreaterThan(50);
    expect(detector.take(MONDAY + 8 * DAY, 600)).toMatchObject({ above: null, below: null });
  });
});

describe('the other looks', () => {
  it('see a level that stays up although it has been reached before', () => {
    const detector = fresh();
    const spiky = (at: number) => (Math.floor(at / STEP) % 40 === 0 ? 500 : steady(at));
    feed(detector, spiky, MONDAY, MONDAY + 5 * DAY);
    const seen = strong(feed(detector, () => 450, MONDAY + 5 * DAY, MONDAY + 5 * DAY + 2 * HOUR));
    expect(seen.find(({ above }) => above !== null)?.above?.look).toBe('trough');
  });

  it('see that what used to come every hour stays away', () => {
    const detector = fresh();
    const hourly = (at: number) => (Math.floor(at / STEP) % 12 === 0 ? 500 : 10);
    feed(detector, hourly, MONDAY, MONDAY + 5 * DAY);
    const seen = strong(feed(detector, () => 10, MONDAY + 5 * DAY + STEP, MONDAY + 5 * DAY + 4 * HOUR));
    expect(seen.find(({ below }) => below !== null)?.below?.look).toBe('peak');
  });

  it('see a series that begins to shake within its range', () => {
    const detector = fresh();
    const wave = (at: number) => 500 + Math.round(400 * Math.sin((2 * Math.PI * at) / DAY));
    feed(detector, wave, MONDAY, MONDAY + 5 * DAY);
    const shaking = (at: number) => wave(at) + (Math.floor(at / STEP) % 2 === 0 ? 60 : -60);
    const seen = strong(feed(detector, shaking, MONDAY + 5 * DAY, MONDAY + 5 * DAY + 6 * HOUR));
    expect(seen[0]?.unlike).toMatchObject({ look: 'variation', direction: 'above' });
  });
});

describe('data as they come', () => {
  it('counts no sample twice, and none that is older than the newest or no number', () => {
    const detector = fresh();
    feed(detector, steady, MONDAY, MONDAY + 4 * DAY);
    const before = detector.track();
    for (const at of [MONDAY, MONDAY + 4 * DAY - STEP])
      expect(detector.take(at, 1e6)).toMatchObject({ above: null, below: null });
    expect(detector.take(MONDAY + 4 * DAY, Number.NaN)).toMatchObject({ above: null, below: null });
    expect(detector.track()).toEqual(before);
  });

  it('does not take a gap for an incident, nor compare across a long one', () => {
    const detector = fresh();
    feed(detector, officeHours, MONDAY, MONDAY + 6 * DAY);
    expect(strong(feed(detector, officeHours, MONDAY + 9 * DAY, MONDAY + 11 * DAY))).toEqual([]);
    expect(detector.baseline().map(({ day }) => day - MONDAY / DAY)).toEqual([0, 1, 2, 3, 4, 5, 9]);
  });

  it('goes on from what was stored, at any sample, as if nothing had happened', () => {
    const shape = (at: number) => officeHours(at) + (hourAt(at) === 13 ? 300 : 0) + Math.sin(at);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 6 * 288 }), { maxLength: 12 }), (stops) => {
        const whole = fresh();
        let parted = fresh();
        for (let sample = 0; sample < 6 * 288; sample++) {
          const at = MONDAY + sample * STEP;
          expect(parted.take(at, shape(at))).toEqual(whole.take(at, shape(at)));
          if (!stops.includes(sample)) continue;
          const stored = JSON.parse(JSON.stringify({ days: parted.baseline(), track: parted.track() }));
          parted = openDetector(stored.days, stored.track, MINIMUM_HISTORY, MEDIUM);
        }
        expect(parted.track()).toEqual(whole.track());
        expect(parted.baseline()).toEqual(whole.baseline());
      }),
      { numRuns: 20 },
    );
  });

  it('does not depend on the unit of the values', () => {
    fc.assert(
      fc.property(fc.constantFrom(2 ** -20, 2 ** -3, 4, 2 ** 30), (scale) => {
        const one = fresh();
        const other = fresh();
        const shape = (at: number) => officeHours(at) + (at > MONDAY + 4 * DAY && hourAt(at) === 3 ? 2_000 : 0);
        for (let at = MONDAY; at < MONDAY + 6 * DAY; at += 30 * MINUTE) {
          const margin = one.take(at, shape(at)).above?.margin ?? 0;
          expect(other.take(at, shape(at) * scale).above?.margin ?? 0).toBeCloseTo(margin, 2);
        }
      }),
    );
  });

  it('stays small: five KiB a series when packed, after two months at one sample a minute', () => {
    const detector = fresh();
    feed(detector, (at) => officeHours(at) + Math.sin(at), MONDAY, MONDAY + 60 * DAY, MINUTE);
    const stored = JSON.stringify({ days: detector.baseline(), track: detector.track() });
    expect(gzipSync(stored).byteLength).toBeLessThan(5 * 1024);
    expect(detector.baseline()).toHaveLength(28);
  });
});

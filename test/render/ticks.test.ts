import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/model/duration.ts';
import { niceScale, timeTicks } from '../../src/render/ticks.ts';

describe('the scale of values', () => {
  it.each([
    [0, 0.36, [0, 0.1, 0.2, 0.3, 0.4]],
    [0, 1, [0, 0.5, 1]],
    [0, 7, [0, 2, 4, 6, 8]],
    [-3, 12, [-5, 0, 5, 10, 15]],
    [0, 0, [0, 0.5, 1]],
    [5, 5, [0, 2, 4, 6]],
    [-4, -4, [-4, -3, -2, -1, 0]],
  ])('for %d to %d has the ticks %j', (low, high, ticks) => expect(niceScale(low, high, 4).ticks).toEqual(ticks));

  it('holds its range, in few steps of 1, 2 or 5 times a power of ten', () => {
    const value = fc.double({ min: -1e9, max: 1e9, noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(value, value, fc.integer({ min: 2, max: 8 }), (a, b, wanted) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        fc.pre(high - low > 1e-6 * Math.max(1, Math.abs(low), Math.abs(high)));
        const { min, max, step, ticks } = niceScale(low, high, wanted);
        expect(min).toBeLessThanOrEqual(low + step * 1e-6);
        expect(max).toBeGreaterThanOrEqual(high - step * 1e-6);
        expect(ticks.length).toBeLessThanOrEqual(wanted + 2);
        const leading = step / 10 ** Math.floor(Math.log10(step * 1.000001));
        expect([1, 2, 5].some((factor) => Math.abs(leading - factor) < 1e-6)).toBe(true);
      }),
    );
  });
});

describe('the ticks of time', () => {
  const at = (text: string) => Date.parse(text);
  const labels = (start: string, end: string, zone: string, wanted = 6) =>
    timeTicks(at(start), at(end), zone, wanted).map(({ label }) => label);

  it('are round times of the clock on the wall', () => {
    expect(labels('2026-11-21T02:18:00Z', '2026-11-21T03:17:00Z', 'UTC', 4)).toEqual(['02:30', '02:45', '03:00', '03:15']);
    expect(labels('2026-11-21T00:10:00Z', '2026-11-21T05:50:00Z', 'Asia/Kolkata')).toEqual([
      '06:00',
      '07:00',
      '08:00',
      '09:00',
      '10:00',
      '11:00',
    ]);
  });

  it('name the day at midnight', () => {
    expect(labels('2026-11-20T20:30:00Z', '2026-11-21T03:30:00Z', 'UTC', 4)).toEqual(['22:00', 'Sat 21 Nov', '02:00']);
    expect(labels('2026-11-16T08:00:00Z', '2026-11-21T08:00:00Z', 'UTC', 5)).toEqual([
      'Tue 17 Nov',
      'Wed 18 Nov',
      'Thu 19 Nov',
      'Fri 20 Nov',
      'Sat 21 Nov',
    ]);
  });

  it('stay on midnight across a change of the clock', () => {
    const ticks = timeTicks(at('2026-10-23T22:00:00Z'), at('2026-10-27T23:00:00Z'), 'Europe/Berlin', 6);
    expect(ticks.map((tick) => new Date(tick.at).toISOString())).toEqual([
      '2026-10-23T22:00:00.000Z',
      '2026-10-24T22:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
      '2026-10-26T23:00:00.000Z',
      '2026-10-27T23:00:00.000Z',
    ]);
  });

  it('lie within the span, ascend, and are not many', () => {
    const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe');
    fc.assert(
      fc.property(
        zone,
        fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2027-01-01T00:00:00Z') }),
        fc.integer({ min: 2 * MINUTE, max: 400 * DAY }),
        (name, start, length) => {
          const ticks = timeTicks(start, start + length, name, 5).map((tick) => tick.at);
          expect(ticks).toEqual([...new Set(ticks)].sort((a, b) => a - b));
          expect(ticks.every((tick) => tick >= start && tick <= start + length)).toBe(true);
          expect(ticks.length).toBeLessThanOrEqual(7);
          if (length > 6 * HOUR && length < 5 * DAY) expect(ticks.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 200 },
    );
  });
});

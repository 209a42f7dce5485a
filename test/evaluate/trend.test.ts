import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meanOf, theilSen } from '../../src/evaluate/trend.ts';

const line = (slope: number, base: number, count: number, noise: (x: number) => number = () => 0) =>
  Array.from({ length: count }, (_, x) => ({ x, y: base + slope * x + noise(x) }));

/** A fixed, small disturbance without a trend of its own. */
const wobble = (x: number) => ((x * 5) % 7) / 7 - 0.5;

describe('a robust trend', () => {
  it('is the line itself where there is no noise', () => {
    fc.assert(
      fc.property(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -50, max: 50 }), (slope, base) => {
        const trend = theilSen(line(slope, base, 14), 0.95);
        expect(trend?.slope).toBeCloseTo(slope, 9);
        expect(trend?.low).toBeCloseTo(slope, 9);
        expect(trend?.high).toBeCloseTo(slope, 9);
        expect(trend?.at(20)).toBeCloseTo(base + slope * 20, 6);
      }),
    );
  });

  it('is hardly moved by three wild days of fourteen', () => {
    const samples = line(2, 10, 14, wobble).map((sample, index) => (index % 5 === 2 ? { ...sample, y: 900 } : sample));
    const trend = theilSen(samples, 0.95);
    expect(trend?.slope).toBeGreaterThan(1.5);
    expect(trend?.slope).toBeLessThan(3);
  });

  it('holds 0 in its interval where there is none', () => {
    const trend = theilSen(line(0, 50, 14, wobble), 0.95);
    expect(trend?.low).toBeLessThanOrEqual(0);
    expect(trend?.high).toBeGreaterThanOrEqual(0);
  });

  it('is wider the surer it must be, and never leaves the middle out', () => {
    const samples = fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 3, maxLength: 40 });
    fc.assert(
      fc.property(samples, (values) => {
        const points = values.map((y, x) => ({ x, y }));
        const [low, medium, high] = [0.8, 0.95, 0.99].map((confidence) => theilSen(points, confidence));
        if (low == null || medium == null || high == null) throw new Error('three samples are a trend');
        expect(high.low).toBeLessThanOrEqual(medium.low);
        expect(medium.low).toBeLessThanOrEqual(low.low);
        expect(low.low).toBeLessThanOrEqual(low.slope);
        expect(low.slope).toBeLessThanOrEqual(low.high);
        expect(low.high).toBeLessThanOrEqual(medium.high);
        expect(medium.high).toBeLessThanOrEqual(high.high);
      }),
    );
  });

  it('needs three samples', () => {
    expect(theilSen(line(1, 0, 2), 0.95)).toBeNull();
    expect(meanOf([1, 2], 0.95)).toBeNull();
  });

  it('passes through what most samples agree on', () => {
    const trend = theilSen(
      [1, 3, 5, 20, 9].map((y, x) => ({ x, y })),
      0.95,
    );
    expect(trend?.slope).toBe(2);
    expect(trend?.at(0)).toBe(1);
  });
});

import { describe, expect, it } from 'vitest';
import { nextRepeats, repeatWait } from '../../src/alerts/repeat.ts';

const HOUR = 3_600_000;
const timing = { repeatInterval: HOUR, repeatFactor: 2, repeatLimit: 24 * HOUR };

describe('reminders', () => {
  it('come at the interval where it does not grow', () => {
    expect([0, 1, 9].map((repeats) => repeatWait(repeats, { repeatInterval: HOUR }))).toEqual([HOUR, HOUR, HOUR]);
  });

  it('double their wait up to the limit, and stay there', () => {
    const waits: number[] = [];
    for (let repeats = 0, each = 0; each < 8; each++) {
      waits.push(repeatWait(repeats, timing) / HOUR);
      repeats = nextRepeats(repeats, 0, timing);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 16, 16, 16]);
  });

  it('come sooner again after time in which nothing had to be said', () => {
    expect(nextRepeats(3, 8 * HOUR, timing)).toBe(3);
    expect(nextRepeats(3, 9 * HOUR, timing)).toBe(2);
    expect(nextRepeats(3, 24 * HOUR, timing)).toBe(0);
  });
});

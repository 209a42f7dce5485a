import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { civilDay, dateText, instantText, monthStart, nextMonthStart } from '../../src/model/instant.ts';

const times = fc.integer({ min: Date.parse('1900-01-01'), max: Date.parse('2400-01-01') });

describe('a time in UTC', () => {
  it('has the day that the platform gives it', () => {
    fc.assert(
      fc.property(times, (time) => {
        const date = new Date(time);
        expect(civilDay(time)).toEqual({ year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() });
        expect(instantText(time)).toBe(`${date.toISOString().slice(0, 19)}Z`);
        expect(dateText(time)).toBe(date.toISOString().slice(0, 10));
      }),
    );
  });

  it('lies in a month that begins and ends where the calendar says', () => {
    fc.assert(
      fc.property(times, (time) => {
        const date = new Date(time);
        expect(monthStart(time)).toBe(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1));
        expect(nextMonthStart(time)).toBe(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1));
      }),
    );
  });
});

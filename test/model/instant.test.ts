import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { civilDay, dateText, instantText, monthStart, nextMonthStart, parseInstant } from '../../src/model/instant.ts';

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

  it('are read from ISO 8601 of any precision and zone, as the platform does', () => {
    for (const text of [
      '2021-10-28T19:09:09.1115084Z',
      '2019-08-26T08:34:14+00:00',
      '2024-02-29T23:59:59.9-05:30',
      '1969-12-31T00:00Z',
    ])
      expect(parseInstant(text)).toBe(new Date(text).getTime());
    for (const text of ['3/22/2019 1:36:31 PM', '2024-13-01T00:00:00Z', '2024-01-01T00:00:00', ''])
      expect(parseInstant(text)).toBeNull();
  });
});

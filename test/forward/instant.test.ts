import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochMsOf, instantOf, parseInstant } from '../../src/forward/instant.ts';

const JAN_9 = Date.UTC(2007, 0, 9, 9, 41) / 1000;

describe('the time of a record', () => {
  it.each([
    ['01/09/2007 09:41:00', 0],
    ['1/9/2007 09:41:00', 0],
    ['01/09/2007 09:41:00 AM', 0],
    ['1/9/2007 9:41:00 AM', 0],
    ['1/9/2007 10:41:00 AM +01:00', 0],
    ['2007-01-09T09:41:00', 0],
    ['2007-01-09 09:41:00', 0],
    ['2007-01-09T09:41:00Z', 0],
    ['2007-01-09T09:41:00.22Z', 220_000_000],
    ['2007-01-09T09:41:00.6816663Z', 681_666_300],
    ['2007-01-09T09:41:00.535404056Z', 535_404_056],
    ['2007-01-09T09:41:00.5354040567Z', 535_404_056],
    ['2007-01-09T09:41:00.992099+00:00', 992_099_000],
    ['2007-01-09T11:41:00+02:00', 0],
    ['2007-01-09T09:41:00 +00:00', 0],
    ['2007-01-09T04:11:00-0530', 0],
    ['2007-01-09T09: 41: 00.5Z', 500_000_000],
  ])('is the same in %s', (text, nanos) => {
    expect(parseInstant(text)).toEqual({ seconds: JAN_9, nanos });
  });

  it.each([
    ['11/3/2020 9:06:42 PM +00:00', Date.UTC(2020, 10, 3, 21, 6, 42)],
    ['12/31/2026 12:00:00 AM', Date.UTC(2026, 11, 31)],
    ['12/31/2026 12:30:00 PM', Date.UTC(2026, 11, 31, 12, 30)],
    ['2024-02-29T23:59:59Z', Date.UTC(2024, 1, 29, 23, 59, 59)],
    ['2026-12-31T23:59:60Z', Date.UTC(2027, 0, 1)],
  ])('is right in %s', (text, ms) => {
    expect(epochMsOf(parseInstant(text) ?? { seconds: 0, nanos: 0 })).toBe(ms);
  });

  it.each([
    [''],
    ['yesterday'],
    ['2023-02-29T00:00:00Z'],
    ['2023-13-01T00:00:00Z'],
    ['2023-12-01T24:00:00Z'],
    ['0001-01-01T00:00:00Z'],
    ['2026-03-10T21:41:05.Z'],
    ['13/01/2026 10:00:00'],
    ['1/9/2007 13:41:00 PM'],
    ['1970-01-01T00:00:00+02:00'],
  ])('is none in %j', (text) => {
    expect(parseInstant(text)).toBeNull();
  });

  it('is what Date says of any moment, to the millisecond', () => {
    const range = { min: new Date(0), max: new Date('2200-01-01'), noInvalidDate: true };
    fc.assert(
      fc.property(fc.date(range), (date) => {
        const instant = parseInstant(date.toISOString());
        expect(instant).toEqual(instantOf(date.getTime()));
        expect(instant === null ? null : epochMsOf(instant)).toBe(date.getTime());
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/model/duration.ts';
import { count, formatAge, formatNumber, formatPercent, formatSpan, formatValue } from '../../src/render/format.ts';

describe('numbers', () => {
  it.each([
    [0, '0'],
    [-0, '0'],
    [0.00123456, '0.00123'],
    [12.345, '12.3'],
    [999.9, '1,000'],
    [1_234_567.8, '1,234,568'],
    [-1500, '-1,500'],
    [Number.NaN, 'not a number'],
  ])('%d reads %s', (value, expected) => expect(formatNumber(value)).toBe(expected));
});

describe('percentages', () => {
  it.each([
    [0, '0%'],
    [0.1, '10%'],
    [0.1234, '12.3%'],
    [0.0042, '0.42%'],
    [1, '100%'],
    [0.9995, '99.95%'],
    [0.999999, '99.99%'],
    [12.5, '1,250%'],
  ])('%d reads %s', (ratio, expected) => expect(formatPercent(ratio)).toBe(expected));

  it('never read as 100% below one', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (ratio) => {
        expect(formatPercent(ratio)).not.toBe('100%');
      }),
    );
  });
});

it('a value that is missing is said to be, and is not a zero', () => {
  expect(formatValue(null, 'ratio')).toBe('no value');
  expect(formatValue(0, 'ratio')).toBe('0%');
});

describe('lengths of time', () => {
  it.each([
    [0, '0 s'],
    [45 * SECOND, '45 s'],
    [90 * SECOND, '1 min 30 s'],
    [HOUR, '1 h'],
    [HOUR + 5 * MINUTE + 59 * SECOND, '1 h 5 min'],
    [2 * DAY + 3 * HOUR + 10 * MINUTE, '2 d 3 h'],
    [DAY + 10 * MINUTE, '1 d'],
    [-5, '0 s'],
  ])('%d ms read %s', (ms, expected) => expect(formatSpan(ms)).toBe(expected));

  it.each([
    [59 * MINUTE, '59 min'],
    [119 * MINUTE, '1 h'],
    [3 * DAY, '3 d'],
    [400, '0 s'],
  ])('an age of %d ms reads %s', (ms, expected) => expect(formatAge(ms)).toBe(expected));
});

it('counts speak English', () => {
  expect([count(1, 'alert'), count(0, 'alert'), count(2, 'batch', 'batches'), count(1200, 'record')]).toEqual([
    '1 alert',
    '0 alerts',
    '2 batches',
    '1,200 records',
  ]);
});

import { describe, expect, it } from 'vitest';
import { clearsApart, inUnitOf, parseComparison } from '../../src/rules/comparison.ts';

const read = (text: string, percent = false) => {
  const written = parseComparison(text);
  if (written === null) throw new Error(`${text} is not a comparison`);
  return inUnitOf(written, percent);
};

describe('a comparison', () => {
  it.each([
    ['> 10%', { operator: '>', threshold: 0.1 }],
    ['<0.2', { operator: '<', threshold: 0.2 }],
    ['>= 5', { operator: '>=', threshold: 5 }],
    ['== 0', { operator: '==', threshold: 0 }],
    ['!= -1.5', { operator: '!=', threshold: -1.5 }],
    ['> 7%', { operator: '>', threshold: 0.07 }],
  ])('%s', (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it('of a value that Azure gives in percent keeps its number', () => {
    expect(read('< 99.5%', true)).toEqual({ operator: '<', threshold: 99.5 });
  });

  it.each(['10%', '=> 5', '> ten', '> 5 ms', ''])('is not %j', (text) => {
    expect(parseComparison(text)).toBeNull();
  });
});

describe('`clear` beside `when`', () => {
  it.each([
    ['> 10%', '< 5%', true],
    ['> 10%', '<= 10%', true],
    ['>= 10%', '<= 10%', false],
    ['>= 10%', '< 10%', true],
    ['< 99', '>= 99.5', true],
    ['< 99', '> 98', false],
    ['> 10%', '> 5%', false],
    ['== 0', '> 0', false],
  ])('%s and %s: %s', (when, clear, expected) => {
    expect(clearsApart(read(when), read(clear))).toBe(expected);
  });
});

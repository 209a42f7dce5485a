import { describe, expect, it } from 'vitest';
import { adviceFor, nearest } from '../../src/rules/suggest.ts';

describe('a suggestion', () => {
  it.each([
    ['ModelRequest', ['ModelRequests', 'TotalTokens'], 'ModelRequests'],
    ['modelrequests', ['ModelRequests'], 'ModelRequests'],
    ['wenn', ['where', 'when', 'window'], 'when'],
    ['clera', ['clear'], 'clear'],
    ['colour', ['when', 'window'], null],
    ['x', [], null],
  ])('for %s among %j is %s', (written, known, expected) => {
    expect(nearest(written, known)).toBe(expected);
  });

  it('is the whole list where nothing is near, as long as it can be read', () => {
    expect(adviceFor('colour', ['when', 'window'], 'known keys')).toBe('known keys: when, window');
    expect(adviceFor('colour', [], 'known keys')).toBeNull();
    const many = Array.from({ length: 20 }, (_, index) => `key-number-${index}`);
    expect(adviceFor('colour', many, 'known keys')).toMatch(/key-number-11, … \(20\)$/);
  });
});

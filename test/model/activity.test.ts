import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fits } from '../../src/model/activity.ts';

describe('a pattern', () => {
  it.each([
    ['Microsoft.CognitiveServices/accounts/delete', 'MICROSOFT.COGNITIVESERVICES/ACCOUNTS/DELETE', true],
    ['Microsoft.CognitiveServices/*', 'Microsoft.CognitiveServices/accounts/delete', true],
    ['*/delete', 'Microsoft.CognitiveServices/accounts/delete', true],
    ['Microsoft.CognitiveServices/*/delete', 'Microsoft.CognitiveServices/accounts/raiPolicies/delete', true],
    ['Microsoft.CognitiveServices/*/delete', 'Microsoft.CognitiveServices/accounts/deleted', false],
    ['*', '', true],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['*b*b*', 'abb', true],
    ['*b*b*', 'ab', false],
    ['', 'a', false],
  ])('%s against %s: %s', (pattern, text, expected) => {
    expect(fits(pattern, text)).toBe(expected);
  });

  it('means the same as the regular expression that it stands for', () => {
    const piece = fc.array(fc.constantFrom('a', 'b', '*'), { maxLength: 7 }).map((parts) => parts.join(''));
    const word = fc.array(fc.constantFrom('a', 'b'), { maxLength: 9 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(piece, word, (pattern, text) => {
        expect(fits(pattern, text)).toBe(new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(text));
      }),
    );
  });
});

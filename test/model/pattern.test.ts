import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { compilePattern } from '../../src/model/pattern.ts';

function matches(source: string, text: string): boolean {
  const pattern = compilePattern(source);
  if (typeof pattern === 'string') throw new Error(pattern);
  return pattern.matches(text);
}

function re2(source: string, text: string): boolean | 'refused' {
  try {
    return RE2JS.compile(source).matches(text);
  } catch {
    return 'refused';
  }
}

describe('a pattern', () => {
  it.each([
    ['/user/.+', '/user/profile', true],
    ['/user/.+', 'x/user/profile', false],
    ['prod', 'production', false],
    ['team-(B|C)', 'team-C', true],
    ['a|b|', '', true],
    ['a{2,3}', 'aaa', true],
    ['a{2,3}', 'aaaa', false],
    ['a{,3}', 'a{,3}', true],
    ['.', '\n', false],
    ['(?s).', '\n', true],
    ['(?i)Straße', 'STRAßE', true],
    ['(?i:a)B', 'ab', false],
    ['[^\\d\\s]+', 'a1', false],
    ['[[:alpha:]_-]+', 'a-b_c', true],
    ['[]a]+', ']a', true],
    ['\\pL+', 'Åäö', true],
    ['\\p{^Greek}', 'α', false],
    ['\\Qa.b\\E+', 'a.bb', true],
    ['\\bgpt-4\\b.*', 'gpt-4 turbo', true],
    ['x\\x{1F514}', 'x🔔', true],
    ['(?P<model>gpt).*', 'gpt-4o', true],
    ['(|a)*b', 'aab', true],
  ])('%s on %j: %s', (source, text, expected) => {
    expect(matches(source, text)).toBe(expected);
  });

  it.each([
    '(?=a)',
    '(?<!a)b',
    '\\1',
    '(a',
    'a)',
    '[a',
    '*a',
    'a**',
    'a{3,2}',
    'a{1001}',
    '\\p{Nope}',
    '\\',
    '[b-a]',
    '((a{1000}){1000})',
  ])('is refused where RE2 has no such thing: %s', (source) => {
    expect(compilePattern(source)).toBeTypeOf('string');
  });

  it('takes time that grows with the text, whatever the expression', () => {
    expect(matches('(a+)+b', 'a'.repeat(2_000))).toBe(false);
    expect(matches('(a|a|aa)*c', 'a'.repeat(500))).toBe(false);
  });

  const piece = fc.oneof(
    fc.constantFrom('a', 'b', 'A', '.', '\\d', '\\w', '\\S', '[ab]', '[^a-c1]', '[[:upper:]]', '\\b', '^', '$', '-', 'é', '\\.'),
    fc.constantFrom('(a|b)', '(?i:a)', '(?:ab|)', '(ab)?'),
  );
  const expression = fc
    .array(fc.tuple(piece, fc.constantFrom('', '', '*', '+', '?', '{2}', '{1,2}', '+?', '|')), { maxLength: 6 })
    .map((pieces) => pieces.map(([one, times]) => one + times).join(''));
  const text = fc
    .array(fc.constantFrom('a', 'b', 'A', 'c', '1', '.', '-', 'é', ' ', '\n'), { maxLength: 6 })
    .map((all) => all.join(''));

  it('says what RE2 says', () => {
    fc.assert(
      fc.property(expression, text, (source, subject) => {
        const pattern = compilePattern(source);
        const said = typeof pattern === 'string' ? 'refused' : pattern.matches(subject);
        expect([source, subject, said]).toEqual([source, subject, re2(source, subject)]);
      }),
      { numRuns: 1_000 },
    );
  });
});

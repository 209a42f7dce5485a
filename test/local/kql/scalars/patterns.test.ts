import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { type Match, matchesOf, patternOf } from '../../../../src/local/kql/regex.ts';
import { safeJavaScript } from '../../../../src/local/kql/regex-fast.ts';
import { print, problems } from '../run-kql.ts';

describe('regular expressions', () => {
  it('extract one group, or all matches of one or several groups', () => {
    expect(
      print(
        'extract(@"(\\d+)ms", 1, "took 15ms"), extract(@"(\\d+)", 1, "x 7", typeof(long)), extract("z", 0, "a", typeof(int))',
      ),
    ).toEqual(['15', 7, null]);
    expect(
      print(
        'extract_all(@"(\\d+)", "1, 22"), extract_all(@"(\\w)(\\w+)(\\w)", dynamic([1,3]), "abc defg"), extract_all(@"(?P<first>\\w)(?P<rest>\\w+)", dynamic(["rest"]), "abc"), extract_all("(x)", "abc")',
      ),
    ).toEqual([
      ['1', '22'],
      [
        ['a', 'c'],
        ['d', 'g'],
      ],
      ['bc'],
      null,
    ]);
  });

  it('count, find and replace without overlapping', () => {
    expect(
      print(
        'countof("aaaa", "aa"), countof("ababa", "aba", "regex"), indexof_regex("abcabc", @"b.", 2), indexof_regex("abc", "x"), replace_regex("a1b22", @"(\\d+)", @"<\\1>"), replace_regex("abc", "b*", "-"), replace_strings("This is", dynamic(["is","This"]), dynamic(["was","x"]))',
      ),
    ).toEqual([3, 1, 4, -1, 'a<1>b<22>', '-a-c-', 'Thwas was']);
  });

  it('trim whole matches at the ends', () => {
    expect(
      print(
        'trim("--", "--https://bing.com--"), trim(@"[^\\w]+", "-  Te st1// $"), trim_start("a+", "aab"), trim_end("b+", "aabb")',
      ),
    ).toEqual(['https://bing.com', 'Te st1', 'b', 'aa']);
  });

  it('are refused where RE2 refuses them, with its words', () => {
    expect(problems('print extract("(a", 1, "x")')).toEqual([
      '1:7 TCN-R015 the regular expression "(a": missing closing ): `(a`',
    ]);
    expect(problems('print "a" matches regex @"a(?!b)"')[0]).toContain('TCN-R015 the regular expression');
    expect(() => print('"a" matches regex strcat("(", "b")')).toThrow(/TCN-R015.*missing closing/);
  });

  it('take no more than linear time, whatever the pattern and the text', () => {
    const text = `${'a'.repeat(5_000)}!`;
    for (const pattern of ['^(a+)+$', '^(a|a)*$', '^a*a*a*a*a*a*a*$', '^(a?){60}a{60}$', '^(([a-z])+.)+[A-Z]([a-z])+$']) {
      expect(print(`strrep("a", 1000) matches regex "${pattern.replace('$', 'b')}"`)).toEqual([false]);
      const made = patternOf(pattern);
      expect(typeof made !== 'string' && made.test(text)).toBe(false);
    }
  });

  it('leave to JavaScript’s engine only what cannot backtrack far', () => {
    for (const fast of ['gpt-4o', '"durationMs":(\\d+),', 'deployments/([^/]+)/', '^\\w+$', '(?i)error code', 'a|b|c']) {
      expect(safeJavaScript(fast), fast).not.toBeNull();
    }
    for (const slow of ['(a+)+', '(a|b)*c', '.*x.*y', 'a*a*b', '(?i)\\w', '(?s).', '(ab)?c', '\\Aa', 'x{2,3}{4}']) {
      expect(safeJavaScript(slow), slow).toBeNull();
    }
  });

  it('mean the same on both engines', () => {
    const atoms = fc.constantFrom(
      'a',
      'b',
      '\\.',
      '.',
      '[ab]',
      '[^a]',
      '\\d',
      '\\w',
      '\\s',
      '\\b',
      '^',
      '$',
      '(a)',
      '(?:b|c)',
      'é',
      '[[:alpha:]]',
      '/',
      '-',
    );
    const pieces = fc.tuple(atoms, fc.constantFrom('', '', '', '*', '+', '?', '*?', '{2}', '{1,2}'));
    const patterns = fc.array(pieces, { minLength: 1, maxLength: 5 }).map((parts) => parts.map((part) => part.join('')).join(''));
    const texts = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '1', ' ', '\n', '.', '-', 'é', '🍕', '_'), maxLength: 12 });
    fc.assert(
      fc.property(patterns, texts, (source, text) => {
        const pattern = patternOf(source);
        if (typeof pattern === 'string') return;
        const matcher = RE2JS.compile(source).matcher(text);
        const first: Match | null = pattern.find(text);
        expect(first === null ? null : [first.index, first.end]).toEqual(
          matcher.find() ? [matcher.start(), matcher.end()] : null,
        );
        if (first !== null) {
          expect([...first.groups]).toEqual(Array.from(first.groups, (_, group) => matcher.group(group) ?? undefined));
        }
        expect([...matchesOf(pattern, text)].length).toBeLessThanOrEqual([...text].length + 1);
      }),
      { numRuns: 2_000 },
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Matcher, matcherText, matchesAll, parseMatchers } from '../../src/model/matcher.ts';

const holds = (written: string, labels: Record<string, string>): boolean => {
  const matchers = parseMatchers(written);
  if (typeof matchers === 'string') throw new Error(matchers);
  return matchesAll(matchers, labels);
};

describe('a matcher', () => {
  it('compares whole values, and takes a missing label for an empty one', () => {
    expect(holds('job="test"', { job: 'test' })).toBe(true);
    expect(holds('job!=test', { job: 'test' })).toBe(false);
    expect(holds('job=~"te.*"', { job: 'test' })).toBe(true);
    expect(holds('job=~"es"', { job: 'test' })).toBe(false);
    expect(holds('job!~"es"', { job: 'test' })).toBe(true);
    expect(holds('job=""', {})).toBe(true);
    expect(holds('job!=""', {})).toBe(false);
    expect(holds('job=~".*"', {})).toBe(true);
  });

  it('is written alone or in a list, with braces and quotes or without', () => {
    const wanted = [
      { name: 'severity', op: '=', value: 'critical' },
      { name: 'ModelDeploymentName', op: '=~', value: 'chat|gpt-4\\d' },
    ];
    expect(parseMatchers('{severity="critical", ModelDeploymentName=~"chat|gpt-4\\d"}')).toEqual(wanted);
    expect(parseMatchers(' severity = critical,ModelDeploymentName =~ "chat|gpt-4\\\\d" , ')).toEqual(wanted);
    expect(parseMatchers('"a b"!="x, \\"y\\""')).toEqual([{ name: 'a b', op: '!=', value: 'x, "y"' }]);
    expect(parseMatchers('{}')).toEqual([]);
  });

  it.each(['severity', '{a="b"', 'a="b', 'a==b', '=b', 'a=~"("', 'a=~"(?=b)"', 'a="b" c="d"', '""=b'])(
    'is refused: %s',
    (written) => {
      expect(parseMatchers(written)).toBeTypeOf('string');
    },
  );

  it('is read back as it is written', () => {
    const matcher = fc.record({
      name: fc.string({ minLength: 1, unit: 'binary' }),
      op: fc.constantFrom('=' as const, '!=' as const),
      value: fc.string(),
    });
    fc.assert(
      fc.property(fc.array(matcher), (matchers: readonly Matcher[]) => {
        expect(parseMatchers(matchers.map(matcherText).join(', '))).toEqual(matchers);
      }),
    );
  });
});

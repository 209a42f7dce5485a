import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonText, parseJson } from '../../../src/local/kql/json.ts';
import { jsonNames, readMembers } from '../../../src/local/kql/json-path.ts';
import { type Dynamic, isBag } from '../../../src/local/kql/types.ts';

/** What the member is when the whole text is parsed. */
function parsed(text: string, path: readonly string[]): Dynamic {
  let value: Dynamic = parseJson(text) ?? null;
  for (const name of path) value = isBag(value) && Object.hasOwn(value, name) ? (value[name] ?? null) : null;
  return value;
}

/** The member by the scan, `undefined` where it leaves the text to the parser. */
function memberOfText(text: string, path: readonly string[]): Dynamic | undefined {
  const found: Dynamic[] = [null];
  return readMembers(text, jsonNames([path]), found) ? found[0] : undefined;
}

const NAMES = ['a', 'b', 'usage', 'ä', '__proto__', ''];
const names = fc.constantFrom(...NAMES);
const values: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string(),
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(fc.tuple(names, tie('value')), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
  ),
})).value;
const paths = fc.array(names, { minLength: 1, maxLength: 3 });
const blanks = fc.constantFrom('', ' ', '\n\t ');

describe('a member read from JSON text', () => {
  it('is that of the parsed object, or is left to the parser', () => {
    fc.assert(
      fc.property(values, paths, blanks, (value, path, blank) => {
        const text = blank + JSON.stringify({ a: value, usage: { b: value, a: 1 } }, null, blank) + blank;
        const found = memberOfText(text, path);
        if (found !== undefined) expect(jsonText(found)).toBe(jsonText(parsed(text, path)));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is found beside others in one pass', () => {
    const several = fc.uniqueArray(paths, { maxLength: 4, selector: (path) => JSON.stringify(path) });
    fc.assert(
      fc.property(values, several, (value, wanted) => {
        const text = JSON.stringify({ a: value, b: { a: 1, b: value }, usage: { b: value, a: 1 } });
        const found: Dynamic[] = wanted.map(() => null);
        if (!readMembers(text, jsonNames(wanted), found)) return;
        expect(found.map(jsonText)).toEqual(wanted.map((path) => jsonText(parsed(text, path))));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is not taken from text that is no JSON', () => {
    const broken = fc.tuple(values, fc.nat(), fc.constantFrom('', '"', '\\', ',', ':', '{', '}', ']', '0', 'e', '\u0001', ' '));
    fc.assert(
      fc.property(broken, paths, ([value, at, inserted], path) => {
        const whole = JSON.stringify({ a: value, b: [value], usage: { a: value } });
        const cut = at % (whole.length + 1);
        const text = whole.slice(0, cut) + inserted + whole.slice(cut + (at % 2));
        const found = memberOfText(text, path);
        if (found !== undefined) expect(jsonText(found)).toBe(jsonText(parsed(text, path)));
      }),
      { numRuns: 4_000 },
    );
  });

  it.each([
    ['{"a":{"b":5}}', ['a', 'b'], 5],
    ['{"x":{"a":1},"a":2}', ['a'], 2],
    ['{"a":[{"b":1}],"b":"x"}', ['b'], 'x'],
    ['{"a":1.5}', ['a'], 1.5],
    ['{"a":1}', ['b'], null],
    ['{"a":1}', ['a', 'b'], null],
  ] as const)('%s at %s is %s without the parser', (text, path, value) => {
    expect(memberOfText(text, path)).toBe(value);
  });

  it.each([
    '{"a":1,"a":2}',
    '{"a":"\\u0041"}',
    '{"a":12345678901234567890}',
    '{"a":1.0}',
    '{"\\u0061":1}',
    'a',
    '{"a":1',
    '{"a":1} x',
  ])('%s is left to the parser', (text) => {
    expect(memberOfText(text, ['a'])).toBeUndefined();
  });
});

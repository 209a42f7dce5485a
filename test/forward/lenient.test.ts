import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLossless } from '../../src/forward/json.ts';
import { parseLenient, parseText } from '../../src/forward/lenient.ts';

const read = (text: string) => parseText(text)?.value;

describe('a value read with patience', () => {
  it('is what strict parsing gives wherever the text is JSON', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        const attempt = parseLenient(text, 0);
        expect(attempt.value).toEqual(parseLossless(text));
        expect(attempt.end).toBe(text.length);
        expect(attempt.repairs).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('takes single-quoted objects as Azure Functions writes them', () => {
    expect(read("{'appName':'a','levelId':2,'nested':{'x':['y',true]}}")).toEqual({
      appName: 'a',
      levelId: 2,
      nested: { x: ['y', true] },
    });
  });

  it.each([
    ['an escaped apostrophe', String.raw`{'m':'isn\'t'}`, "isn't"],
    ['an apostrophe that was not escaped', "{'m':'The user's trigger isn't ready','n':1}", "The user's trigger isn't ready"],
    ['an apostrophe before a comma of the sentence', "{'m':'the users', they said','n':1}", "the users', they said"],
    ['double quotes, escaped or not', String.raw`{'m':'a \"b\" and "c"'}`, 'a "b" and "c"'],
    ['a brace behind an apostrophe', "{'m':'set {'a'} done','n':1}", "set {'a'} done"],
    ['control characters', '{"m":"line1\nline2\ttab \u0001"}', 'line1\nline2\ttab \u0001'],
    ['a backslash that escapes nothing', String.raw`{"m":"C:\Program \x"}`, String.raw`C:\Program \x`],
  ])('keeps %s in a text', (_, text, expected) => {
    expect(read(text)).toMatchObject({ m: expected });
  });

  it('never swaps quotes blindly: what single quotes hold comes out as it went in', () => {
    const escaped = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.stringMatching(/^[a-z]{1,8}$/), fc.string()), { minLength: 1 }), (members) => {
        const text = `{${members.map(([name, value]) => `'${name}':${escaped(value)}`).join(',')}}`;
        expect(read(text)).toEqual(Object.fromEntries(members));
      }),
    );
  });

  it.each([
    ['trailing commas', '{"a":[1,2,],}', { a: [1, 2] }, ['trailing comma', 'trailing comma']],
    ['names without quotes', '{a:1}', { a: 1 }, ['unquoted name']],
    [
      'literals of other languages',
      "{'a':None,'b':True}",
      { a: null, b: true },
      ['foreign literal', 'foreign literal', 'single quotes'],
    ],
    ['NaN', '{"average":NaN}', { average: null }, ['foreign literal']],
    ['leading zeros', '{"a":007}', { a: '007' }, ['bad number']],
  ])('mends %s and says so', (_, text, value, repairs) => {
    const attempt = parseLenient(text, 0);
    expect(attempt.value).toEqual(value);
    expect([...new Set(attempt.repairs)].sort()).toEqual([...new Set(repairs)].sort());
  });

  it('keeps a member named __proto__ as a member', () => {
    const value = read("{'__proto__':{'polluted':true}}");
    expect(Object.keys(value as object)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it.each([['{"a":'], ['{"a":"b'], ['[1,'], ['{"a":1']])('says of %s that it is cut', (text) => {
    expect(parseLenient(text, 0)).toMatchObject({ value: undefined, cut: true });
  });

  it('gives up on nesting that no record has, instead of running out of stack', () => {
    expect(parseLenient('['.repeat(100_000), 0).value).toBeUndefined();
  });

  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', "'", ',', ':', '\\', 'a', '1', '\n', 'u') }),
        (text) => {
          parseLenient(text, 0);
          parseText(text);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Json, parseLossless, quoteLongIntegers } from '../../src/forward/json.ts';

/** What the text says, told by the engine itself: a reviver that sees the source of every number. */
function oracle(text: string): unknown {
  const reviver = (_: string, value: unknown, context: { source?: string }) =>
    typeof value === 'number' && /^-?\d+$/.test(context.source ?? '') && !Number.isSafeInteger(value) ? context.source : value;
  return (JSON.parse as (text: string, reviver: unknown) => unknown)(text, reviver);
}

describe('JSON with long integers', () => {
  it.each([
    ['a .NET tick count', '{"requestTime":638481757794854611}', { requestTime: '638481757794854611' }],
    ['a negative one', '{"a":-9007199254740993}', { a: '-9007199254740993' }],
    ['one with blanks around', '{"a" : \n 638481757794854611 }', { a: '638481757794854611' }],
    ['items of a list', '[638481757794854611,638481757794854612]', ['638481757794854611', '638481757794854612']],
    ['a bare number', '638481757794854611', '638481757794854611'],
    ['behind a key that ends in a backslash', '{"a\\\\":638481757794854611}', { 'a\\': '638481757794854611' }],
    ['behind a key that ends in a colon', '{"a:":638481757794854611}', { 'a:': '638481757794854611' }],
    ['behind an empty key', '{"":638481757794854611}', { '': '638481757794854611' }],
    ['more digits than any type holds', `{"a":${'9'.repeat(60)}}`, { a: '9'.repeat(60) }],
  ])('keeps every digit of %s', (_, text, expected) => {
    expect(parseLossless(text)).toEqual(expected);
  });

  it.each([
    ['the largest safe integer', '{"a":9007199254740991}'],
    ['a fraction with many digits', '{"a":0.12345678901234567890}'],
    ['a long number with a fraction', '{"a":12345678901234567.5}'],
    ['an exponent', '{"a":1234567890123456e3,"b":1e-1234567890123456}'],
    ['digits in a string', '{"a":"1234567890123456789"}'],
    ['digits in a string that looks like a member', '{"a":":1234567890123456789,"}'],
    ['digits in a string behind an escaped quote', '{"a":"{\\"b\\":1234567890123456789}"}'],
    ['digits in a string behind a blank', '{"a":"took 1234567890123456789 ticks"}'],
    ['a name of digits', '{"1234567890123456789":1}'],
  ])('leaves %s alone', (_, text) => {
    expect(quoteLongIntegers(text)).toBe(text);
  });

  it('says of any JSON what the engine says of the source of its numbers', () => {
    const integer = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }).map((value) => `${value}`);
    const awkward = fc.constantFrom('":', '\\', ',', '[', '{', ' ', '"', '-', ':', '1234567890123456789', '.', 'e');
    const string = fc.array(awkward, { maxLength: 8 }).map((parts) => JSON.stringify(parts.join('')));
    const { json } = fc.letrec<{ json: string }>((tie) => ({
      json: fc.oneof(
        { maxDepth: 4 },
        integer,
        string,
        fc.constantFrom('null', 'true', '1.5', '1e21', '-0'),
        fc.array(tie('json'), { maxLength: 4 }).map((items) => `[${items.join(', ')}]`),
        fc
          .array(fc.tuple(string, tie('json')), { maxLength: 4 })
          .map((members) => `{${members.map(([name, value]) => `${name}: ${value}`).join(',')}}`),
      ),
    }));
    fc.assert(
      fc.property(json, (text) => {
        expect(parseLossless(text)).toEqual(oracle(text) as Json);
      }),
      { numRuns: 2_000 },
    );
  });
});

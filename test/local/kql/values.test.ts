import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonText, parseJson } from '../../../src/local/kql/json.ts';
import { addLong, divideLong, moduloLong, multiplyLong, parseLong, subtractLong } from '../../../src/local/kql/numbers.ts';
import { type Pattern, patternOf } from '../../../src/local/kql/regex.ts';
import { originOffset } from '../../../src/local/kql/scalars/arithmetic.ts';
import { formatDatetime, formatTimespan, parseDatetime, parseTimespan, ticksOfMs } from '../../../src/local/kql/time.ts';

const longs = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });

function long(value: bigint): number | bigint {
  return parseLong(String(value)) ?? 0;
}

describe('a long', () => {
  it('calculates as 64-bit integers do', () => {
    fc.assert(
      fc.property(longs, longs, (a, b) => {
        const wrap = (value: bigint) => long(BigInt.asIntN(64, value));
        expect(addLong(long(a), long(b))).toBe(wrap(a + b));
        expect(subtractLong(long(a), long(b))).toBe(wrap(a - b));
        expect(multiplyLong(long(a), long(b))).toBe(wrap(a * b));
        if (b === 0n) return;
        expect(divideLong(long(a), long(b))).toBe(wrap(a / b));
        const rest = BigInt(moduloLong(long(a), long(b)) ?? -1);
        expect(rest >= 0n && rest < (b < 0n ? -b : b) && (a - rest) % b === 0n).toBe(true);
      }),
    );
  });
});

describe('a datetime', () => {
  it('comes back from its text to the tick', () => {
    const ticks = fc.integer({ min: ticksOfMs(Date.UTC(1992, 0, 1)), max: ticksOfMs(Date.UTC(2047, 0, 1)) });
    fc.assert(fc.property(ticks, (value) => parseDatetime(formatDatetime(value)) === value));
  });

  it('is exact to the second in every year', () => {
    for (const text of ['0001-01-01T00:00:00Z', '1601-01-01T12:34:56Z', '9999-12-31T23:59:59Z']) {
      expect(formatDatetime(parseDatetime(text) ?? 0)).toBe(text);
    }
  });

  it.each(['2026-13-01', '2026-02-30', '2026-05-01T25:00', 'yesterday', '', '05:00'])('is not %s', (text) => {
    expect(parseDatetime(text)).toBeNull();
  });

  it('is binned from a multiple of the size after the year one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e14 }), (size) => {
        const offset = BigInt(originOffset(size));
        const yearOne = (BigInt(Date.parse('0001-01-01T00:00:00Z')) - BigInt(Date.UTC(2020, 0, 1))) * 10_000n;
        expect(offset >= 0n && offset < BigInt(size) && (yearOne - offset) % BigInt(size) === 0n).toBe(true);
      }),
    );
  });
});

describe('a timespan', () => {
  it('comes back from its text', () => {
    fc.assert(fc.property(fc.integer({ min: -1e15, max: 1e15 }), (value) => parseTimespan(formatTimespan(value)) === value));
  });
});

describe('JSON', () => {
  it('comes back from its text, integers with all digits', () => {
    const scalar = fc.oneof(
      fc.string(),
      fc.boolean(),
      fc.constant(null),
      longs.map(long),
      fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Number.isInteger(value)),
    );
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: 'small' },
        scalar,
        fc.array(tie('any')),
        fc.dictionary(
          fc.string().filter((key) => key !== '__proto__' && !/^\d+$/.test(key)),
          tie('any'),
          { noNullPrototype: true },
        ),
      ),
    })).any;
    fc.assert(
      fc.property(value, (made) => {
        const text = jsonText(made as never);
        expect(jsonText(parseJson(text) ?? null)).toBe(text);
      }),
    );
  });

  it('is undefined for other text', () => {
    expect([parseJson('{a:1}'), parseJson(''), parseJson('01')]).toEqual([undefined, undefined, undefined]);
  });
});

describe('a regular expression of RE2', () => {
  it.each([
    ['(?i)abc', 'xABCx', true],
    ['^\\d{3}$', '123', true],
    ['[[:alpha:]]+-\\pL', 'ab-é', true],
    ['\\Aa\\z', 'a\n', false],
    ['a.b', 'a\nb', false],
    ['(?s)a.b', 'a\nb', true],
    ['\\x41\\-\\_', 'A-_', true],
    ['a{,2}', 'a{,2}', true],
    ['[^]a]', 'a', false],
  ])('%s finds in %j: %s', (pattern, text, found) => {
    expect((patternOf(pattern) as Pattern).test(text)).toBe(found);
  });

  it.each(['(?=a)', '(a)\\1', '(?<!a)b', '[', '(', '\\q'])('refuses %s', (pattern) => {
    expect(typeof patternOf(pattern)).toBe('string');
  });
});

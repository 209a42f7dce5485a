import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatTexts, textsOfCodes } from '../../../src/local/kql/byte-texts.ts';
import type { Data } from '../../../src/local/kql/data.ts';
import { encode } from '../../../src/local/kql/encode.ts';
import { compileQuery, isCompiled } from '../../../src/local/kql/engine.ts';
import { tableJson } from '../../../src/local/kql/output.ts';
import { Column, type Table } from '../../../src/local/kql/table.ts';
import type { ColumnSpec, Value } from '../../../src/local/kql/types.ts';

/*
 * How a column is kept must not be seen in any answer: every query gives the same over plain values and over dictionaries, arrays of
 * numbers and bits, or bytes.
 */

const SPECS: readonly ColumnSpec[] = [
  { name: 's', type: 'string' },
  { name: 'u', type: 'string' },
  { name: 'g', type: 'guid' },
  { name: 'l', type: 'long' },
  { name: 'i', type: 'int' },
  { name: 'r', type: 'real' },
  { name: 'b', type: 'bool' },
  { name: 't', type: 'datetime' },
  { name: 'd', type: 'timespan' },
  { name: 'j', type: 'string' },
];

const VALUES: Readonly<Record<string, fc.Arbitrary<Value>>> = {
  s: fc.constantFrom('', 'a', 'B', 'b', 'gpt-4o', 'x GPT-4O y', 'ab'),
  u: fc.string({ maxLength: 3 }),
  g: fc.constantFrom(null, 'a7cad415-366e-416f-908e-bad7b7c93acf', '00000000-0000-0000-0000-000000000001'),
  l: fc.oneof(fc.constant(null), fc.integer({ min: -3, max: 3 }), fc.constantFrom<Value>(9007199254740991, -9007199254740990)),
  i: fc.oneof(fc.constant(null), fc.integer({ min: -2, max: 2 })),
  r: fc.oneof(fc.constant(null), fc.constantFrom(0, -0, 0.5, -1.5, 1e300), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY)),
  b: fc.constantFrom(null, true, false),
  t: fc.oneof(
    fc.constant(null),
    fc.integer({ min: -10, max: 10 }).map((n) => n * 1_500_000_001),
  ),
  d: fc.oneof(
    fc.constant(null),
    fc.integer({ min: -5, max: 5 }).map((n) => n * 300_000_007),
  ),
  j: fc.constantFrom(
    '',
    '{"a":{"b":1},"c":"x"}',
    '{"a":{"b":2.5}}',
    '{"a":{"b":"7"},"c":null}',
    '{"a":',
    '[1]',
    '{"a":1,"a":{"b":3}}',
  ),
};

const rows = fc.array(fc.tuple(...SPECS.map(({ name }) => VALUES[name] as fc.Arbitrary<Value>)), { maxLength: 40 });

type Form = 'values' | 'encoded' | 'bytes';

function tableOf(cells: readonly (readonly Value[])[], form: Form): Table {
  const columns = SPECS.map(({ type }, index) => {
    const values = cells.map((row) => row[index] as Value);
    if (form === 'bytes' && type === 'string') return new Column(type, bytesOf(values as readonly string[]));
    return new Column(type, form === 'values' ? values : encode(type, values));
  });
  return { specs: SPECS, columns, rows: cells.length };
}

/** Some of the texts as codes made bytes, the others one below them: as the files of an archive come. */
function bytesOf(values: readonly string[]): Data {
  const half = Math.floor(values.length / 2);
  const codes = Int32Array.from(values, (_, row) => row);
  return concatTexts([textsOfCodes(codes.subarray(0, half), values), textsOfCodes(codes.subarray(half), values)]);
}

const QUERIES = [
  'T | where s has "gpt-4o" and r > 0.25 | project s, r',
  'T | where s == "a" or l != 1 | count',
  'T | where not(b) or isnull(t) | count',
  'T | where l between (-1 .. 2) and r !between (0.0 .. 1.0) | count',
  'T | where t >= datetime(2020-01-01) and t < datetime(2020-01-01) + 1h | count',
  'T | where l == i | count',
  'T | where r == i or r < l | count',
  'T | where d > 1m and t + d > datetime(2020-01-01) | count',
  'T | where b and s in~ ("A", "b") | count',
  'T | summarize count(), countif(b), countif(r > 0.1) by s, bin(t, 5m)',
  'T | summarize sum(l), avg(l), sum(i), avg(i), min(l), max(i) by g',
  'T | summarize sum(r), avg(r), min(r), max(r) by b',
  'T | summarize sum(d), avg(d), min(t), max(t), minif(l, b), sumif(i, r > 0.1) by s',
  'T | summarize percentiles(l, 5, 50, 95), percentile(r, 50), percentile(i, 99), percentile(t, 50) by s',
  'T | summarize dcount(s), dcount(l), dcount(r), dcountif(t, b), dcount(g) by b',
  'T | summarize arg_max(l, s, r), arg_min(t, u) by g',
  'T | summarize arg_max(r, s) by i',
  'T | summarize make_set(s), make_list(l) by b',
  'T | summarize n = count() by r | order by r asc, n asc',
  'T | summarize n = count() by l, i, d | order by l asc, i asc, d asc',
  'T | distinct s, b, i | order by s asc, b asc, i asc',
  'T | extend x = l + i, y = r * 2, z = t - d, w = bin(l, 2), v = bin(r, 0.5), q = l / 2, m = i - l | project x, y, z, w, v, q, m',
  'T | extend x = toreal(l) / i, y = d / 1s, z = toupper(s), w = strcat(s, "-", g), v = l * 4 | project x, y, z, w, v',
  'T | extend p = parse_json(j) | extend x = p.a.b, y = tostring(p.c), z = tolong(p.a.b) | project x, y, z, p',
  'T | extend p = parse_json(j) | where isnotnull(p.a) | summarize sum(toreal(p.a.b)), count() by tostring(p.c)',
  'T | join kind=inner (T | where b | project s, l2 = l) on s | summarize n = count(), x = sum(l2) by s',
  'T | join kind=leftouter (T | where i > 0 | project l, s, u) on l, s | project s, l, l1, s1, u1',
  'T | join kind=leftanti (T | where b) on g, i | project g, i, u',
  'T | join kind=fullouter (T | where r > 0 | project t, x = s) on t | project t, t1, x, s',
  'T | where b | union (T | where i > 0 | project s, l, extra = u) | project s, l, extra, i, t',
  'T | order by s asc, r desc, t asc, u asc, l asc, i asc | take 5 | project s, r, t, u, l, i',
  'T | top 3 by l desc nulls last | project l',
] as const;

describe('a query over encoded columns', () => {
  it.each(QUERIES)('%s', (query) => {
    const compiled = compileQuery(query, { tables: { T: SPECS } });
    if (!isCompiled(compiled)) throw new Error(compiled[0]?.message);
    const over = (cells: readonly (readonly Value[])[], form: Form) =>
      tableJson('T', compiled.run({ now: 0, table: () => tableOf(cells, form) }));
    fc.assert(
      fc.property(rows, (cells) => {
        const plain = over(cells, 'values');
        expect(over(cells, 'encoded')).toBe(plain);
        expect(over(cells, 'bytes')).toBe(plain);
      }),
      { numRuns: 100 },
    );
  });
});

import { describe, expect, it } from 'vitest';
import { columns, kql, print } from './run-kql.ts';

/*
 * What no page of the documentation says: answers of Microsoft's own engine, the emulator, as people have measured and published them
 * (the trap lists of duckdb-kql and kql-to-sql, named in docs/kql.md), asked with queries of ours.
 */

describe('term operators', () => {
  it('match everything by a null in has_any, drop it in has_all; no terms at all are true for all and false for any', () => {
    const query = (condition: string) => kql(`datatable(s:string)['red fox', 'owl'] | project ${condition}`).flat();
    expect(query('s has_any (dynamic([null]))')).toEqual([true, true]);
    expect(query("s has_any (dynamic(['owl', null]))")).toEqual([true, true]);
    expect(query("s has_all (dynamic(['owl', null]))")).toEqual([false, true]);
    expect(query('s has_all (dynamic([]))')).toEqual([true, true]);
    expect(query('s has_any (dynamic([]))')).toEqual([false, false]);
    expect(query('s has ""')).toEqual([true, true]);
  });

  it('take an underscore for a separator and accented letters for letters', () => {
    expect(print('"red_fox" has "red", "éa" has "a", "größe" has "GRÖSSE", "Größe 1" has "größe"')).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });
});

describe('conversions', () => {
  it('cut fractions of numbers but refuse those of text', () => {
    expect(print('tolong(2.5), tolong(-2.5), tolong("2.5"), toint("1e3"), tobool(2.5), tobool("2.5"), tobool("-1")')).toEqual([
      2,
      -2,
      null,
      null,
      true,
      null,
      true,
    ]);
  });

  it('end at the greatest and least number where a real is beyond, and wrap longs into an int', () => {
    expect(kql('datatable(r:real)[1e30, -1e30, real(nan)] | project tolong(r), toint(r)')).toEqual([
      [9223372036854775807n, 2147483647],
      [-9223372036854775808n, -2147483648],
      [null, null],
    ]);
    expect(kql('datatable(d:dynamic)[dynamic(2147483648), dynamic(9223372036854775807)] | project toint(d)')).toEqual([
      [-2147483648],
      [-1],
    ]);
  });

  it('know hexadecimal whole numbers and a few words for what is no number', () => {
    expect(print('tolong("0x1F"), tolong("0xFFFFFFFFFFFFFFFF"), tolong("-0x1F"), toreal("0x1F")')).toEqual([31, -1, null, null]);
    expect(print('toreal("nan"), toreal(" -inf "), toreal("+Infinity"), toreal("INF"), toreal("1_000")')).toEqual([
      'NaN',
      '-Infinity',
      'Infinity',
      null,
      null,
    ]);
  });

  it('count datetimes and timespans in ticks of 100 ns since the year 1', () => {
    expect(print('tolong(datetime(1970-01-01)), tolong(1s), todatetime(621355968000000000), todatetime(0)')).toEqual([
      621355968000000000n,
      10000000,
      '1970-01-01T00:00:00Z',
      '0001-01-01T00:00:00Z',
    ]);
  });

  it('of text to a timespan want a unit or colons behind a fraction', () => {
    expect(print('totimespan("1.5"), totimespan("90s"), totimespan("-1.02:03:04.5"), totimespan("00:01:00 junk")')).toEqual([
      null,
      '00:01:30',
      '-1.02:03:04.5000000',
      null,
    ]);
  });

  it('by mv-expand cut fractions, read whole numbers as bools, and never read text as a number', () => {
    const query = (type: string) =>
      kql(`print d = dynamic([1, 2.5, -2.5, "2", true, null]) | mv-expand d to typeof(${type})`).flat();
    expect(query('long')).toEqual([1, 2, -2, null, null, null]);
    expect(query('int')).toEqual([1, 2, -2, null, null, null]);
    expect(query('real')).toEqual([1, 2.5, -2.5, null, null, null]);
    expect(query('bool')).toEqual([true, null, null, null, true, null]);
    expect(query('string')).toEqual(['1', '2.5', '-2.5', '2', 'true', '']);
    expect(kql('print d = dynamic(["2026-05-01", "1.00:00:00"]) | mv-expand d to typeof(datetime)').flat()).toEqual([
      '2026-05-01T00:00:00Z',
      null,
    ]);
    expect(kql('print d = dynamic(["1.00:00:00"]) | mv-expand d to typeof(timespan)')).toEqual([[null]]);
  });
});

describe('types', () => {
  it('of a typed null are its own; only an empty dynamic is null', () => {
    expect(print('gettype(toint("x")), gettype(datetime(null)), gettype(dynamic(null)), gettype(dynamic(1.5))')).toEqual([
      'int',
      'datetime',
      'null',
      'double',
    ]);
    expect(print('isnull(parse_json("null")), isnull(parse_json("")), parse_json("{a"), isnull(tostring(int(null)))')).toEqual([
      true,
      true,
      '{a',
      false,
    ]);
  });

  it('of a difference in weeks is real, of any other long', () => {
    const difference = (unit: string) => `print d = datetime_diff('${unit}', datetime(2024-02-29), datetime(2020-02-29))`;
    expect([columns(difference('week')), columns(difference('month'))]).toEqual([['d:real'], ['d:long']]);
    expect([kql(difference('week')), kql(difference('quarter'))]).toEqual([[[209]], [[16]]]);
  });
});

describe('texts', () => {
  it('begin from the end by a negative start, and are empty before their beginning', () => {
    expect(print('substring("hello", -2, 2), substring("x", -2, 5), substring("hello", 1, -1), substring("abc", 5)')).toEqual([
      'lo',
      '',
      '',
      '',
    ]);
  });

  it('have no place for nothing, and none is replaced', () => {
    expect(print('indexof("abc", ""), indexof("abc", "z"), replace_string("abc", "", "_"), countof("aaaa", "aa")')).toEqual([
      null,
      -1,
      'abc',
      3,
    ]);
    expect(print('split("a_b", "_", 5), split("a_b", "_", 1), split("", ","), strcat_array(dynamic([1, null, 3]), "-")')).toEqual(
      [null, ['b'], [''], '1--3'],
    );
  });

  it('without characters have an empty digest, and nulls are empty in strcat', () => {
    expect(print('hash_md5(""), hash_sha256(""), strcat_delim("-", "a", int(null), "b"), strcat(true, 1.0)')).toEqual([
      '',
      '',
      'a--b',
      'True1.0',
    ]);
  });
});

describe('parse', () => {
  const parsed = (texts: string, pattern: string) => kql(`datatable(s:string)[${texts}] | parse ${pattern} | project-away s`);

  it('empties the whole row where one value is not of its type, unless it is relaxed', () => {
    const text = "'a=1,b=2,c=zz,d=4'";
    const pattern = 's with "a=" a:long ",b=" b ",c=" c:long ",d=" d';
    expect(parsed(text, pattern)).toEqual([[null, '', null, '']]);
    expect(parsed(text, `kind=relaxed ${pattern}`)).toEqual([[1, '2', null, '4']]);
    expect(parsed("'a=,b=2'", 's with "a=" a:long ",b=" b')).toEqual([[null, '']]);
  });

  it('uses the text to its end, except by regular expression', () => {
    const texts = "'aXcYc', 'abcbd'";
    expect(parsed(texts, 's with "a" v "c"')).toEqual([['XcY'], ['']]);
    expect(parsed(texts, 'kind=regex s with "a" v "c"')).toEqual([['XcY'], ['b']]);
    expect(parsed("'abcbd'", 'kind=regex s with "a" v "b"')).toEqual([['bc']]);
  });

  it('takes as much as it can by regular expression, as little by the flag U, and only what is of the type', () => {
    expect(parsed("'aXcYc'", 'kind=regex flags=U s with "a" v "c" *')).toEqual([['X']]);
    expect(parsed("'n=27x', 'n= -5', 'n=x'", 'kind=regex s with "n=" n:long')).toEqual([[27], [-5], [null]]);
    expect(parsed("'n=true1', 'n=12'", 'kind=regex s with "n=" n:bool')).toEqual([[true], [null]]);
    expect(parsed("'ab12cd34'", 'kind=regex s with "[a-z]+" v "[a-z]+" w')).toEqual([['12c', '34']]);
    expect(parsed("'xyab1cd2'", 'kind=regex s with "a(b)" v "cd" w')).toEqual([['1', '2']]);
  });
});

describe('extend', () => {
  it('replaces a column by an expression that takes its name', () => {
    expect(columns('datatable(x:real, i:int)[1.0, 1] | extend tostring(x), y = i')).toEqual(['x:string', 'i:int', 'y:int']);
    expect(kql('datatable(x:real, i:int)[1.0, 1] | extend tostring(x), i + 1')).toEqual([['1.0', 1, 2]]);
    expect(columns('print d = dynamic({"a": 1}) | extend d.a, x = d.a | extend d_a = d.a + 1')).toEqual([
      'd:dynamic',
      'd_a:long',
      'x:dynamic',
    ]);
  });
});

describe('union', () => {
  it('of kind inner has the columns that all branches have, in the order of the first', () => {
    const query = 'let A = datatable(a:long, b:long)[1, 2]; let B = datatable(c:long, a:long)[3, 4]; union kind=inner';
    expect(columns(`${query} A, B`)).toEqual(['a:long']);
    expect(kql(`${query} withsource=from A, B | sort by a asc`)).toEqual([
      ['union_arg0', 1],
      ['union_arg1', 4],
    ]);
  });
});

describe('evaluate', () => {
  it('narrow writes every cell as tostring does', () => {
    expect(kql('print b = true, r = 2.0, n = int(null) | evaluate narrow()')).toEqual([
      [0, 'b', 'True'],
      [0, 'r', '2.0'],
      [0, 'n', ''],
    ]);
  });

  it('pivot keeps its groups apart from a value of the same name', () => {
    const query = `datatable(a:long, s:string)[1, 'a', 1, 'b', 2, 'b'] | evaluate pivot(s, count(), a) : (a:long, b:long)`;
    expect(kql(query)).toEqual([
      [1, 1],
      [2, 1],
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { kql, print, problems } from './run-kql.ts';

describe('null', () => {
  const rows = 'datatable(v:int)[5, int(null)]';

  it('is told apart by equality: one null makes == false and != true, two make both null', () => {
    expect(kql(`${rows} | project v == 5, v != 5, v == int(null), v != int(null)`)).toEqual([
      [true, false, false, true],
      [false, true, null, null],
    ]);
  });

  it('makes every ordering null, so that where drops the row', () => {
    expect(kql(`${rows} | project v > 3, v <= 3, v between (1 .. 9)`)).toEqual([
      [true, false, true],
      [null, null, null],
    ]);
    expect(kql(`${rows} | where v > 3 or isnull(v) | count`)).toEqual([[2]]);
  });

  it('is kept by != and !in, and dropped by in', () => {
    expect(kql(`${rows} | where v != 5 | count`)).toEqual([[1]]);
    expect(kql(`${rows} | where v !in (5, 6) | count`)).toEqual([[1]]);
    expect(kql(`${rows} | where v in (5, 6) | count`)).toEqual([[1]]);
  });

  it('is decided by false in and, by true in or, and stays null under not', () => {
    expect(print('bool(null) and false, bool(null) or true, bool(null) and true, not(bool(null))')).toEqual([
      false,
      true,
      null,
      null,
    ]);
  });

  it('is never a string: it is the empty string', () => {
    expect(
      print('isnull(""), isempty(""), tostring(int(null)), strlen(tostring(datetime(null))), strcat("a", long(null), "b")'),
    ).toEqual([false, true, '', 0, 'ab']);
  });
});

describe('numbers', () => {
  it('divide and leave remainders as Kusto does', () => {
    expect(print('7 / 2, -7 / 2, 7 / 2.0, 1 / 0, 1.0 / 0, -10 % 4, 10 % -4')).toEqual([3, -3, 3.5, null, 'Infinity', 2, 2]);
  });

  it('keep all 64 bits of a long, and wrap beyond them', () => {
    expect(print('9007199254740993 + 1, 9223372036854775807 + 1, 4611686018427387904 * 2')).toEqual([
      9007199254740994n,
      -9223372036854775808n,
      -9223372036854775808n,
    ]);
    expect(print('9007199254740993 == 9007199254740992, 9007199254740993 > 9007199254740992')).toEqual([false, true]);
  });

  it('are binned downwards, whatever the sign, and not at all by a size that is not positive', () => {
    expect(print('bin(7, 5), bin(-7, 5), bin(4.7, 0.5), bin(7, 0), floor(7.9, 1)')).toEqual([5, -10, 4.5, null, 7]);
  });

  it('are rounded half away from zero on their decimal digits', () => {
    expect(print('round(1.005, 2), round(-2.5), round(1234.5678, -2), ceiling(-1.1)')).toEqual([1.01, -3, 1200, -1]);
  });

  it('are read from text only when the text is one of their type', () => {
    expect(
      print(
        'toint("42"), toint("3.14"), toint(3.99), tolong("0x1F"), todouble("1e3"), toint("x"), tobool("TRUE"), tobool("2"), tobool("yes")',
      ),
    ).toEqual([42, null, 3, 31, 1000, null, true, true, null]);
  });
});

describe('text', () => {
  it('has whole terms, which the underscore parts too, without regard to case', () => {
    expect(print('"a_b" has "a", "error" has "err", "the Error." has "error", "abc" has ""')).toEqual([true, false, true, true]);
    expect(
      print('"x Error" has_cs "error", "xerror" hasprefix "xerr", "an xerror" hassuffix "error", "gpt-4o-mini" has "gpt-4o"'),
    ).toEqual([false, true, true, true]);
    expect(print('"éa" has "a", "b éa" has "éa", "aa a" has "a"')).toEqual([false, true, true]);
  });

  it('contains, starts and ends without regard to case, and with it under _cs; every form has its negation', () => {
    for (const [plain, needle] of [
      ['contains', 'BC'],
      ['startswith', 'AB'],
      ['endswith', 'CD'],
      ['has', 'ABCD'],
    ]) {
      expect(
        print(
          `"abcd" ${plain} "${needle}", "abcd" ${plain}_cs "${needle}", "abcd" !${plain} "${needle}", "abcd" !${plain}_cs "${needle}"`,
        ),
      ).toEqual([true, false, false, true]);
    }
  });

  it('is among a list exactly by in, and without regard to case by in~', () => {
    expect(print('"A" in ("a", "b"), "A" in~ ("a", "b"), "A" !in ("a"), "A" !in~ ("a"), "b" in (dynamic(["a", "b"]))')).toEqual([
      false,
      true,
      true,
      false,
      true,
    ]);
    expect(kql('let wanted = datatable(name:string)["b"]; datatable(x:string)["a", "b"] | where x in (wanted)')).toEqual([['b']]);
  });

  it('has any or all of several terms', () => {
    expect(
      print('"errors" has_any ("error", "fault"), "an error" has_any ("error", "fault"), "an error" has_all ("an", "error")'),
    ).toEqual([false, true, true]);
  });

  it('equals a number by its value, as the workbooks of Azure OpenAI compare ResultSignature', () => {
    expect(kql('datatable(s:string)["200", "429", ""] | project s == 200, s == "200", s != 200')).toEqual([
      [true, true, false],
      [false, false, true],
      [false, false, true],
    ]);
  });

  it('is cut, split and searched by characters', () => {
    expect(
      print(
        'substring("héllo", 1, 3), substring("abc", -2), strlen("🍕a"), split("a,b,,c", ","), split("a,b", ",", 1), indexof("abcabc", "c", 3)',
      ),
    ).toEqual(['éll', 'bc', 2, ['a', 'b', '', 'c'], ['b'], 5]);
  });

  it('is matched by RE2 expressions, with inline flags and named groups', () => {
    expect(
      print(
        'extract("(?i)Model=(\\\\w+)", 1, "x model=gpt4 y"), extract("(?P<a>b)(c)", 2, "abc"), extract("z", 0, "abc"), "a1" matches regex @"^\\pL\\d$"',
      ),
    ).toEqual(['gpt4', 'c', '', true]);
    expect(
      print('replace_regex("a.b.c", @"\\.(\\w)", @"-\\1"), trim(@"\\s+", "  x "), replace_string("aXa", "a", "$&")'),
    ).toEqual(['a-b-c', 'x', '$&X$&']);
    expect(problems('print "a" matches regex "(?=a)"')).toEqual([expect.stringMatching(/^1:7 TCN-R015 the regular expression/)]);
  });
});

describe('datetimes and timespans', () => {
  it('keep 100 ns', () => {
    expect(
      print(
        'datetime(2026-05-01T12:00:00.1234567Z), datetime(2026-05-01T12:00:00.1234567Z) + 1tick, tostring(datetime(2026-05-01))',
      ),
    ).toEqual(['2026-05-01T12:00:00.1234567Z', '2026-05-01T12:00:00.1234568Z', '2026-05-01T00:00:00.0000000Z']);
  });

  it('count from the time of the query, which is given from outside', () => {
    expect(print('now(), ago(1h), now(-1d), now() - ago(90m)')).toEqual([
      '2026-05-01T12:00:00Z',
      '2026-05-01T11:00:00Z',
      '2026-04-30T12:00:00Z',
      '01:30:00',
    ]);
  });

  it('are added, subtracted and divided with their types', () => {
    expect(print('1d / 6h, 1h * 1.5, 10m / 4, datetime(2026-05-02) - datetime(2026-05-01), -1h, 25h')).toEqual([
      4,
      '01:30:00',
      '00:02:30',
      '1.00:00:00',
      '-01:00:00',
      '1.01:00:00',
    ]);
  });

  it('are binned from the year one: seven days begin on a Monday', () => {
    expect(
      print('bin(datetime(2026-05-01T12:34:56Z), 5m), bin(datetime(2026-05-01), 7d), bin(datetime(2007-03-09), 30d)'),
    ).toEqual(['2026-05-01T12:30:00Z', '2026-04-27T00:00:00Z', '2007-02-14T00:00:00Z']);
  });

  it('have periods whose weeks begin on Sunday', () => {
    expect(
      print(
        'startofday(now()), endofday(now()), startofweek(now()), startofmonth(now(), -1), endofmonth(now()), startofyear(now()), dayofweek(now())',
      ),
    ).toEqual([
      '2026-05-01T00:00:00Z',
      '2026-05-01T23:59:59.9999999Z',
      '2026-04-26T00:00:00Z',
      '2026-04-01T00:00:00Z',
      '2026-05-31T23:59:59.9999999Z',
      '2026-01-01T00:00:00Z',
      '5.00:00:00',
    ]);
  });

  it('differ by the boundaries between them', () => {
    expect(
      print(
        'datetime_diff("year", datetime(2017-01-01), datetime(2000-12-31)), datetime_diff("day", datetime(2017-10-29), datetime(2017-09-30 23:59)), datetime_diff("minute", datetime(2017-10-30 23:05:01), datetime(2017-10-30 23:00:59)), datetime_diff("week", datetime(2017-10-29), datetime(2017-09-30 23:59))',
      ),
    ).toEqual([17, 29, 5, 5]);
    expect(print('datetime_add("month", 1, datetime(2026-01-31)), datetime_part("hour", now())')).toEqual([
      '2026-02-28T00:00:00Z',
      12,
    ]);
    expect(problems('print datetime_diff("fortnight", now(), now())')).toEqual([expect.stringMatching(/^1:21 TCN-R015 KS140/)]);
  });

  it('are read from the forms that Kusto documents, and are null otherwise', () => {
    expect(
      print(
        'todatetime("2026-05-01 10:00"), todatetime("2026-05-01T10:00:00+02:00"), todatetime("Sat, 8 Nov 2014 15:05:02 GMT"), todatetime("soon"), totimespan("1.02:03:04.5"), totimespan("3h")',
      ),
    ).toEqual(['2026-05-01T10:00:00Z', '2026-05-01T08:00:00Z', '2014-11-08T15:05:02Z', null, '1.02:03:04.5000000', '03:00:00']);
  });
});

describe('dynamics', () => {
  it('give members by name and by position, null where there is none', () => {
    expect(
      print('parse_json(\'{"a":{"b":[1,2]}}\').a.b[-1], dynamic({"x y":1})["x y"], dynamic([1]).a, dynamic([1])[7]'),
    ).toEqual([2, 1, null, null]);
  });

  it('are the text itself when the text is not JSON, and null when it is empty', () => {
    expect(print('todynamic("not json"), isnull(parse_json("")), tostring(parse_json("{\\"a\\": [1, \\"x\\"]}"))')).toEqual([
      'not json',
      true,
      '{"a":[1,"x"]}',
    ]);
  });

  it('keep long integers and the difference between 1 and 1.0', () => {
    expect(print('tolong(parse_json("{\\"t\\":638701961251404189}").t), tostring(parse_json("[1.0,1,1e2]"))')).toEqual([
      638701961251404189n,
      '[1.0,1,100.0]',
    ]);
  });

  it('compare by what they hold: with text as text, with numbers as numbers', () => {
    expect(
      print(
        'dynamic({"s":"x"}).s == "x", dynamic({"n":429}).n == 429, dynamic({"n":"429"}).n == 429, dynamic({}).n == "", dynamic({"n":5}).n > 3',
      ),
    ).toEqual([true, true, false, true, true]);
  });

  it('convert by what they hold', () => {
    expect(
      print(
        'toint(dynamic({"a":"12"}).a), tostring(dynamic({"a":"x"}).a), todouble(dynamic(1.5)), tostring(dynamic(true)), strcat(dynamic({"a":[1]}).a, "!")',
      ),
    ).toEqual([12, 'x', 1.5, 'true', '[1]!']);
  });
});

describe('choices', () => {
  it('take the first that holds, and widen what they may give to one type', () => {
    expect(
      print(
        'iff(1 > 2, 1, 2.5), iif(bool(null), "a", "b"), case(1 > 2, "a", 2 > 1, "b", "c"), coalesce(long(null), 5), coalesce("", "x"), max_of(1, 2.5)',
      ),
    ).toEqual([2.5, 'b', 'b', 5, 'x', 2.5]);
  });
});

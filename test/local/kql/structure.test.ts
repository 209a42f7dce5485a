import { describe, expect, it } from 'vitest';
import { Column, tableOf } from '../../../src/local/kql/table.ts';
import { columns, kql, print, problems } from './run-kql.ts';

describe('parse', () => {
  const line = 'print s = "Executed \'f\' (Failed, Id=7, Duration=12ms)"';

  it('takes a text apart by the texts between its columns', () => {
    const pattern = `"Executed '" name "' (" result ", Id=" id:long ", Duration=" ms:int "ms)"`;
    expect(kql(`${line} | parse s with ${pattern} | project-away s`)).toEqual([['f', 'Failed', 7, 12]]);
    expect(columns(`${line} | parse s with ${pattern}`)).toEqual([
      's:string',
      'name:string',
      'result:string',
      'id:long',
      'ms:int',
    ]);
  });

  it('skips with an asterisk, and needs one at the end of a pattern that does not reach the end of the text', () => {
    expect(kql(`${line} | parse s with * "Id=" id:long "," * | project id`)).toEqual([[7]]);
    expect(kql(`${line} | parse s with * "Id=" id:long "," | project id`)).toEqual([[null]]);
    expect(kql('print s = "a1,b22,c" | parse s with * "b" n:long * | project n')).toEqual([[22]]);
  });

  it('gives nothing at all when one value is not of its type, or in relaxed mode only no such value', () => {
    const text = 'print s = "x=abc;y=2"';
    expect(kql(`${text} | parse s with "x=" x:long ";y=" y | project x, y`)).toEqual([[null, '']]);
    expect(kql(`${text} | parse kind=relaxed s with "x=" x:long ";y=" y | project x, y`)).toEqual([[null, '2']]);
    expect(kql(`${text} | parse-where s with "x=" x:long ";y=" y | count`)).toEqual([[0]]);
  });

  it('replaces a column where it stands', () => {
    expect(columns('print a = 1, s = "k=v" | parse s with "k=" a | extend b = a')).toEqual(['a:string', 's:string', 'b:string']);
  });

  it('does not try the same place twice, however often the texts of the pattern occur', () => {
    const text = `print s = strcat_array(repeat("ab", 3000), "") | parse s with * "a" a "a" b "a" c "a" d "z"`;
    expect(kql(`${text} | project a`)).toEqual([['']]);
  });

  it('reads pairs of keys and values, with quotes, escapes and greedy values', () => {
    const read = (text: string, options: string): unknown[][] =>
      kql(`print s = ${text} | parse-kv s as (a:string, n:long) with (${options}) | project a, n`);
    expect(read(`'a=x y n=5'`, `pair_delimiter=' ', kv_delimiter='='`)).toEqual([['x', 5]]);
    expect(read(`'a=x y n=5'`, `pair_delimiter=' ', kv_delimiter='=', greedy=true`)).toEqual([['x y', 5]]);
    expect(read(`'n:5;a:"p;q\\\\"r"'`, `pair_delimiter=';', kv_delimiter=':', quote='"', escape='\\\\'`)).toEqual([['p;q"r', 5]]);
  });
});

describe('mv-expand and mv-apply', () => {
  const rows = 'datatable(id:long, x:dynamic)[1, dynamic([3,1,2]), 2, dynamic([]), 3, dynamic(null), 4, dynamic({"k":7})]';

  it('make a row per item: none for an empty array, one for null', () => {
    expect(kql(`${rows} | mv-expand x`)).toEqual([
      [1, 3],
      [1, 1],
      [1, 2],
      [3, null],
      [4, { k: 7 }],
    ]);
    expect(kql(`${rows} | mv-expand kind=array x | where id == 4`)).toEqual([[4, ['k', 7]]]);
    expect(kql(`${rows} | mv-expand with_itemindex=i v = x to typeof(long) limit 2 | project id, v, i`)).toEqual([
      [1, 3, 0],
      [1, 1, 1],
      [3, null, 0],
      [4, null, 0],
    ]);
  });

  it('run a subquery over the items of each row', () => {
    expect(kql(`${rows} | mv-apply x to typeof(long) on (top 2 by x | summarize best = make_list(x), total = sum(x))`)).toEqual([
      [1, [3, 2], 5],
      [3, [], 0],
      [4, [], 0],
    ]);
    expect(kql(`${rows} | mv-apply v = x to typeof(long) on (where v > 1) | project id, v`)).toEqual([
      [1, 3],
      [1, 2],
    ]);
  });

  it('compute what is shared inside of the subquery anew for every row', () => {
    expect(
      kql(`${rows} | mv-apply v = x to typeof(long) on (as items | where v == toscalar(items | summarize max(v)) | project v)`),
    ).toEqual([[1, [3, 1, 2], 3]]);
  });
});

describe('partition, top-nested and samples', () => {
  const calls = 'datatable(m:string, ms:long)["a",5, "b",9, "a",7, "b",1, "c",2]';

  it('keep the best of each', () => {
    expect(kql(`${calls} | partition by m (top 1 by ms)`)).toEqual([
      ['a', 7],
      ['b', 9],
      ['c', 2],
    ]);
    expect(kql(`${calls} | top-nested 2 of m with others="rest" by total=sum(ms), top-nested 1 of ms by max(ms)`)).toEqual([
      ['a', 12, 7, 7],
      ['b', 10, 9, 9],
      ['rest', 2, null, null],
    ]);
    expect(kql(`${calls} | top-hitters 1 of m by ms`)).toEqual([['a', 12]]);
    expect(kql(`${calls} | sample-distinct 2 of m`)).toEqual([['a'], ['b']]);
  });
});

describe('make-series', () => {
  const calls =
    'datatable(t:datetime, m:string, v:long)[datetime(2026-05-01 10:10),"a",1, datetime(2026-05-01 10:50),"a",2, datetime(2026-05-01 12:00),"b",5]';
  const bounds = 'from datetime(2026-05-01 10:00) to datetime(2026-05-01 13:00) step 1h';

  it('makes an item for every step, the default where there is nothing', () => {
    expect(kql(`${calls} | make-series n = count(), s = sum(v) default=-1 on t ${bounds} by m | project m, n, s`)).toEqual([
      ['a', [2, 0, 0], [3, -1, -1]],
      ['b', [0, 0, 1], [-1, -1, 5]],
    ]);
    expect(columns(`${calls} | make-series avg(v) on t ${bounds}`)).toEqual(['avg_v:dynamic', 't:dynamic']);
  });

  it('leaves out what is beyond its bounds, and without bounds goes as far as there are rows', () => {
    expect(
      kql(
        `${calls} | make-series n = count() on t from datetime(2026-05-01 10:30) to datetime(2026-05-01 12:00) step 1h | project n`,
      ),
    ).toEqual([[[1, 0]]]);
    expect(kql(`${calls} | make-series n = count() on t step 1h | project n`)).toEqual([[[2, 0, 1]]]);
  });

  it('of nothing is nothing, or defaults when it must not be empty', () => {
    expect(kql(`${calls} | where v > 9 | make-series count() on t ${bounds} | count`)).toEqual([[0]]);
    expect(kql(`${calls} | where v > 9 | make-series kind=nonempty n = count() on t ${bounds} | project n`)).toEqual([
      [[0, 0, 0]],
    ]);
  });

  it('in range() has its end and begins at a multiple of the step', () => {
    const range = 'in range(datetime(2026-05-01 10:30), datetime(2026-05-01 12:00), 1h)';
    expect(kql(`${calls} | make-series n = count() on t ${range} | project n, t[0]`)).toEqual([
      [[2, 0, 1], '2026-05-01T10:00:00.0000000Z'],
    ]);
  });

  it('comes apart again with mv-expand', () => {
    expect(
      kql(`${calls} | make-series n = count() on t ${bounds} | mv-expand t to typeof(datetime), n to typeof(long) | where n > 0`),
    ).toEqual([
      [2, '2026-05-01T10:00:00Z'],
      [1, '2026-05-01T12:00:00Z'],
    ]);
  });
});

describe('window functions', () => {
  it('look at the rows before and after, count and add up, and begin again where told', () => {
    const rows = 'datatable(g:string, v:long)["a",1, "a",2, "b",5, "b",6] | sort by g asc, v asc';
    expect(
      kql(`${rows} | extend p = prev(v, 1, 0), n = next(v), r = row_number(1, g != prev(g)), s = row_cumsum(v, g != prev(g))`),
    ).toEqual([
      ['a', 1, 0, 2, 1, 1],
      ['a', 2, 1, 5, 2, 3],
      ['b', 5, 2, 6, 1, 5],
      ['b', 6, 5, null, 2, 11],
    ]);
    expect(kql(`${rows} | where prev(g) != g | project v`)).toEqual([[1], [5]]);
  });

  it('rank equals alike, and part sessions', () => {
    expect(
      kql('datatable(v:long)[1, 1, 3] | sort by v asc | extend d = row_rank_dense(v), m = row_rank_min(v) | project d, m'),
    ).toEqual([
      [1, 1],
      [1, 1],
      [2, 3],
    ]);
    const times =
      'datatable(t:datetime)[datetime(2026-05-01 10:00), datetime(2026-05-01 10:02), datetime(2026-05-01 10:30)] | sort by t asc';
    expect(kql(`${times} | extend began = row_window_session(t, 1h, 5m) | distinct began`)).toEqual([
      ['2026-05-01T10:00:00Z'],
      ['2026-05-01T10:30:00Z'],
    ]);
  });
});

describe('scan', () => {
  it('follows the steps as Microsoft’s walkthrough does', () => {
    const events =
      'datatable(t:timespan, e:string)[0m,"A", 1m,"Start", 2m,"B", 3m,"D", 4m,"Stop", 6m,"C", 8m,"Start", 11m,"E", 12m,"Stop"] | sort by t asc';
    const steps =
      'step s1: e == "Start"; step s2: e != "Start" and e != "Stop" and t - s1.t <= 5m; step s3: e == "Stop" and t - s1.t <= 5m;';
    expect(kql(`${events} | scan with_match_id=m with (${steps}) | project e, m`)).toEqual([
      ['Start', 0],
      ['B', 0],
      ['D', 0],
      ['Stop', 0],
      ['Start', 1],
      ['E', 1],
      ['Stop', 1],
    ]);
  });

  it('carries values from row to row', () => {
    expect(kql('range x from 1 to 5 step 1 | scan declare (total:long = 0) with (step s: true => total = x + s.total;)')).toEqual(
      [
        [1, 1],
        [2, 3],
        [3, 6],
        [4, 10],
        [5, 15],
      ],
    );
    const sessions =
      'datatable(t:timespan)[0m, 10m, 35m, 50m, 80m] | sort by t asc | scan with_match_id=id declare (began:timespan) with (step inside: true => began = iff(isnull(inside.began), t, inside.began); step over output=none: t - inside.began > 30m;)';
    expect(kql(`${sessions} | project t, began, id`)).toEqual([
      ['00:00:00', '00:00:00', 0],
      ['00:10:00', '00:00:00', 0],
      ['00:35:00', '00:35:00', 1],
      ['00:50:00', '00:35:00', 1],
      ['01:20:00', '01:20:00', 2],
    ]);
  });
});

describe('evaluate', () => {
  const bags = 'datatable(id:long, d:dynamic)[1, dynamic({"b":1, "a":"x"}), 2, dynamic({"b":2.5})]';

  it('unpacks bags into columns in the order of their names, of the type that all values have', () => {
    expect(kql(`${bags} | evaluate bag_unpack(d)`)).toEqual([
      [1, 'x', 1],
      [2, '', 2.5],
    ]);
    expect(columns(`${bags} | evaluate bag_unpack(d)`)).toEqual(['id:long', 'a:string', 'b:dynamic']);
    expect(columns(`${bags} | evaluate bag_unpack(d, "p_") : (*, p_a:string, p_b:real) | extend x = p_b * 2`)).toEqual([
      'id:long',
      'p_a:string',
      'p_b:real',
      'x:real',
    ]);
  });

  it('pivots and narrows', () => {
    const calls = 'datatable(m:string, s:string)["a","ok", "b","bad", "a","bad", "a","bad"]';
    expect(kql(`${calls} | evaluate pivot(s)`)).toEqual([
      ['a', 2, 1],
      ['b', 1, 0],
    ]);
    expect(columns(`${calls} | evaluate pivot(s)`)).toEqual(['m:string', 'bad:long', 'ok:long']);
    expect(kql('print a = 1, b = "x" | evaluate narrow()')).toEqual([
      [0, 'a', '1'],
      [0, 'b', 'x'],
    ]);
  });
});

describe('names', () => {
  const schema = {
    tables: {
      AppOne: [
        { name: 'Message', type: 'string' as const },
        { name: 'Level', type: 'long' as const },
      ],
      AppTwo: [
        { name: 'Message', type: 'string' as const },
        { name: 'Code', type: 'string' as const },
      ],
    },
  };
  const stored = (name: string) =>
    tableOf(
      schema.tables[name as 'AppOne'],
      name === 'AppOne'
        ? [new Column('string', ['login failed', 'ok']), new Column('long', [3, 1])]
        : [new Column('string', ['ok', '']), new Column('string', ['relogin', 'LOGIN-7'])],
      2,
    );
  const over = (query: string): unknown[][] => kql(query, schema, stored);

  it('of several tables are searched for words, by table and column', () => {
    expect(over('search "login" | project $table, Message, Code')).toEqual([
      ['AppOne', 'login failed', ''],
      ['AppTwo', '', 'LOGIN-7'],
    ]);
    expect(over('search in (AppTwo) "*login*" | count')).toEqual([[2]]);
    expect(over('search kind=case_sensitive in (AppOne, AppTwo) Code:"LOGIN" or Level == 1 | project $table')).toEqual([
      ['AppOne'],
      ['AppTwo'],
    ]);
    expect(over('find where Code == "relogin"')).toEqual([['AppTwo', 'ok', 'relogin']]);
    expect(over('AppOne | where * has "failed" | count')).toEqual([[1]]);
  });

  it('may be wildcards, views, other workspaces, or missing', () => {
    expect(over('union withsource=from App* | summarize count() by from')).toEqual([
      ['AppOne', 2],
      ['AppTwo', 2],
    ]);
    expect(over('let Appx = view () { print Message = "v" }; union App* | count')).toEqual([[5]]);
    expect(over('union isfuzzy=true AppOne, AppNone | count')).toEqual([[2]]);
    expect(over('union workspace("w").AppOne, app(\'a\').AppTwo | count')).toEqual([[4]]);
    expect(over('// workspace("x").T\nprint s = \'app("a").b\' | where s has "app" | count')).toEqual([[1]]);
    expect(problems('workspace("w").AppNone | count', schema)).toEqual([expect.stringMatching(/^1:16 TCN-R015 KS204/)]);
  });

  it('of functions take tables and values, converted to the types that they declare', () => {
    expect(
      kql('let f = (T:(a:long), n:real = 2) { T | extend b = tostring(a * n) }; range a from 1 to 2 step 1 | invoke f(3)'),
    ).toEqual([
      [1, '3.0'],
      [2, '6.0'],
    ]);
    expect(kql('let f = (T:(*), low:long) { T | take low }; f(datatable(v:long, w:string)[1,"x", 2,"y"], 1)')).toEqual([
      [1, 'x'],
    ]);
    expect(kql('let rows = () { range x from 1 to 3 step 1 }; rows | count')).toEqual([[3]]);
  });

  it('say where something is wrong inside of a function', () => {
    expect(problems('let f = () {\n  print 1\n  | evaluate autocluster()\n};\nf()')).toEqual([
      expect.stringMatching(/^3:5 TCN-L003 the plugin autocluster/),
    ]);
  });

  it('of columns may be asked for, packed and chosen by a list', () => {
    expect(print('column_ifexists("nope", 7)')).toEqual([7]);
    expect(kql('print a = 1, b = "x" | extend p = pack_all()')).toEqual([[1, 'x', { a: 1, b: 'x' }]]);
    expect(kql('print a1 = 1, b = 2, a2 = 3 | project-by-names dynamic(["b", "a*"])')).toEqual([[2, 1, 3]]);
    expect(kql('print a = 1, b = "x" | getschema | project ColumnName, ColumnOrdinal, ColumnType')).toEqual([
      ['a', 0, 'long'],
      ['b', 1, 'string'],
    ]);
  });
});

describe('functions of several values', () => {
  it('fill several columns, named by the query or by themselves', () => {
    expect(columns('print y = dynamic([1, 2]) | extend (low, at) = series_stats(y)')).toEqual([
      'y:dynamic',
      'low:real',
      'at:long',
      'series_stats_y_max:real',
      'series_stats_y_max_idx:long',
      'series_stats_y_avg:real',
      'series_stats_y_stdev:real',
      'series_stats_y_variance:real',
    ]);
  });

  it('fit lines as the documentation shows: places count from one', () => {
    const [row = []] = kql(
      'print y = dynamic([2, 5, 6, 8, 11, 15, 17, 18, 25, 26, 30, 30]) | project series_fit_line(y) | project round(series_fit_line_y_rsquare, 3), round(series_fit_line_y_slope, 2), round(series_fit_line_y_variance, 3), round(series_fit_line_y_rvariance, 3), round(series_fit_line_y_interception, 3)',
    );
    expect(row).toEqual([0.983, 2.73, 98.629, 1.686, -1.667]);
    expect(kql('print y = dynamic([1, 2, 3, 9, 8, 7]) | extend (r, at) = series_fit_2lines(y) | project r, at')).toEqual([
      [1, 3],
    ]);
  });

  it('find what stands out of a season', () => {
    const series = 'dynamic([1, 5, 1, 5, 1, 50, 1, 5])';
    expect(kql(`print y = ${series} | extend marks = series_decompose_anomalies(y, 1.5, 2) | project marks`)).toEqual([
      [[0, 0, 0, 0, 0, 1, 0, 0]],
    ]);
    expect(kql(`print y = dynamic([1, 2, 3, 4]) | extend base = series_decompose(y, 0, "linefit") | project base`)).toEqual([
      [[1, 2, 3, 4]],
    ]);
  });
});

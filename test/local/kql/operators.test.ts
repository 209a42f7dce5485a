import { describe, expect, it } from 'vitest';
import { Column, tableOf } from '../../../src/local/kql/table.ts';
import { columns, kql, problems } from './run-kql.ts';

const CALLS = 'let T = datatable(model:string, status:int, ms:long)["a",200,10, "a",429,5, "b",200,30, "b",200,20, "a",200,40];';

describe('columns', () => {
  it('are replaced in place by extend, and otherwise appended; all expressions see the input', () => {
    expect(kql('print a = 1, b = 2 | extend a = b, c = a')).toEqual([[2, 2, 1]]);
    expect(columns('print a = 1, b = 2 | extend a = tostring(b), c = a')).toEqual(['a:string', 'b:long', 'c:long']);
  });

  it('are chosen, dropped, kept, renamed and reordered', () => {
    const row = 'print a = 1, b = 2, c1 = 3, c2 = 4';
    expect(columns(`${row} | project b, d = a + 1, strcat("x", a)`)).toEqual(['b:long', 'd:long', 'Column1:string']);
    expect(columns(`${row} | project-away c*`)).toEqual(['a:long', 'b:long']);
    expect(columns(`${row} | project-keep c*, a`)).toEqual(['a:long', 'c1:long', 'c2:long']);
    expect(kql(`${row} | project-rename z = b`)).toEqual([[1, 2, 3, 4]]);
    expect(columns(`${row} | project-rename z = b`)).toEqual(['a:long', 'z:long', 'c1:long', 'c2:long']);
    expect(kql(`${row} | project-reorder c2, b`)).toEqual([[4, 2, 1, 3]]);
  });

  it('that differ only in case are different', () => {
    expect(kql('datatable(Level:long, level:long)[1, 2] | project level, Level')).toEqual([[2, 1]]);
  });
});

describe('summarize', () => {
  it('groups by expressions, in order of first appearance, and names columns as Kusto does', () => {
    const query = `${CALLS} T | summarize count(), countif(status == 429), avg(ms), sum(ms) by model`;
    expect(columns(query)).toEqual(['model:string', 'count_:long', 'countif_:long', 'avg_ms:real', 'sum_ms:long']);
    expect(kql(query)).toEqual([
      ['a', 3, 1, 55 / 3, 55],
      ['b', 2, 0, 25, 50],
    ]);
  });

  it('gives one row without keys even over nothing, and no row with keys', () => {
    const nothing = `${CALLS} T | where ms > 100`;
    expect(
      kql(`${nothing} | summarize count(), sum(ms), avg(ms), max(ms), make_list(ms), dcount(model), percentile(ms, 50)`),
    ).toEqual([[0, 0, 'NaN', null, [], 0, null]]);
    expect(kql(`${nothing} | summarize count() by model`)).toEqual([]);
  });

  it('passes over nulls, but counts rows', () => {
    expect(
      kql(
        'datatable(v:long)[1, long(null), 3] | summarize count(), sum(v), avg(v), min(v), dcount(v), make_list(v), take_any(v)',
      ),
    ).toEqual([[3, 4, 2, 1, 2, [1, 3], 1]]);
  });

  it('takes the row of the greatest or least, with the columns asked for or all', () => {
    expect(kql(`${CALLS} T | summarize arg_max(ms, status), arg_min(ms, *) by model`)).toEqual([
      ['a', 40, 200, 5, 429],
      ['b', 30, 200, 20, 200],
    ]);
  });

  it('gives percentiles by nearest rank, several at once', () => {
    expect(kql('range x from 1 to 10 step 1 | summarize percentile(x, 50), percentiles(x, 5, 95, 99)')).toEqual([[5, 1, 10, 10]]);
    expect(columns('range x from 1 to 10 step 1 | summarize (low, high) = percentiles(x, 5, 95)')).toEqual([
      'low:long',
      'high:long',
    ]);
  });

  it('collects lists and sets with a limit, and by a condition', () => {
    expect(
      kql(
        `${CALLS} T | summarize make_set(status), make_list(ms, 2), make_set_if(model, ms > 25), sumif(ms, status == 200), avgif(ms, status == 429)`,
      ),
    ).toEqual([[[200, 429], [10, 5], ['b', 'a'], 100, 5]]);
  });

  it('computes over aggregates, and bins time', () => {
    expect(kql(`${CALLS} T | summarize rate = round(100.0 * countif(status == 429) / count(), 1) by model`)).toEqual([
      ['a', 33.3],
      ['b', 0],
    ]);
    const times = 'datatable(t:datetime)[datetime(2026-05-01T00:04:59.9999999Z), datetime(2026-05-01T00:05:00Z)]';
    expect(kql(`${times} | summarize count() by bin(t, 5m)`)).toEqual([
      ['2026-05-01T00:00:00Z', 1],
      ['2026-05-01T00:05:00Z', 1],
    ]);
  });

  it('groups nulls together and tells dynamics apart by content', () => {
    expect(kql('datatable(k:long)[1, long(null), long(null)] | summarize count() by k')).toEqual([
      [1, 1],
      [null, 2],
    ]);
    expect(kql('datatable(k:string, v:long)["x", 1, "x", 2, "y", 1] | distinct k')).toEqual([['x'], ['y']]);
    expect(kql('datatable(k:string, v:long)["x", 1, "x", 1] | distinct *')).toEqual([['x', 1]]);
  });
});

describe('order', () => {
  it('is descending unless said otherwise, null being the smallest', () => {
    const rows = 'datatable(a:long)[3, long(null), 1]';
    expect(kql(`${rows} | sort by a`)).toEqual([[3], [1], [null]]);
    expect(kql(`${rows} | order by a asc`)).toEqual([[null], [1], [3]]);
    expect(kql(`${rows} | order by a asc nulls last`)).toEqual([[1], [3], [null]]);
    expect(kql(`${rows} | top 1 by a`)).toEqual([[3]]);
    expect(kql(`${rows} | sort by a asc | take 2 | count`)).toEqual([[2]]);
  });

  it('of text is by code units, and further keys decide between equals', () => {
    expect(kql('datatable(s:string, n:long)["b",1, "a",1, "B",1, "a",2] | sort by s asc, n desc')).toEqual([
      ['B', 1],
      ['a', 2],
      ['a', 1],
      ['b', 1],
    ]);
  });
});

describe('join', () => {
  const sides =
    'let X = datatable(k:string, v:long)["a",1, "b",2, "b",3, "c",4]; let Y = datatable(k:string, w:long)["b",10, "c",20, "c",30, "d",40];';
  const joined = (kind: string) => kql(`${sides} X | join kind=${kind} Y on k | sort by k asc, v asc, w asc`);

  it('keeps every pair when inner, and one left row per key when innerunique, which is the default', () => {
    expect(joined('inner')).toEqual([
      ['b', 2, 'b', 10],
      ['b', 3, 'b', 10],
      ['c', 4, 'c', 20],
      ['c', 4, 'c', 30],
    ]);
    expect(kql(`${sides} X | join Y on k | count`)).toEqual([[3]]);
  });

  it('pads an unmatched side with null, and text with the empty string', () => {
    expect(joined('leftouter')[0]).toEqual(['a', 1, '', null]);
    expect(kql(`${sides} X | join kind=rightouter Y on k | where k == "" | project v, k1, w`)).toEqual([[null, 'd', 40]]);
    expect(kql(`${sides} X | join kind=fullouter Y on k | count`)).toEqual([[6]]);
  });

  it('filters by the existence of a partner', () => {
    const count = (kind: string) => kql(`${sides} X | join kind=${kind} Y on k | count`)[0]?.[0];
    expect(['leftsemi', 'leftanti', 'anti', 'rightsemi', 'rightanti'].map(count)).toEqual([3, 1, 1, 3, 1]);
  });

  it('compares named columns of both sides, several of them, and matches null with null', () => {
    expect(
      kql(
        'let L = datatable(a:long, b:string)[1,"x", long(null),"y"]; let R = datatable(c:long, b:string)[1,"x", 1,"z", long(null),"y"]; L | join kind=inner R on $left.a == $right.c, b',
      ),
    ).toEqual([
      [1, 'x', 1, 'x'],
      [null, 'y', null, 'y'],
    ]);
  });

  it('looks up without repeating the key', () => {
    expect(columns(`${sides} X | lookup Y on k`)).toEqual(['k:string', 'v:long', 'w:long']);
    expect(kql(`${sides} X | lookup kind=inner Y on k | count`)).toEqual([[4]]);
  });
});

describe('union', () => {
  it('lays columns of one name and type together, and parts those of two types', () => {
    const query = 'union (print a = 1, b = "x"), (print b = "y", c = 2.5, a = "z")';
    expect(columns(query)).toEqual(['a_long:long', 'a_string:string', 'b:string', 'c:real']);
    expect(kql(query)).toEqual([
      [1, '', 'x', null],
      [null, 'z', 'y', 2.5],
    ]);
  });

  it('names the source of each row', () => {
    expect(kql('let A = print x = 1; A | union withsource=from (print x = 2 | as Second)')).toEqual([
      ['union_arg0', 1],
      ['Second', 2],
    ]);
  });
});

describe('let', () => {
  it('names scalars, tables and functions, also with defaults and named arguments', () => {
    expect(kql('let limit = 2; let T = range x from 1 to 5 step 1; T | where x > limit | summarize max(x)')).toEqual([[5]]);
    expect(kql('let f = (a:long, b:string = "z") { let c = a * 2; strcat(b, c) }; print f(1), f(b = "q", a = 4)')).toEqual([
      ['z2', 'q8'],
    ]);
    expect(kql('let above = (n:long) { range x from 1 to 5 step 1 | where x > n }; above(3) | count')).toEqual([[2]]);
    expect(
      kql('let T = range x from 1 to 3 step 1; T | extend share = 1.0 * x / toscalar(T | summarize sum(x)) | project share'),
    ).toEqual([[1 / 6], [2 / 6], [3 / 6]]);
  });
});

describe('tables of the workspace', () => {
  const schema = {
    tables: {
      AzureDiagnostics: [
        { name: 'TimeGenerated', type: 'datetime' as const },
        { name: 'Category', type: 'string' as const },
      ],
    },
  };

  it('are read by column name; a column that the data lack is empty', () => {
    const specs = [{ name: 'Category', type: 'string' as const }];
    const table = tableOf(specs, [new Column('string', ['Audit', 'Trace'])], 2);
    const rows = kql(
      'AzureDiagnostics | where Category == "Audit" | project Category, TimeGenerated, properties_s',
      schema,
      () => table,
    );
    expect(rows).toEqual([['Audit', null, '']]);
  });

  it('of AzureDiagnostics have any column with a type suffix, and no other unknown one', () => {
    expect(problems('AzureDiagnostics | where modelDeploymentName_s == "x" and count_d > 1', schema)).toEqual([]);
    expect(problems('AzureDiagnostics\n| where Categori == "x"', schema)).toEqual([
      expect.stringMatching(/^2:9 TCN-R015 KS142 The name 'Categori' does not refer/),
    ]);
  });
});

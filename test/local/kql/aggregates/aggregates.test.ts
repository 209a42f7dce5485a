import { describe, expect, it } from 'vitest';
import { columns, kql, problems } from '../run-kql.ts';

const NUMBERS =
  'datatable(k:string, x:long, y:real)["a",1,14.0, "a",2,10.0, "a",3,17.0, "a",4,20.0, "a",5,50.0, "b",long(null),real(null)]';

describe('aggregates of numbers', () => {
  it('spread over a sample and over the whole, also under a condition', () => {
    expect(
      kql(
        `${NUMBERS} | where k == "a" | summarize covariance(x, y), covariancep(x, y), stdev(x), stdevp(x), variance(x), variancep(x), varianceif(x, x < 3), variancepif(x, x < 3)`,
      ),
    ).toEqual([[20.5, 16.4, expect.closeTo(1.5811388300841898, 12), expect.closeTo(Math.SQRT2, 12), 2.5, 2, 0.5, 0.25]]);
    expect(columns(`${NUMBERS} | summarize covariance(x, y), c = covariancepif(x, y, x > 1)`)).toEqual([
      'covariance_x_y:real',
      'c:real',
    ]);
  });

  it('leave nulls out; of nothing the sum is 0 and the average NaN', () => {
    expect(kql(`${NUMBERS} | summarize count(), countif(x > 2), sum(x), avg(x), min(x), max(x), dcount(x) by k`)).toEqual([
      ['a', 5, 3, 15, 3, 1, 5, 5],
      ['b', 1, 0, 0, 'NaN', null, null, 0],
    ]);
  });

  it('combine bits', () => {
    expect(
      kql(
        'datatable(n:long)[0xFFFFFFFF,0xFFFFF00F,0xCFFFFFFD,0xFAFEFFFF] | summarize toupper(tohex(binary_all_and(n))), binary_all_or(n), binary_all_xor(n)',
      ),
    ).toEqual([['CAFEF00D', 4294967295, 889262066]]);
  });
});

describe('percentiles', () => {
  const buckets = 'datatable(n:long, ms:long)[8,10, 6,20, 3,30, 1,40]';

  it('are the nearest rank, one per column or all in an array', () => {
    expect(
      kql(
        'range x from 1 to 10 step 1 | summarize percentile(x, 50), percentiles(x, 5, 95), percentiles_array(x, dynamic([0, 100]))',
      ),
    ).toEqual([[5, 1, 10, [1, 10]]]);
    expect(kql('range x from 1 to 10 step 1 | summarize (low, high) = percentiles(x, 10, 90)')).toEqual([[1, 9]]);
  });

  it('count a value as often as its weight says', () => {
    expect(
      kql(
        `${buckets} | summarize percentilew(ms, n, 50), percentilesw(ms, n, 75, 99.9), percentilesw_array(ms, n, 50, 75, 99.9)`,
      ),
    ).toEqual([[20, 20, 40, [20, 20, 40]]]);
    expect(columns(`${buckets} | summarize percentilesw(ms, n, 75, 99.9)`)).toEqual([
      'percentile_ms_75:long',
      'percentile_ms_99_9:long',
    ]);
  });
});

describe('aggregates that collect', () => {
  it('list, list distinct and merge, each with a limit and a condition', () => {
    const rows = 'datatable(v:string, b:dynamic)["x",dynamic({"a":1}), "y",dynamic({"a":2,"b":3}), "x",dynamic(null)]';
    expect(
      kql(
        `${rows} | summarize make_list(v), make_set(v), make_list(v, 2), make_list_if(v, v != "x"), make_bag(b), make_bag(b, 1), makeset(v), makelist(v)`,
      ),
    ).toEqual([[['x', 'y', 'x'], ['x', 'y'], ['x', 'y'], ['y'], { a: 1, b: 3 }, { a: 1 }, ['x', 'y'], ['x', 'y', 'x']]]);
    expect(kql('datatable(n:int)[1,int(null)] | summarize make_list(n), make_list_with_nulls(n)')).toEqual([[[1], [1, null]]]);
  });

  it('give the row of an extreme, with all its columns', () => {
    expect(kql(`${NUMBERS} | summarize arg_max(y, *), arg_min(y, k)`)).toEqual([[50, 'a', 5, 10, 'a']]);
    expect(kql(`${NUMBERS} | summarize take_any(k), any(x), take_anyif(x, x > 3), anyif(k, k == "b")`)).toEqual([
      ['a', 1, 4, 'b'],
    ]);
  });

  it('describe the shape of dynamic values', () => {
    expect(
      kql(
        'datatable(v:dynamic)[dynamic({"x":1,"y":3.5}), dynamic({"x":"s","z":[1,2]}), dynamic({"y":{"w":"z"},"t":["a"],"z":["f"]})] | summarize buildschema(v)',
      ),
    ).toEqual([
      [
        {
          x: ['long', 'string'],
          y: ['double', { w: 'string' }],
          z: { '`indexer`': ['long', 'string'] },
          t: { '`indexer`': 'string' },
        },
      ],
    ]);
  });

  it('that only an estimate would give are refused', () => {
    expect(problems('print a = 1 | summarize hll(a), tdigest(a)')).toEqual(['1:25 TCN-L003 hll() is not supported offline']);
  });
});

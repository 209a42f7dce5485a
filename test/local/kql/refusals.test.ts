import { describe, expect, it } from 'vitest';
import { compileQuery, isCompiled } from '../../../src/local/kql/engine.ts';
import { ticksOfMs } from '../../../src/local/kql/time.ts';
import { NOW, problems } from './run-kql.ts';

describe('what the engine does not do', () => {
  it.each([
    ['print a = 1\n| evaluate autocluster()', '2:3 TCN-L003 the plugin autocluster is not supported offline'],
    [
      'print a = dynamic({}), b = 1\n| evaluate bag_unpack(a)\n| extend c = b',
      '3:3 TCN-L003 an operator over columns that depend on the data (state them: `evaluate …() : (name:type, …)`) is not supported offline',
    ],
    ['print a = 1 | fork (take 1) (count)', '1:15 TCN-L003 the operator fork is not supported offline'],
    [
      'datatable(a:long)[1] | summarize by a\n| extend b = prev(a)',
      '2:14 TCN-L003 prev() over rows without an order (add serialize or sort) is not supported offline',
    ],
    [
      'print series_decompose(dynamic([1, 2]))',
      '1:7 TCN-L003 series_decompose() without a given period (0: none) is not supported offline',
    ],
    ['arg("").resources | count', '1:1 TCN-L003 arg() is not supported offline'],
    ['print x = geo_distance_2points(0.0, 0.0, 1.0, 1.0)', '1:11 TCN-L003 geo_distance_2points() is not supported offline'],
    ['print a = 1 | summarize hll(a)', '1:25 TCN-L003 hll() is not supported offline'],
    ['print decimal(1) / decimal(3)', '1:7 TCN-L003 / of a decimal is not supported offline'],
    ['print rand()', '1:7 TCN-L003 rand() is not supported offline'],
    ['print totimespan(5)', '1:7 TCN-L003 totimespan() of a long is not supported offline'],
    ['print dynamic([1]) == dynamic([1])', '1:7 TCN-L003 == between dynamic and dynamic is not supported offline'],
    ['print datetime(2020-01-01) * 2', '1:7 TCN-L003 * between datetime and long is not supported offline'],
    ['externaldata(a:string)["x"]', '1:1 TCN-L003 ExternalData is not supported offline'],
  ])('is refused while the query is compiled, with its place and name: %s', (query, expected) => {
    expect(problems(query)[0]).toBe(expected);
  });

  it('and what no engine would do is refused with the binder’s words', () => {
    expect(problems('print 1 | where x > 2')).toEqual([expect.stringMatching(/^1:17 TCN-R015 KS142/)]);
    expect(problems('T | count')).toEqual([expect.stringMatching(/^1:1 TCN-R015 KS204/)]);
    expect(problems('print 1 | sumarize count()')[0]).toBe('1:11 TCN-R015 KS176 Query operator expected.');
  });
});

describe('a run', () => {
  const compiled = compileQuery(
    'range x from 1 to 1000 step 1 | join kind=inner (range x from 1 to 1000 step 1 | extend k = 1) on x',
    { tables: {} },
  );

  it('stops with a coded error when a step makes more rows than allowed', () => {
    if (!isCompiled(compiled)) throw new Error('does not compile');
    expect(() => compiled.run({ now: ticksOfMs(NOW), table: () => undefined, maxRows: 500 })).toThrow(/TCN-L007.*500 rows/);
    expect(compiled.run({ now: ticksOfMs(NOW), table: () => undefined, maxRows: 1000 }).rows).toBe(1000);
  });

  it('stops when it is cancelled', () => {
    if (!isCompiled(compiled)) throw new Error('does not compile');
    expect(() =>
      compiled.run({ now: ticksOfMs(NOW), table: () => undefined, signal: AbortSignal.abort(new Error('enough')) }),
    ).toThrow('enough');
  });
});

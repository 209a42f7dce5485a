import { describe, expect, it } from 'vitest';
import { encode } from '../../../src/local/kql/encode.ts';
import { compileQuery, isCompiled } from '../../../src/local/kql/engine.ts';
import { Column, rowsOf, type Table, tableOf } from '../../../src/local/kql/table.ts';

const ROWS = 300_000;
const SPECS = [
  { name: 'n', type: 'long' },
  { name: 's', type: 'string' },
] as const;

const NUMBERS: Table = tableOf(
  SPECS,
  [
    new Column(
      'long',
      encode(
        'long',
        Array.from({ length: ROWS }, (_, row) => row),
      ),
    ),
    new Column(
      'string',
      Array.from({ length: ROWS }, (_, row) => `text ${row}`),
    ),
  ],
  ROWS,
);

function run(query: string, limits: object): unknown[][] {
  const compiled = compileQuery(query, { tables: { T: SPECS } });
  if (!isCompiled(compiled)) throw new Error(compiled[0]?.message);
  return rowsOf(compiled.run({ now: 0, table: () => NUMBERS, ...limits }));
}

describe('a query that grows beyond its limits ends with a coded error', () => {
  it('rows of a join that multiplies: TCN-L007', () => {
    const query = 'T | extend k = 1 | join kind=inner (T | extend k = 1) on k | count';
    expect(() => run(query, { maxRows: 1_000_000 })).toThrow(expect.objectContaining({ code: 'TCN-L007' }));
  });

  it('bytes that its steps hold: TCN-L010', () => {
    const query = 'T | extend a = strcat(s, "!"), b = strcat(s, "?") | where a != b | summarize count() by a, b';
    expect(() => run(query, { maxBytes: 4_000_000 })).toThrow(expect.objectContaining({ code: 'TCN-L010' }));
    expect(run(`${query} | count`, { maxBytes: 400_000_000 })).toEqual([[ROWS]]);
  });

  it('its time: TCN-L011', () => {
    expect(() => run('T | where s matches regex "x+y" | count', { maxMs: 0 })).toThrow(
      expect.objectContaining({ code: 'TCN-L011' }),
    );
  });
});

/** A signal that is aborted the `nth` time it is looked at. */
function abortedAt(nth: number): AbortSignal {
  let looks = 0;
  const look = (): void => {
    looks += 1;
    if (looks >= nth) throw new Error('enough');
  };
  return { throwIfAborted: look } as unknown as AbortSignal;
}

describe('an aborted query', () => {
  // Each has one or two operators, which look once; the fifth look is within a step.
  it.each([
    'T | where s has "77"',
    'T | extend a = strcat(s, "x") | project a',
    'T | order by s desc',
    'T | extend k = n % 1000 | join kind=inner (T | extend k = n % 1000) on k',
  ])('ends within a long step: %s', (query) => {
    expect(() => run(query, { signal: abortedAt(5) })).toThrow('enough');
  });

  it('throws nothing when nobody aborts', () => {
    expect(run('T | where s has "77" | count', { signal: new AbortController().signal })).toEqual([[1]]);
  });
});

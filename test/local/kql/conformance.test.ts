import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { judge, runKqlCases } from '../../conformance/kql.ts';

const CASES = fileURLToPath(new URL('../../../../shared/kql/cases.json', import.meta.url));
const present = existsSync(CASES);

describe('conformance', () => {
  it('judges by columns, values and, where it matters, order', () => {
    const one = {
      id: 'x',
      query: 'print a = 1.0, b = "t"',
      expected: {
        columns: [
          { name: 'a', type: 'real' },
          { name: 'b', type: 'string' },
        ],
        rows: [[1.0000000001, 't']],
      },
    };
    expect(judge(one)).toEqual({ result: 'passed' });
    expect(judge({ ...one, expected: { ...one.expected, rows: [[1.1, 't']] } }).result).toBe('failed');
    expect(
      judge({
        ...one,
        expected: {
          ...one.expected,
          columns: [
            { name: 'a', type: 'long' },
            { name: 'b', type: 'string' },
          ],
        },
      }).result,
    ).toBe('failed');
    expect(judge({ ...one, query: 'print a = geo_point_to_geohash(1.0, 1.0)' })).toMatchObject({
      result: 'unsupported',
      why: expect.stringContaining('TCN-L003'),
    });
    const rows = {
      id: 'y',
      query: 'range a from 1 to 2 step 1',
      expected: { columns: [{ name: 'a', type: 'long' }], rows: [[2], [1]] },
    };
    expect(judge(rows).result).toBe('passed');
    expect(judge({ ...rows, ordered: true }).result).toBe('failed');
  });

  it.runIf(present || process.env.CI)(
    'gives no wrong answer by Microsoft’s engine, and answers at least half of all cases',
    async () => {
      const summary = await runKqlCases(CASES);
      expect(summary.byKind['oracle kusto-emulator']?.failed).toBe(0);
      // Two cases of other engines' authors: one contradicts Microsoft's on the sign of a remainder, one leaves out an empty row.
      expect(summary.failed).toBeLessThanOrEqual(2);
      expect(summary.passed).toBeGreaterThanOrEqual(168);
    },
  );

  it.skipIf(present || process.env.CI)('cases: ../shared/kql/cases.json is absent', () => undefined);
});

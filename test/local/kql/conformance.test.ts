import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { judge, runKqlCases } from '../../conformance/kql.ts';

const CASES = fileURLToPath(new URL('../../../../shared/kql/cases.json', import.meta.url));
const present = existsSync(CASES);

/** Cases that do not pass, each with the reason; none of Microsoft's own engine fails. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'baby/BinOp_Modulo1': 'expects -1 % 4 to be -1; Microsoft documents 0 <= N % D < abs(D), and its emulator answers so',
  'baby/BuiltIns_substring_Columnar': 'leaves out the row whose text is shorter than the start; a projection keeps all rows',
  'baby/BuiltIns_url_encode_component_Columnar':
    'expects %3A; the documentation’s example and the emulator’s url_encode() have %3a',
  'emu/datetime-list-timezones-00': 'refused: the list depends on the version of the time zone database',
};

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

  it.runIf(present || process.env.CI)('holds for every case but those named here', async () => {
    const summary = await runKqlCases(CASES);
    expect(summary.failures.map((failure) => failure.id).sort()).toEqual(Object.keys(EXCEPTIONS).sort());
    expect(summary.byKind['oracle kusto-emulator']?.failed).toBe(0);
    expect(summary.passed).toBeGreaterThanOrEqual(0.95 * (summary.passed + summary.failed + summary.unsupported));
    const core = summary.byKind['tier core'];
    expect(core?.passed).toBeGreaterThanOrEqual(0.99 * ((core?.passed ?? 0) + (core?.failed ?? 0) + (core?.unsupported ?? 0)));
  });

  it.skipIf(present || process.env.CI)('cases: ../shared/kql/cases.json is absent', () => undefined);
});

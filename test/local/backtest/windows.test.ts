import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Archive, openArchive } from '../../../src/local/archive/archive.ts';
import { arrivalOf, USUAL_ARRIVAL } from '../../../src/local/backtest/arrival.ts';
import { openLogArchive } from '../../../src/local/backtest/log-archive.ts';
import { concatColumns, findColumn, gatherColumn, type Table } from '../../../src/local/kql/table.ts';
import { msOfTicks } from '../../../src/local/kql/time.ts';
import { offlineClock } from '../../../src/local/offline/clock.ts';
import { kqlLogSource } from '../../../src/local/offline/logs.ts';
import type { LogAnswer } from '../../../src/model/query.ts';
import type { Window } from '../../../src/model/window.ts';
import { writeBusyDay } from '../../bench/backtest/archive.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const START = Date.UTC(2026, 4, 1);

/** What a query sees of a table, read anew each time: files of hours up to now, rows of the span that have arrived. */
async function visible(archive: Archive, name: string, span: Window, now: number): Promise<Table> {
  const parts: Table[] = [];
  for (let hour = Math.floor(span.start / HOUR) * HOUR; hour <= now; hour += HOUR) {
    const table = (await archive.received([name], { start: hour, end: hour + HOUR })).get(name);
    const ticks = table === undefined ? null : findColumn(table, 'TimeGenerated')?.data;
    if (table === undefined || ticks?.kind !== 'numeric') continue;
    const rows = [...ticks.numbers.keys()].filter((row) => {
      const time = ticks.numbers[row] as number;
      const at = msOfTicks(time);
      return at >= span.start && at < span.end && arrivalOf(time, hour, USUAL_ARRIVAL) <= now;
    });
    const find = (column: string) => {
      const found = findColumn(table, column);
      return found === null ? null : gatherColumn(found, rows);
    };
    parts.push({ specs: [], columns: [], rows: rows.length, find });
  }
  return {
    specs: [],
    columns: [],
    rows: parts.reduce((sum, { rows }) => sum + rows, 0),
    find: (column) => {
      const columns = parts.map((part) => ({ column: findColumn(part, column), rows: part.rows }));
      const type = columns.find((each) => each.column !== null)?.column?.type;
      return type === undefined ? null : concatColumns(type, columns);
    },
  };
}

const QUERIES: Readonly<Record<string, string>> = {
  'few rows of many': `AzureDiagnostics | where Category == "RequestResponse" and ResultSignature == "401"
| summarize N = dcount(CorrelationId) by _ResourceId, CallerIPAddress`,
  'sums that can be merged': `AzureDiagnostics | where Category == "RequestResponse"
| extend Deployment = tostring(parse_json(properties_s).modelDeploymentName)
| summarize Calls = count(), Refused = countif(ResultSignature == "429"), Slow = max(DurationMs), Fast = min(DurationMs), All = sum(DurationMs) by _ResourceId, Deployment
| where Calls > 3 | extend Share = todouble(Refused) / Calls`,
  'what only all rows tell': `AzureDiagnostics | where Category == "RequestResponse"
| summarize P95 = percentile(DurationMs, 95), Callers = dcount(CallerIPAddress) by _ResourceId, OperationName`,
  'bins of time': `AzureDiagnostics | summarize Rows = count(), Last = max(TimeGenerated) by _ResourceId, bin(TimeGenerated, 5m)`,
  'a constant and a table by name': `let limit = 100; let Calls = AzureDiagnostics | where Category == "RequestResponse" and DurationMs > limit;
Calls | summarize Slow = countif(DurationMs > limit * 10), N = count() by _ResourceId`,
  'two tables joined': `AzureDiagnostics | where Category == "RequestResponse" and ResultSignature == "200"
| join kind=inner (AzureDiagnostics | where Category == "AzureOpenAIRequestUsage" | project CorrelationId, Usage = parse_json(properties_s)) on CorrelationId
| summarize Tokens = sum(tolong(Usage.promptTokens[0])), N = count() by _ResourceId, Deployment = tostring(Usage.modelDeploymentName)`,
  'a union with its source': `union withsource=From (AzureDiagnostics | where ResultSignature == "500"), (AzureDiagnostics | where ResultSignature == "404")
| summarize N = count() by _ResourceId, ResultSignature`,
  'a summary of a summary': `AzureDiagnostics | summarize N = count() by _ResourceId, CallerIPAddress | summarize Most = max(N), Callers = count() by _ResourceId`,
  'rows as they are': `AzureDiagnostics | where ResultSignature == "500" | project TimeGenerated, _ResourceId, DurationMs`,
  'a share of all, by a subquery': `let total = toscalar(AzureDiagnostics | count);
AzureDiagnostics | summarize N = count() by _ResourceId | extend Share = todouble(N) / total`,
  'the time of asking': `AzureDiagnostics | where TimeGenerated > ago(7m) | summarize N = count(), Age = max(now() - TimeGenerated) by _ResourceId`,
  'a fold over no key': `AzureDiagnostics | where ResultSignature == "599" | summarize N = count(), Last = max(TimeGenerated)`,
};

/** Rows in any order, as texts. */
function rowsOf({ rows }: LogAnswer): readonly string[] {
  return rows.map((row) => JSON.stringify(row)).sort();
}

describe('queries over windows of an archive that is read once', () => {
  const dir = mkdtempSync(join(tmpdir(), 'tocsin-windows-'));
  beforeAll(async () => {
    await writeBusyDay(dir, 60_000, START);
  }, 60_000);
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it.each(Object.entries(QUERIES))(
    'answer as a query over all files would: %s',
    async (_name, kql) => {
      const archive = openArchive(dir);
      const clock = offlineClock(START);
      const windows = [5 * MINUTE, HOUR, 3 * HOUR];
      const expected = windows.map((window) => ({ kql, window, every: 5 * MINUTE, patience: 2 * HOUR }));
      const fast = openLogArchive(dir, expected, USUAL_ARRIVAL, { start: START + 3 * HOUR, end: START + 7 * HOUR }, clock);
      const plain = kqlLogSource(
        async (_tables, span, now) => ({
          tables: new Map([['AzureDiagnostics', await visible(archive, 'AzureDiagnostics', span, now)]]),
          mark: null,
        }),
        clock,
      );
      let seen = 0;
      for (const [index, at] of [180, 185, 190, 191, 245, 250, 300, 371].entries()) {
        const now = START + at * MINUTE;
        await fast.advance(now);
        clock.moveTo(now);
        const end = Math.floor((now - (index % 3) * 10 * MINUTE) / (5 * MINUTE)) * 5 * MINUTE;
        for (const window of windows) {
          const query = { workspaceId: '*', kql, span: { start: end - window, end } };
          const [found, wanted] = [await fast.source.query(query), await plain.query(query)];
          expect(found.columns).toEqual(wanted.columns);
          expect(rowsOf(found)).toEqual(rowsOf(wanted));
          seen += wanted.rows.length;
          // Asked again, and of a window that does not fit into parts.
          expect(rowsOf(await fast.source.query(query))).toEqual(rowsOf(wanted));
          const odd = { ...query, span: { start: end - window + 90_500, end: end - 1_250 } };
          expect(rowsOf(await fast.source.query(odd))).toEqual(rowsOf(await plain.query(odd)));
        }
      }
      await fast.close();
      expect(seen).toBeGreaterThan(0);
    },
    120_000,
  );
});

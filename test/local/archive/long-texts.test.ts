import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { appendLogRecord, flush } from '../../../src/local/archive/append.ts';
import { openArchive } from '../../../src/local/archive/archive.ts';
import { findColumn } from '../../../src/local/kql/table.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 4, 1);
const ID = '/SUBSCRIPTIONS/S/RESOURCEGROUPS/G/PROVIDERS/MICROSOFT.COGNITIVESERVICES/ACCOUNTS/A';

const dir = mkdtempSync(join(tmpdir(), 'tocsin-long-texts-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

it('keeps the first long text of a file that is read after many others', async () => {
  const texts = Array.from({ length: 9_000 }, (_, row) => JSON.stringify({ id: row, filler: 'x'.repeat(90) }));
  for (const [row, properties] of texts.entries()) {
    const time = START + (row % 3) * HOUR + row;
    const place = { dir, category: 'RequestResponse', resourceId: ID, receivedAt: time };
    appendLogRecord(place, { time: new Date(time).toISOString(), resourceId: ID, category: 'RequestResponse', properties });
  }
  await flush(dir);
  const archive = openArchive(dir);
  const tables = await archive.logs(['AzureDiagnostics'], { start: START, end: START + 3 * HOUR });
  const table = tables.get('AzureDiagnostics');
  const values = table === undefined ? [] : (findColumn(table, 'properties_s')?.values ?? []);
  expect(new Set(values)).toEqual(new Set(texts));
});

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openArchive } from '../../../src/local/archive/archive.ts';
import { logPath } from '../../../src/local/archive/layout.ts';
import { type ArchiveRecord, resourceIdOf, timeOf } from '../../../src/local/archive/row.ts';
import { mappingOf } from '../../../src/local/archive/tables.ts';
import { parseJson } from '../../../src/local/kql/json.ts';
import { rowsOf } from '../../../src/local/kql/table.ts';
import type { Value } from '../../../src/local/kql/types.ts';

/*
 * Lines are compared with the line before, looked through four bytes at a time, their long texts kept as bytes. Whatever the lines are,
 * what comes out is what parsing each as JSON gives.
 */

const NOON = Date.UTC(2026, 4, 1, 12);
const ALL = { start: 0, end: Date.UTC(2100, 0, 1) };
const ID = '/subscriptions/s/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/a';

/** Few enough that lines repeat each other's, with everything that a byte can be wrong about. */
const characters = fc.constantFrom(
  'a',
  'b',
  'c',
  '1',
  '-',
  ' ',
  '"',
  '\\',
  '/',
  '\n',
  '\t',
  '\u0001',
  'ü',
  '€',
  '💡',
  '{',
  '}',
  ':',
  ',',
  "'",
);
const shortText = fc.array(characters, { maxLength: 9 }).map((parts) => parts.join(''));
const longText = fc
  .tuple(fc.array(characters, { minLength: 1, maxLength: 12 }), fc.integer({ min: 1, max: 60 }))
  .map(([parts, times]) => parts.join('').repeat(times));
const plainLong = fc
  .tuple(fc.integer({ min: 40, max: 400 }), fc.constantFrom('x', 'y'))
  .map(([times, char]) => char.repeat(times));
const special = fc.constantFrom(
  'a7cad415-366e-416f-908e-bad7b7c93acf',
  '2026-05-01T12:00:00Z',
  '2026-05-01T12:00:00.1234567Z',
  '2026-05-01 12:00',
  '',
);
/** Texts that come again, in the same place or another. */
const repeated = fc.constantFrom('east', 'west', 'x'.repeat(50));
const text = fc.oneof({ weight: 3, arbitrary: repeated }, shortText, longText, plainLong, special);
const number = fc.oneof(fc.integer(), fc.constantFrom(-0, 1.5, 1e21, -3, 2 ** 60, 123456789012345));
const scalar = fc.oneof({ weight: 4, arbitrary: text }, number, fc.boolean(), fc.constant(null));
const nested = fc.oneof(
  fc.dictionary(fc.constantFrom('n', 'Deep', 'x y'), fc.oneof(scalar, fc.array(scalar, { maxLength: 2 })), { maxKeys: 3 }),
  fc.array(scalar, { maxLength: 3 }),
);
const name = fc.constantFrom(
  'level',
  'Level',
  'properties',
  'Properties',
  'operationName',
  'durationMs',
  'correlationId',
  'event',
  'a-b.c',
  'ä',
  'e\u0301"x',
  'aNameThatIsLongerThanSixtyFourBytesAndIsNotRememberedFromOneLineToTheNext',
);
const field = fc.tuple(
  name,
  fc.oneof(
    { weight: 3, arbitrary: scalar },
    nested,
    nested.map((value) => JSON.stringify(value)),
  ),
);

/** A record in one of several spellings, its fields in any order; some lines are no record at all. */
const line = fc
  .tuple(
    fc.array(field, { maxLength: 6 }),
    fc.nat({ max: 6 }),
    fc.constantFrom('', ' ', '  \t'),
    fc.constantFrom(0, 0, 0, 0, 1, 2, 3),
  )
  .map(([fields, at, blank, spoiled]) => {
    const seen = new Set<string>();
    const members = fields
      .filter(([key]) => !seen.has(key.toLowerCase()) && seen.add(key.toLowerCase()))
      .map(([key, value]) => `${JSON.stringify(key)}${blank}:${blank}${JSON.stringify(value)}`);
    members.splice(at, 0, `"time":"2026-05-01T12:0${at}:00Z"`, `"resourceId":${blank}${JSON.stringify(ID)}`);
    const whole = `${blank}{${blank}${members.join(`${blank},${blank}`)}${blank}}${blank}`;
    if (spoiled === 1) return whole.slice(0, -2 - blank.length);
    if (spoiled === 2) return whole.replace('"time"', '"Time"');
    return spoiled === 3 ? `\ufeff${whole}` : whole;
  });

/** Columns that may be read at once rather than when they are asked for. */
const ASKED = ['properties_s', 'Level', 'event_s', 'OperationName'];

type Row = Record<string, Value>;

const isNothing = (value: Value): boolean => value === null || value === '';

function expected(category: string, lines: readonly string[]): Row[] {
  const mapping = mappingOf(`insights-logs-${category}`);
  return lines.flatMap((each) => {
    const record = parseJson(each.replace(/^\ufeff/, '')) as ArchiveRecord | undefined;
    const time = typeof record === 'object' && record !== null ? timeOf(record) : null;
    if (record === undefined || time === null) return [];
    const row: Row = { TimeGenerated: time, _ResourceId: resourceIdOf(record).toLowerCase() };
    mapping?.put(record, (column, _type, value) => {
      if (!isNothing(value) || !isNothing(row[column] ?? null)) row[column] = value;
    });
    return [Object.fromEntries(Object.entries(row).filter(([, value]) => !isNothing(value)))];
  });
}

async function read(dir: string, table: string, columns: ReadonlySet<string>): Promise<Row[]> {
  const found = (await openArchive(dir).logs([table], ALL, { columns })).get(table);
  if (found === undefined) return [];
  const constant = new Set([
    'Type',
    'SourceSystem',
    '_SubscriptionId',
    'ResourceId',
    'SubscriptionId',
    'ResourceGroup',
    'ResourceProvider',
    'ResourceType',
    'Resource',
  ]);
  const names = found.specs.map((spec) => spec.name);
  return rowsOf(found).map((row) =>
    Object.fromEntries(
      row.flatMap((value, index) => (isNothing(value) || constant.has(names[index] ?? '') ? [] : [[names[index] ?? '', value]])),
    ),
  );
}

async function inFolder(work: (dir: string) => Promise<void>): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'tocsin-fast-'));
  try {
    await work(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

describe('reading lines by their bytes', () => {
  it.each([
    ['someservice', 'AzureDiagnostics'],
    ['amlonlineendpointtrafficlog', 'AmlOnlineEndpointTrafficLog'],
  ])('gives for %s what parsing each line gives', async (category, table) => {
    const property = fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 12 }), fc.subarray(ASKED), (lines, asked) =>
      inFolder(async (dir) => {
        const file = join(dir, logPath(category, ID, NOON));
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, `${lines.join('\n')}\n`);
        expect(await read(dir, table, new Set(asked))).toEqual(expected(category, lines));
      }),
    );
    await fc.assert(property, { numRuns: 600 });
  });

  it('keeps apart what a name had in different places of earlier lines', () =>
    inFolder(async (dir) => {
      const lines = [
        `{"time":"2026-05-01T12:00:00Z","resourceId":"${ID}","location":"westus"}`,
        '{"location":"eastus","time":"2026-05-01T12:01:00Z"}',
        `{"time":"2026-05-01T12:02:00Z","resourceId":"${ID}","location":"westus"}`,
      ];
      const file = join(dir, logPath('someservice', ID, NOON));
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, `${lines.join('\n')}\n`);
      const rows = await read(dir, 'AzureDiagnostics', new Set());
      expect(rows.map((row) => row.location_s)).toEqual(['westus', 'eastus', 'westus']);
    }));

  it('keeps thousands of long texts apart, in any order, beside those in other scripts', () =>
    inFolder(async (dir) => {
      const texts = Array.from({ length: 9_000 }, (_, index) =>
        index % 1_000 === 7
          ? `ü${'é'.repeat(150)}${index}`
          : JSON.stringify({ index, text: `${'\\"'.repeat(index % 50)}${'x'.repeat(index % 700)}` }),
      );
      const files = [0, 1, 2].map((hour) => texts.slice(hour * 3_000, hour * 3_000 + 3_000));
      for (const [hour, own] of files.entries()) {
        const file = join(dir, logPath('SomeService', ID, NOON + hour * 3_600_000));
        await mkdir(dirname(file), { recursive: true });
        const lines = own.map((properties) => JSON.stringify({ time: '2026-05-01T12:00:00Z', resourceId: ID, properties }));
        await writeFile(file, `${lines.join('\n')}\n`);
      }
      const column = (await openArchive(dir).logs(['AzureDiagnostics'], ALL)).get('AzureDiagnostics')?.find?.('properties_s');
      expect(column?.data.kind).toBe('bytes');
      expect(column?.values).toEqual(texts);
      const cell = column?.cell;
      for (let row = texts.length - 1; row >= 0; row -= 17) expect(cell?.(row)).toBe(texts[row]);
    }));
});

import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openArchive } from '../../../src/local/archive/archive.ts';
import { logPath } from '../../../src/local/archive/layout.ts';
import { type ArchiveRecord, resourceIdOf, timeOf } from '../../../src/local/archive/row.ts';
import { mappingOf } from '../../../src/local/archive/tables.ts';
import { jsonText, parseJson } from '../../../src/local/kql/json.ts';
import { rowsOf } from '../../../src/local/kql/table.ts';
import type { Dynamic, Value } from '../../../src/local/kql/types.ts';
import { hasShared, SHARED } from '../../support/shared.ts';

/*
 * Lines are read byte by byte and long values only on demand. What comes out must be what the whole record gives, for every shape of
 * record that was seen in the field.
 */

const NOON = Date.UTC(2026, 4, 1, 12);
const ALL = { start: 0, end: Date.UTC(2100, 0, 1) };
const ID = '/subscriptions/s/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/a';
let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tocsin-shapes-'));
});

afterEach(() => rm(dir, { recursive: true, force: true }));

async function write(category: string, lines: readonly string[]): Promise<string> {
  const file = join(dir, logPath(category, ID, NOON));
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${lines.join('\n')}\n`);
  return file;
}

type Row = Readonly<Record<string, Value>>;

/** Rows as reading every record as a whole gives them, without the columns made of the resource's id. */
function expected(category: string, lines: readonly string[]): Row[] {
  const mapping = mappingOf(`insights-logs-${category.toLowerCase()}`);
  return lines.flatMap((line) => {
    const record = parseJson(line) as ArchiveRecord | undefined;
    const time = typeof record === 'object' && record !== null ? timeOf(record) : null;
    if (record === undefined || time === null) return [];
    const row: Record<string, Value> = { TimeGenerated: time, _ResourceId: resourceIdOf(record).toLowerCase() };
    mapping?.put(record, (name, _type, value) => {
      row[name] = value;
    });
    return [row];
  });
}

const NOTHING: ReadonlySet<Value> = new Set<Value>([null, '']);

async function read(table: string, names: ReadonlySet<string>): Promise<Row[]> {
  const found = (await openArchive(dir).logs([table], ALL)).get(table);
  if (found === undefined) return [];
  const wanted = found.specs.map((spec) => spec.name);
  return rowsOf(found).map((row) =>
    Object.fromEntries(
      row.flatMap((value, index) => (names.has(wanted[index] ?? '') && !NOTHING.has(value) ? [[wanted[index], value]] : [])),
    ),
  );
}

async function compare(category: string, table: string, lines: readonly string[]): Promise<number> {
  await write(category, lines);
  const rows = expected(category, lines).map((row) =>
    Object.fromEntries(Object.entries(row).filter(([, value]) => !NOTHING.has(value))),
  );
  const names = new Set(rows.flatMap((row) => Object.keys(row)));
  expect(await read(table, names)).toEqual(rows);
  return rows.length;
}

/** Every record of a file, each on a line of its own: of an array, of lines, of `records` wrappers. */
function linesOf(text: string): string[] {
  const whole = parseJson(text);
  const items = Array.isArray(whole) ? whole : whole !== undefined ? [whole] : null;
  if (items === null) return text.split('\n').filter((line) => line.trim() !== '');
  return items.flatMap((item) => {
    const records = (item as { records?: unknown[] } | null)?.records;
    return (Array.isArray(records) ? records : [item]).map((record) => jsonText(record as Dynamic));
  });
}

describe.skipIf(!hasShared)('records from the field', () => {
  it('are read as the whole record says, line by line', async () => {
    const root = join(SHARED, 'forwarding');
    const files = (await readdir(root, { recursive: true })).filter(
      (path) => /\.(?:json|ndjson|log)$/.test(path) && !path.includes('cases.json'),
    );
    const lines = (await Promise.all(files.map((path) => readFile(join(root, path), 'utf8')))).flatMap(linesOf);
    expect(lines.length).toBeGreaterThan(200);
    const whole = lines.filter((line) => parseJson(line) !== undefined);
    expect(await compare('SomeService', 'AzureDiagnostics', whole)).toBeGreaterThan(150);
  });
});

describe('a record', () => {
  const head = `"time":"2026-05-01T12:00:00.1234567Z","resourceId":"${ID}"`;

  it.each([
    ['properties as text with escapes', `{${head},"properties":"{\\"a\\":\\"${'x'.repeat(90)}\\\\n\\"}"}`],
    ['properties as a short text', `{${head},"properties":"{}"}`],
    ['properties that are a guid', `{${head},"properties":"a7cad415-366e-416f-908e-bad7b7c93acf"}`],
    ['numbers as text, negative, with fractions and exponents', `{${head},"durationMs":"-3","a":-1021,"b":1.50,"c":1e3,"d":2.0}`],
    ['numbers larger than a double holds', `{${head},"durationMs":9007199254740993,"ticks":638481757794854611}`],
    ['null, booleans, arrays and empty objects', `{${head},"a":null,"b":true,"c":[1,{"x":"]"}],"d":{},"e":false}`],
    [
      'nested objects of several levels',
      `{${head},"p":{"q":{"r":"s","t":[1]},"u":1},"properties":{"x":{"y":2.5},"when":"2026-05-01T00:00:00Z"}}`,
    ],
    ['blanks wherever they may be', `  { ${head.replaceAll('":"', '" :  "')} ,\t"level" : "Warning" , "n" : 5 }  `],
    [
      'names in another case and with odd characters',
      `{"Time":"2026-05-01T12:00:00Z","ResourceId":"${ID}","OPERATIONNAME":"Op","a-b.c":"d"}`,
    ],
    ['escapes in a name', `{${head},"a\\u0062":"c"}`],
    ['other scripts', `{${head},"resultDescription":"Größe 💡 ${'ü'.repeat(60)}","ä":"ö"}`],
    ['a time with an offset', `{"time":"2026-05-01T14:00:00+02:00","resourceId":"${ID}"}`],
    ['a time with blanks and few digits', `{"time":" 2026-05-01T12:00:00.5Z ","resourceId":"${ID}"}`],
    ['the same name twice', `{${head},"level":"a","level":"b"}`],
  ])('with %s is read as its whole text says', async (_, line) => {
    expect(await compare('SomeService', 'AzureDiagnostics', [line, line])).toBe(2);
  });

  it.each(['', '{', 'x', '[]', '{"time":"2026-05-01T12:00:00Z"', `{${head}} x`, `{${head},}`, '{"time":5}', `{${head},"a":"\\`])(
    'that is none is passed over: %s',
    async (line) => {
      const good = `{${head},"level":"Warning"}`;
      expect(await compare('SomeService', 'AzureDiagnostics', [good, line, good])).toBe(2);
    },
  );

  it('keeps its other fields where a nested value is no JSON', async () => {
    await write('SomeService', [`{${head},"level":"Error","properties":{'appName':'x'},"location":"eastus"}`]);
    const [row] = await read('AzureDiagnostics', new Set(['Level', 'location_s', 'appName_s', 'properties_s']));
    expect(row).toEqual({ Level: 'Error', location_s: 'eastus' });
  });

  it('of a table of its own is read alike, with properties as text or as an object', async () => {
    const lines = [
      `{${head},"operationName":"score","properties":{"endpointName":"fraud","ResponseCode":"200","TotalDurationMs":41.9}}`,
      `{${head},"properties":"{\\"EndpointName\\":\\"${'f'.repeat(80)}\\",\\"responseCode\\":429}"}`,
    ];
    expect(await compare('AmlOnlineEndpointTrafficLog', 'AmlOnlineEndpointTrafficLog', lines)).toBe(2);
  });
});

describe('columns of long values', () => {
  const line = (index: number): string =>
    JSON.stringify({
      time: '2026-05-01T12:00:00Z',
      resourceId: ID,
      level: `L${index}`,
      properties: JSON.stringify({ index, text: 'x'.repeat(80) }),
    });

  it('are read when they are asked for, also of rows that came later', async () => {
    const file = await write('SomeService', [line(0), line(1)]);
    const archive = openArchive(dir);
    const table = async () => (await archive.logs(['AzureDiagnostics'], ALL)).get('AzureDiagnostics');
    const texts = (await table())?.find?.('properties_s')?.values;
    expect(texts).toHaveLength(2);
    await writeFile(file, `${line(2)}\n`, { flag: 'a' });
    expect((await table())?.find?.('properties_s')?.values.map((text) => JSON.parse(String(text)).index)).toEqual([0, 1, 2]);
    expect((await table())?.find?.('level_s')).toBeNull();
    expect((await table())?.find?.('Level')?.values).toEqual(['L0', 'L1', 'L2']);
  });

  it('hold nothing where the file was cut back before they were read', async () => {
    const file = await write('SomeService', [line(0), line(1), line(2)]);
    const table = (await openArchive(dir).logs(['AzureDiagnostics'], ALL)).get('AzureDiagnostics');
    await writeFile(file, `${line(0)}\n`);
    expect(table?.find?.('properties_s')?.values.map((text) => text !== '')).toEqual([true, false, false]);
  });
});

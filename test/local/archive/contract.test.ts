import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Archive } from '../../../src/local/archive/archive.ts';
import { activityPath, logPath, metricPath } from '../../../src/local/archive/layout.ts';
import { rowsOf } from '../../../src/local/kql/table.ts';
import { type Azurite, startAzurite } from '../../support/azurite.ts';
import { accountPlace, containerPlace, folderPlace, type Place } from './places.ts';

/* What every place of an archive gives: the same, wherever it is. */

const ACCOUNT = '/subscriptions/s1/resourceGroups/Rg/providers/Microsoft.CognitiveServices/accounts/Chat';
const NOON = Date.UTC(2026, 4, 1, 12);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = { start: NOON - 12 * HOUR, end: NOON + 12 * HOUR };

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.stop());

function line(at: number, more: object = {}): string {
  return `${JSON.stringify({ time: new Date(at).toISOString(), resourceId: ACCOUNT.toUpperCase(), category: 'RequestResponse', ...more })}\n`;
}

const path = (receivedAt: number): string => logPath('RequestResponse', ACCOUNT, receivedAt);

async function column(archive: Archive, name: string, span = DAY): Promise<unknown[]> {
  const table = (await archive.logs(['AzureDiagnostics'], span)).get('AzureDiagnostics');
  return [...(table?.find?.(name)?.values ?? [])];
}

describe.each([
  ['a folder', () => folderPlace()],
  ['a container', () => containerPlace(azurite.account(), '')],
  ['a prefix of a container', () => containerPlace(azurite.account(), 'from/prod')],
  ['the containers of an account', () => accountPlace(azurite.account())],
] as const)('an archive in %s', (_, make) => {
  let place: Place;
  let archive: Archive;
  beforeEach(async () => {
    place = await make();
    archive = place.open();
  });
  afterEach(() => place.close());

  it('is empty before anything was written', async () => {
    expect(await archive.hasLogs()).toBe(false);
    expect(await column(archive, 'Level')).toEqual([]);
    expect(await archive.resourceIds()).toEqual([]);
  });

  it('gives the records of a span, also those received hours later, and no others', async () => {
    await place.append(path(NOON - HOUR), line(NOON - HOUR, { level: 'before' }));
    await place.append(path(NOON), line(NOON, { level: 'on time' }) + line(NOON + 6 * MINUTE, { level: 'after' }));
    await place.append(path(NOON + 5 * HOUR), line(NOON + MINUTE, { level: 'late' }));
    await place.append(path(NOON + 80 * HOUR), line(NOON + MINUTE, { level: 'too late for any archive' }));
    expect(await column(archive, 'Level', { start: NOON, end: NOON + 5 * MINUTE })).toEqual(['on time', 'late']);
    expect(await archive.hasLogs()).toBe(true);
    expect(await archive.resourceIds()).toEqual([ACCOUNT.toLowerCase()]);
  });

  it('grows: each line once, when it is whole', async () => {
    await place.append(path(NOON), line(NOON, { level: 'a' }));
    expect(await column(archive, 'Level')).toEqual(['a']);
    const next = line(NOON + MINUTE, { level: 'b', properties: JSON.stringify({ text: 'x'.repeat(300) }) });
    await place.append(path(NOON), next.slice(0, 50));
    expect(await column(archive, 'Level')).toEqual(['a']);
    await place.append(path(NOON), next.slice(50) + line(NOON + 2 * MINUTE, { level: 'c' }));
    expect(await column(archive, 'Level')).toEqual(['a', 'b', 'c']);
    expect((await column(archive, 'properties_s')).map((text) => String(text).length)).toEqual([0, 311, 0]);
  });

  it('is read anew where a file was replaced, by a shorter one or a longer one', async () => {
    await place.replace(path(NOON), line(NOON, { level: 'old' }) + line(NOON, { level: 'old' }));
    expect(await column(archive, 'Level')).toEqual(['old', 'old']);
    await place.replace(path(NOON), line(NOON, { level: 'new' }));
    expect(await column(archive, 'Level')).toEqual(['new']);
    await place.replace(path(NOON), line(NOON, { level: 'newer', a: 'b' }) + line(NOON, { level: 'newest' }));
    expect(await column(archive, 'Level')).toEqual(['newer', 'newest']);
  });

  it('may be packed, begin with a byte order mark and end without a line end', async () => {
    const packed = gzipSync(line(NOON, { level: 'packed', properties: JSON.stringify({ text: 'x'.repeat(300) }) }));
    await place.replace(`${path(NOON)}.gz`, packed);
    await place.replace(path(NOON + HOUR), `\ufeff${line(NOON + HOUR, { level: 'marked' })}`.trimEnd());
    expect(await column(archive, 'Level')).toEqual(['packed', 'marked']);
    expect((await column(archive, 'properties_s')).map((text) => String(text).length)).toEqual([311, 0]);
  });

  it('keeps what is whole of a packed file that was cut off', async () => {
    const many = Array.from({ length: 5_000 }, (_each, index) => line(NOON + index, { level: `L${index}`, a: Math.sin(index) }));
    const packed = gzipSync(many.join(''));
    await place.replace(path(NOON), packed.subarray(0, packed.length - 2_000));
    const levels = await column(archive, 'Level');
    expect(levels.length).toBeGreaterThan(1_000);
    expect(levels).toEqual(levels.map((_each, index) => `L${index}`));
    await place.replace(path(NOON), packed);
    expect(await column(archive, 'Level')).toHaveLength(5_000);
  });

  it('holds metrics and the activity log', async () => {
    const at = NOON + 3 * MINUTE;
    const point = { time: new Date(at).toISOString(), resourceId: ACCOUNT, namespace: 'n', metric: 'Calls', dimensions: {} };
    if (place.about !== 'an account') {
      await place.append(metricPath(at), `${JSON.stringify({ ...point, total: 7, count: 1, minimum: 7, maximum: 7 })}\n`);
      expect((await archive.metric(ACCOUNT, 'calls', DAY)).map(({ total }) => total)).toEqual([7]);
      expect(await archive.metricNames(ACCOUNT, DAY)).toEqual(['Calls']);
    }
    const record = { time: new Date(at).toISOString(), operationName: 'delete', caller: 'ada@contoso.example' };
    await place.append(activityPath('/subscriptions/s1', at), `${JSON.stringify(record)}\n`);
    expect(await archive.activity('s1', DAY)).toEqual([record]);
    expect(await archive.activity('s1', { start: NOON, end: at })).toEqual([]);
  });
});

describe('an archive in Blob Storage', () => {
  it('has the columns that the same records have in a folder, over many files', async () => {
    const [here, there] = [await folderPlace(), await containerPlace(azurite.account(), '')];
    for (let hour = 0; hour < 30; hour += 1) {
      const lines = Array.from({ length: 20 }, (_each, index) =>
        line(NOON - 20 * HOUR + hour * HOUR + index * MINUTE, {
          durationMs: index === 3 ? -1 : index,
          correlationId: `c${hour}-${index}`,
          properties: index % 2 === 0 ? { n: index, deep: { s: `t${hour}` } } : JSON.stringify({ n: index, s: 'ü'.repeat(100) }),
        }),
      ).join('');
      for (const place of [here, there]) await place.append(path(NOON - 20 * HOUR + hour * HOUR), lines);
    }
    const rows = await Promise.all(
      [here, there].map(async (place) => {
        const table = (await place.open().logs(['AzureDiagnostics'], DAY)).get('AzureDiagnostics');
        return table === undefined ? [] : [table.specs, rowsOf(table)];
      }),
    );
    expect(rows[0]).toEqual(rows[1]);
    expect(rows[1]?.[1]).toHaveLength(24 * 20 - 2 * 20);
    await here.close();
    await there.close();
  });

  it('leaves nothing behind on this machine', async () => {
    const place = await containerPlace(azurite.account(), '');
    await place.append(path(NOON), line(NOON));
    const copies = async (): Promise<number> =>
      (await readdir(tmpdir())).filter((name) => name.startsWith(`tocsin-archive-${process.pid}-`)).length;
    const before = await copies();
    await column(place.open(), 'Level');
    expect(await copies()).toBe(before + 1);
    await place.close();
    expect(await copies()).toBe(before);
  });
});

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openArchive } from '../../../src/local/archive/archive.ts';
import { lengthOf } from '../../../src/local/kql/data.ts';
import { type Compiled, compileQuery, isCompiled } from '../../../src/local/kql/engine.ts';
import { openSchema } from '../../../src/local/kql/schema.ts';
import { AZURE_SCHEMA } from '../../../src/local/kql/schemas.ts';
import type { Table } from '../../../src/local/kql/table.ts';
import { ticksOfMs } from '../../../src/local/kql/time.ts';
import { scenarioNamed } from '../../../src/local/traffic/scenarios.ts';
import { openWriter, type Stream } from '../../../src/local/traffic/writer.ts';
import { hasShared, SHARED } from '../../support/shared.ts';
import { extended, madeUpTable } from './made-up.ts';

/*
 * Queries that people really run on Azure logs. All must bind, or be refused for the reason that is given here by name; and run over
 * an archive of generated traffic, with made-up rows of the categories and tables that it has not.
 */

const CORPUS = join(SHARED, 'kql/corpus');
const NOW = Date.UTC(2026, 2, 10, 15);

interface Exception {
  readonly why: string;
  /** The first diagnostic. */
  readonly says: RegExp;
  /** What the portal puts in place before it runs the query. */
  readonly given?: string;
}

const TIME_PICKER: Exception = {
  why: 'is written for the portal, which supplies the bounds of its time picker under these names',
  says: /TCN-R015 KS\d+ .*(?:_fromStartTime|datetime expected)/,
  given: 'let _fromStartTime = ago(1d); let _toEndTime = now();',
};

/** By the first part of the file's name. */
const EXCEPTIONS: Readonly<Record<string, Exception>> = {
  'ai-225': { why: 'projects a column Cost that it never makes', says: /^7:59 TCN-R015 KS142 The name 'Cost'/ },
  'alert-005': {
    why: 'declares threshold_used and then uses threshold_free',
    says: /TCN-R015 KS142 The name 'threshold_free'/,
    given: 'let threshold_free = 0.15;',
  },
  'alert-006': { why: 'is for Azure Resource Graph, not for logs', says: /TCN-R015 KS204 The name 'authorizationresources'/ },
  'alert-017': {
    why: 'declares threshold_used and then uses threshold_available',
    says: /TCN-R015 KS142 The name 'threshold_available'/,
    given: 'let threshold_available = 0.15;',
  },
  'alert-018': { why: 'joins Azure Resource Graph by arg(""), of which there is no archive', says: /^3:67 TCN-L003 arg\(\)/ },
  'query-047': TIME_PICKER,
  'query-057': TIME_PICKER,
  'query-061': { why: 'gives count() a column of text', says: /TCN-R015 KS107 A value of type bool expected/ },
  'query-069': TIME_PICKER,
  'query-076': TIME_PICKER,
  'query-084': { why: 'gives count() a column of text', says: /TCN-R015 KS107 A value of type bool expected/ },
  'query-092': TIME_PICKER,
  'query-094': { why: 'spells ResultCode with a small letter', says: /TCN-R015 KS142 The name 'resultCode'/ },
  'query-119': { why: 'asks for duration, which is DurationMs in that table', says: /TCN-R015 KS142 The name 'duration'/ },
  'query-125': TIME_PICKER,
  'query-145': TIME_PICKER,
  'query-147': TIME_PICKER,
  'query-160': TIME_PICKER,
};

const NOWHERE: Stream = {
  append: async () => undefined,
  partitions: 1,
  sizes: async () => ({}),
  truncateTo: async () => undefined,
};

const compilations = new Map<string, ReturnType<typeof compileQuery>>();

function compile(query: string): ReturnType<typeof compileQuery> {
  const made = compilations.get(query) ?? compileQuery(query, AZURE_SCHEMA);
  compilations.set(query, made);
  return made;
}

function problemsOf(query: string): readonly string[] {
  const compiled = compile(query);
  return isCompiled(compiled) ? [] : compiled.map((found) => `${found.line}:${found.column} ${found.code} ${found.message}`);
}

describe.skipIf(!hasShared)('the corpus', () => {
  const files = hasShared ? readdirSync(CORPUS).sort() : [];
  const queries = files.map((file) => ({
    file,
    id: file.split('-').slice(0, 2).join('-'),
    text: readFileSync(join(CORPUS, file), 'utf8'),
  }));
  let dir: string;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'tocsin-corpus-'));
    const run = { seed: 1, scenario: scenarioNamed('throttling-storm'), startedAt: NOW - 20 * 60_000 };
    const writer = await openWriter(run, { archive: join(dir, 'archive'), journal: join(dir, 'traffic.json') }, NOWHERE, 10);
    await writer.writeUntil(NOW);
  }, 120_000);

  afterAll(() => {
    if (existsSync(dir)) rmSync(dir, { recursive: true, force: true });
  });

  async function execute(compiled: Compiled, query: string): Promise<Table> {
    const archived = await openArchive(join(dir, 'archive')).logs(compiled.tables, { start: 0, end: NOW + 1 });
    const schema = openSchema(query, AZURE_SCHEMA);
    const table = (name: string): Table => {
      const made = madeUpTable(name, schema.tables[name] ?? [], query, NOW);
      const known = archived.get(name);
      return known === undefined ? made : extended(known, made);
    };
    return compiled.run({ now: ticksOfMs(NOW), table });
  }

  it('binds, but for the queries that are named here with what is wrong with them', () => {
    const refused = queries.filter(({ text }) => problemsOf(text).length > 0).map(({ id }) => id);
    expect(refused).toEqual(Object.keys(EXCEPTIONS).sort());
  }, 120_000);

  it.each(queries.filter(({ id }) => EXCEPTIONS[id] !== undefined))('refuses $file with the right words', ({ id, text }) => {
    expect(problemsOf(text)[0]).toMatch(EXCEPTIONS[id]?.says ?? /^$/);
  });

  it('runs, every query that binds or whose placeholders the portal fills', async () => {
    const failed: string[] = [];
    let ran = 0;
    let withRows = 0;
    for (const { id, file, text } of queries) {
      const given = EXCEPTIONS[id]?.given;
      if (EXCEPTIONS[id] !== undefined && given === undefined) continue;
      const query = given === undefined ? text : `${given}\n${text}`;
      const compiled = compile(query);
      if (!isCompiled(compiled)) {
        failed.push(`${file}: ${compiled[0]?.message}`);
        continue;
      }
      try {
        const table = await execute(compiled, query);
        expect(table.specs, file).toEqual(compiled.columns);
        for (const column of table.columns) expect(lengthOf(column.data), file).toBe(table.rows);
        ran += 1;
        if (table.rows > 0) withRows += 1;
      } catch (error) {
        failed.push(`${file}: ${String(error)}`);
      }
    }
    expect(failed).toEqual([]);
    expect(ran / queries.length).toBeGreaterThanOrEqual(0.97);
    // Enough of them find something for the run to mean something.
    expect(withRows / ran).toBeGreaterThan(0.7);
  }, 240_000);
});

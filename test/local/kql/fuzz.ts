import { readdirSync, readFileSync } from 'node:fs';
import { compileQuery, isCompiled } from '../../../src/local/kql/engine.ts';
import { tableJson } from '../../../src/local/kql/output.ts';
import { AZURE_SCHEMA } from '../../../src/local/kql/schemas.ts';
import { Column, firstRows, type Table, tableOf } from '../../../src/local/kql/table.ts';
import { ticksOfMs } from '../../../src/local/kql/time.ts';
import type { ColumnSpec, KustoType, Value } from '../../../src/local/kql/types.ts';
import { TocsinError } from '../../../src/model/errors.ts';
import { mutate, randomOf } from './mutate.ts';
import { NOW } from './run-kql.ts';

/** At most so many rows in a step, bytes held, and looks of the engine at its signal; a look comes at least every 65,536 rows of work. */
const LIMITS = { rows: 100_000, bytes: 64 * 1_048_576, looks: 2_000 };

export interface FuzzReport {
  readonly answered: number;
  readonly refused: number;
  /** Coded errors while running, by code; queries that were stopped by their budget of looks are TCN-L011. */
  readonly failed: Readonly<Record<string, number>>;
  /** What must not be: an error without a code, or a diagnostic without a place. */
  readonly wrong: readonly { readonly index: number; readonly query: string; readonly why: string }[];
  /** The most looks of one query. */
  readonly mostLooks: number;
}

/** What a run of one mutation cost; for benches, since it depends on the machine. */
export type Watch = (index: number, query: string, cpuMs: number) => void;

/** The queries of the corpus and of the cases under ../shared/kql. */
export function seedQueries(folder: string): readonly string[] {
  const corpus = readdirSync(`${folder}/corpus`).filter((name) => name.endsWith('.kql'));
  const cases = JSON.parse(readFileSync(`${folder}/cases.json`, 'utf8')) as readonly { readonly query: string }[];
  return [...corpus.map((name) => readFileSync(`${folder}/corpus/${name}`, 'utf8')), ...cases.map((one) => one.query)];
}

/** Runs mutations number `from` to `from + count`; each depends on its number only, and so does the report. */
export function fuzz(seeds: readonly string[], from: number, count: number, watch?: Watch): FuzzReport {
  const wrong: { index: number; query: string; why: string }[] = [];
  const failed: Record<string, number> = {};
  let [answered, refused, mostLooks] = [0, 0, 0];
  compileQuery('print 1', AZURE_SCHEMA);
  for (let index = from; index < from + count; index += 1) {
    const random = randomOf(index * 2_654_435_761);
    const query = mutate(seeds[Math.floor(random() * seeds.length)] ?? '', seeds, random);
    const before = process.cpuUsage();
    const budget = budgetOf(LIMITS.looks);
    try {
      const compiled = compileQuery(query, AZURE_SCHEMA);
      if (isCompiled(compiled)) {
        const result = compiled.run({
          now: ticksOfMs(NOW),
          table: (name) => sample(name),
          maxRows: LIMITS.rows,
          maxBytes: LIMITS.bytes,
          signal: budget.signal,
        });
        tableJson('t', firstRows(result, 3));
        answered += 1;
      } else {
        refused += 1;
        const uncoded = compiled.find((found) => !/^TCN-[RL]\d{3}$/.test(found.code) || found.line < 1 || found.column < 1);
        if (uncoded !== undefined) wrong.push({ index, query, why: `a diagnostic without place: ${JSON.stringify(uncoded)}` });
      }
    } catch (error) {
      if (error instanceof TocsinError) failed[error.code] = (failed[error.code] ?? 0) + 1;
      else wrong.push({ index, query, why: String((error as Error).stack ?? error).slice(0, 600) });
    }
    mostLooks = Math.max(mostLooks, budget.looks());
    const { user, system } = process.cpuUsage(before);
    watch?.(index, query, (user + system) / 1000);
  }
  return { answered, refused, failed, wrong, mostLooks };
}

/** A signal that aborts when it has been looked at too often: a bound on work that is the same on every machine. */
function budgetOf(most: number): { readonly signal: AbortSignal; readonly looks: () => number } {
  let looks = 0;
  const signal = new AbortController().signal;
  Object.defineProperty(signal, 'throwIfAborted', {
    value: () => {
      looks += 1;
      if (looks > most) throw new TocsinError('TCN-L011', `after ${most} looks`);
    },
  });
  return { signal, looks: () => looks };
}

const ROWS = 40;
const tables = new Map<string, Table | undefined>();

/** Forty rows of a table of the schema, of values that are often met and of some that are not. */
function sample(name: string): Table | undefined {
  if (!tables.has(name)) {
    const specs = AZURE_SCHEMA.tables[name];
    tables.set(name, specs === undefined ? undefined : made(specs));
  }
  return tables.get(name);
}

function made(specs: readonly ColumnSpec[]): Table {
  const random = randomOf(specs.length);
  return tableOf(
    specs,
    specs.map(
      (spec) =>
        new Column(
          spec.type,
          Array.from({ length: ROWS }, (_, row) => value(spec.type, row, random)),
        ),
    ),
    ROWS,
  );
}

const TEXTS = [
  '',
  'RequestResponse',
  '200',
  '429',
  'gpt-4o',
  '{"a":[1,{"b":null}],"model":"gpt"}',
  'https://x.y/z?a=b',
  'éclair 🍕',
  '[1,2',
];

function value(type: KustoType, row: number, random: () => number): Value {
  if (type !== 'string' && random() < 0.1) return null;
  switch (type) {
    case 'string':
      return TEXTS[Math.floor(random() * TEXTS.length)] ?? '';
    case 'bool':
      return random() < 0.5;
    case 'int':
    case 'long':
      return Math.floor(random() * 1000);
    case 'real':
      return random() * 1000;
    case 'decimal':
      return '1.5';
    case 'datetime':
      return ticksOfMs(NOW - row * 60_000);
    case 'timespan':
      return row * 10_000_000;
    case 'guid':
      return `00000000-0000-0000-0000-${String(row).padStart(12, '0')}`;
    case 'dynamic':
      return [{ a: row, b: ['x', null] }, [1, 2.5, 'y'], 'text', row][row % 4] as Value;
  }
}

import { compileQuery, isCompiled } from '../../../src/local/kql/engine.ts';
import { jsonText } from '../../../src/local/kql/json.ts';
import { Column, rowsOf as engineRows, type Table, tableOf } from '../../../src/local/kql/table.ts';
import { ticksOfMs } from '../../../src/local/kql/time.ts';
import type { Dynamic, Value } from '../../../src/local/kql/types.ts';
import { programOf } from './naive/programs.ts';
import { type Row, rowsOf } from './naive/relations.ts';

const NOW = ticksOfMs(Date.UTC(2026, 4, 1, 12));

/** What the engine and the naive interpreter do differently with a random program; `null` when they agree, `refused` when it does not compile. */
export function differenceOf(seed: number): {
  readonly difference: string | null;
  readonly refused: string | null;
  readonly rows: number;
} {
  const { query, schema, tables } = programOf(seed);
  const compiled = compileQuery(query, schema);
  if (!isCompiled(compiled)) {
    const [found] = compiled;
    return { difference: null, refused: `${found?.code} ${found?.message}\n${query}`, rows: 0 };
  }
  const stored = new Map(
    Object.entries(schema.tables).map(([name, specs]): readonly [string, Table] => {
      const rows = tables[name] ?? [];
      const columns = specs.map(
        (spec, index) =>
          new Column(
            spec.type,
            rows.map((row) => row[index] ?? null),
          ),
      );
      return [name, tableOf(specs, columns, rows.length)];
    }),
  );
  const got = outcome(() => engineRows(compiled.run({ now: NOW, table: (name) => stored.get(name) })));
  const wanted = outcome(() => rowsOf(compiled.plan, { now: NOW, tables }));
  const same = got.length === wanted.length && got.every((row, index) => sameRow(row, wanted[index] ?? []));
  const show = (rows: readonly Row[]): string => rows.map((row) => `  ${row.map(text).join(' | ')}`).join('\n');
  const difference = same
    ? null
    : `seed ${seed}\n${query}\nengine:\n${show(got)}\nnaive:\n${show(wanted)}\nT:\n${show(tables.T ?? [])}\nU:\n${show(tables.U ?? [])}`;
  return { difference, refused: null, rows: got.length };
}

function outcome(make: () => readonly Row[]): readonly Row[] {
  try {
    return make();
  } catch (error) {
    return [[`throws ${String((error as Error).stack ?? error).slice(0, 600)}`]];
  }
}

function text(value: Value): string {
  return typeof value === 'object' && value !== null
    ? jsonText(value as Dynamic)
    : typeof value === 'string'
      ? JSON.stringify(value)
      : String(value);
}

function sameRow(a: Row, b: Row): boolean {
  return a.length === b.length && a.every((value, index) => sameValue(value, b[index] ?? null));
}

function sameValue(a: Value, b: Value): boolean {
  if (typeof a === 'number' && typeof b === 'number') {
    return a === b || (Number.isNaN(a) && Number.isNaN(b)) || Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b));
  }
  return text(a) === text(b);
}

import { compileQuery, isCompiled } from '../../../src/local/kql/engine.ts';
import { RawNumber, wireCell } from '../../../src/local/kql/output.ts';
import type { Schema } from '../../../src/local/kql/schema.ts';
import { rowsOf, type Table } from '../../../src/local/kql/table.ts';
import { ticksOfMs } from '../../../src/local/kql/time.ts';

/** What `now()` is in these tests. */
export const NOW = Date.UTC(2026, 4, 1, 12);

const NO_TABLES: Schema = { tables: {} };

/** The rows of a query as Azure Monitor's JSON has them; throws what is wrong with it. */
export function kql(
  query: string,
  schema = NO_TABLES,
  table: (name: string) => Table | undefined = () => undefined,
): unknown[][] {
  return cells(run(query, schema, table));
}

/** The one row of `print …`. */
export function print(expressions: string): unknown[] {
  return kql(`print ${expressions}`)[0] ?? [];
}

export function columns(query: string): string[] {
  return run(query, NO_TABLES, () => undefined).specs.map((spec) => `${spec.name}:${spec.type}`);
}

/** `line:col code message` of everything that is wrong. */
export function problems(query: string, schema = NO_TABLES): string[] {
  const compiled = compileQuery(query, schema);
  return isCompiled(compiled) ? [] : compiled.map((found) => `${found.line}:${found.column} ${found.code} ${found.message}`);
}

function run(query: string, schema: Schema, table: (name: string) => Table | undefined): Table {
  const compiled = compileQuery(query, schema);
  if (!isCompiled(compiled))
    throw new Error(compiled.map((found) => `${found.line}:${found.column} ${found.message}`).join('\n'));
  return compiled.run({ now: ticksOfMs(NOW), table });
}

function cells(table: Table): unknown[][] {
  return rowsOf(table).map((row) =>
    row.map((value, index) => {
      const type = table.specs[index]?.type ?? 'string';
      const cell = wireCell(value, type);
      if (cell instanceof RawNumber) return BigInt(cell.digits);
      return type === 'dynamic' && typeof cell === 'string' ? JSON.parse(cell) : cell;
    }),
  );
}

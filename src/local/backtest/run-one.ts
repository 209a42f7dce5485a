import { encode } from '../kql/encode.ts';
import { type RunOptions, runPlans } from '../kql/engine.ts';
import type { Relation } from '../kql/plan.ts';
import { Column, type Table, tableOf } from '../kql/table.ts';
import { ticksOfMs } from '../kql/time.ts';
import type { ColumnSpec, Value } from '../kql/types.ts';
import { PART } from './split.ts';

/** The result of one plan over tables at hand; `now` in epoch ms. */
export function runOne(plan: Relation, now: number, table: RunOptions['table']): Table {
  const [result] = runPlans([plan], { now: ticksOfMs(now), table, maxBytes: Number.POSITIVE_INFINITY });
  return result as Table;
}

/** Rows given as arrays of cells, as a table. */
export function tableOfCells(specs: readonly ColumnSpec[], rows: readonly (readonly Value[])[]): Table {
  const columns = specs.map(
    ({ type }, index) =>
      new Column(
        type,
        encode(
          type,
          rows.map((row) => row[index] as Value),
        ),
      ),
  );
  return tableOf(specs, columns, rows.length);
}

/** A table with the number of the part of every row beside its columns. */
export function withParts(table: Table, parts: Float64Array): Table {
  const part = new Column('long', { kind: 'numeric', numbers: parts, nulls: null });
  return tableOf([...table.specs, { name: PART, type: 'long' }], [...table.columns, part], table.rows);
}

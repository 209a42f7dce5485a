import type { Derived, RelationOf } from '../plan.ts';
import { Column, type Table, tableOf } from '../table.ts';
import { bind } from './expressions.ts';
import { columnOf } from './rows.ts';
import type { Columns, Run } from './run.ts';
import { WINDOWS } from './windows.ts';

export function runDerive(relation: RelationOf<'derive'>, run: Run): Table {
  const input = run.evaluate(relation.input);
  const columns = [...input.columns];
  for (const added of relation.added) columns.push(derivedColumn(added, [...columns], input.rows, run));
  return tableOf(relation.columns, columns, input.rows);
}

function derivedColumn(made: Derived, columns: Columns, rows: number, run: Run): Column {
  if (made.kind !== 'window') return columnOf(made, columns, rows, run);
  return new Column(
    made.type,
    () =>
      WINDOWS[made.name]?.compute(
        made.args.map((arg) => bind(arg, columns, run)),
        rows,
      ) ?? [],
  );
}

import { invalid } from '../errors.ts';
import { addLong, compareNumbers } from '../numbers.ts';
import type { RelationOf } from '../plan.ts';
import { Column, gather, nothing, type Table, tableOf } from '../table.ts';
import type { KustoType, Value } from '../types.ts';
import { bind } from './expressions.ts';
import type { Columns, Run } from './run.ts';

/** Rows that a table written in the query holds. */
export function runRows(relation: RelationOf<'rows'>, run: Run): Table {
  const columns = relation.columns.map(
    (spec, index) =>
      new Column(
        spec.type,
        relation.cells.map((row) => {
          const cell = row[index];
          return cell === undefined ? nothing(spec.type) : bind(cell, [], run).cell(0);
        }),
      ),
  );
  return tableOf(relation.columns, columns, relation.cells.length);
}

const RANGE_LIMIT = 10_000_000;

export function runRange(relation: RelationOf<'range'>, run: Run): Table {
  const [from, to, step] = [relation.from, relation.to, relation.step].map(
    (expression) => bind(expression, [], run).cell(0) as number | bigint | null,
  );
  const type = relation.columns[0]?.type ?? 'long';
  const values: Value[] = [];
  if (
    from === null ||
    from === undefined ||
    to === null ||
    to === undefined ||
    step === null ||
    step === undefined ||
    step === 0
  ) {
    return tableOf(relation.columns, [new Column(type, values)], 0);
  }
  const sign = step > 0 ? 1 : -1;
  for (let value: number | bigint = from; compareNumbers(value, to) * sign <= 0; value = next(value, step, type)) {
    values.push(value);
    if (values.length > RANGE_LIMIT) throw invalid('range makes more than ten million rows', { line: 1, column: 1 });
  }
  return tableOf(relation.columns, [new Column(type, values)], values.length);
}

function next(value: number | bigint, step: number | bigint, type: KustoType): number | bigint {
  return type === 'long' || type === 'int' ? addLong(value, step) : Number(value) + Number(step);
}

export function runFilter(relation: RelationOf<'where'>, run: Run): Table {
  const input = run.evaluate(relation.input);
  const { cell, constant } = bind(relation.condition, input.columns, run);
  if (constant) return cell(0) === true ? input : gather(input, []);
  const selected = new Int32Array(input.rows);
  let count = 0;
  for (let row = 0; row < input.rows; row += 1) {
    if (cell(row) === true) {
      selected[count] = row;
      count += 1;
    }
  }
  return count === input.rows ? input : gather(input, selected.subarray(0, count));
}

export function runProject(relation: RelationOf<'project'>, run: Run): Table {
  const input = run.evaluate(relation.input);
  const columns = relation.expressions.map((expression) => {
    const same = expression.kind === 'column' ? input.columns[expression.index] : undefined;
    return same ?? new Column(expression.type, () => valuesOf(expression, input.columns, input.rows, run));
  });
  return tableOf(relation.columns, columns, input.rows);
}

export function valuesOf(expression: Parameters<typeof bind>[0], columns: Columns, rows: number, run: Run): readonly Value[] {
  const { cell } = bind(expression, columns, run);
  const values = new Array<Value>(rows);
  for (let row = 0; row < rows; row += 1) values[row] = cell(row);
  return values;
}

export function runUnion(relation: RelationOf<'union'>, run: Run): Table {
  const tables = relation.branches.map((branch) => ({ ...branch, table: run.evaluate(branch.input) }));
  const rows = tables.reduce((total, { table }) => total + table.rows, 0);
  const source = relation.withSource
    ? [new Column('string', () => tables.flatMap(({ table, label }) => new Array<Value>(table.rows).fill(label)))]
    : [];
  const specs = relation.withSource ? relation.columns.slice(1) : relation.columns;
  const columns = specs.map(
    (spec, index) =>
      new Column(spec.type, () =>
        tables.flatMap(({ table, mapping }): readonly Value[] => {
          const column = table.columns[mapping[index] ?? -1];
          return column?.values ?? new Array<Value>(table.rows).fill(nothing(spec.type));
        }),
      ),
  );
  return tableOf(relation.columns, [...source, ...columns], rows);
}

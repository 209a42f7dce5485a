import { TocsinError } from '../../../model/errors.ts';
import { type Data, dictionaryOf, truthsOf } from '../data.ts';
import { encode } from '../encode.ts';
import { addLong, compareNumbers } from '../numbers.ts';
import type { Expression, RelationOf } from '../plan.ts';
import { Column, concatColumns, gather, nothing, type Table, tableOf } from '../table.ts';
import type { KustoType, Value } from '../types.ts';
import { bind } from './expressions.ts';
import type { Cell, Columns, Run } from './run.ts';

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
    if (values.length % PACE === 0) run.check(values.length);
    if (values.length > RANGE_LIMIT) throw new TocsinError('TCN-L007', 'range makes more than ten million rows');
  }
  return tableOf(relation.columns, [new Column(type, values)], values.length);
}

function next(value: number | bigint, step: number | bigint, type: KustoType): number | bigint {
  return type === 'long' || type === 'int' ? addLong(value, step) : Number(value) + Number(step);
}

export function runFilter(relation: RelationOf<'where'>, run: Run): Table {
  const input = run.evaluate(relation.input);
  const { cell, constant, bulk } = bind(relation.condition, input.columns, run);
  if (constant) return cell(0) === true ? input : gather(input, []);
  const known = bulk?.() ?? null;
  const selected = known === null ? selectCells(cell, input.rows, run) : selectTruths(truthsOf(known));
  run.hold(selected.byteLength);
  return selected.length === input.rows ? input : gather(input, selected);
}

/** Rows between two looks at the clock and the limits. */
const PACE = 1 << 16;

function selectCells(cell: Cell, rows: number, run: Run): Int32Array {
  const selected = new Int32Array(rows);
  let count = 0;
  for (let row = 0; row < rows; row += 1) {
    if (row % PACE === 0) run.check(0);
    if (cell(row) === true) {
      selected[count] = row;
      count += 1;
    }
  }
  return selected.slice(0, count);
}

function selectTruths(truths: Uint8Array): Int32Array {
  let count = 0;
  for (let row = 0; row < truths.length; row += 1) count += (truths[row] as number) & 1;
  // One more than needed: the last place is written to and not counted where the last rows are not selected.
  const selected = new Int32Array(count + 1);
  count = 0;
  for (let row = 0; row < truths.length; row += 1) {
    selected[count] = row;
    count += (truths[row] as number) & 1;
  }
  return selected.subarray(0, count);
}

export function runProject(relation: RelationOf<'project'>, run: Run): Table {
  const input = run.evaluate(relation.input);
  const columns = relation.expressions.map((expression) => columnOf(expression, input.columns, input.rows, run));
  return tableOf(relation.columns, columns, input.rows);
}

/** The column that an expression makes of the columns at hand; made when it is first read. */
export function columnOf(expression: Expression, columns: Columns, rows: number, run: Run): Column {
  const same = expression.kind === 'column' ? columns[expression.index] : undefined;
  return same ?? new Column(expression.type, () => dataOfExpression(expression, columns, rows, run));
}

function dataOfExpression(expression: Expression, columns: Columns, rows: number, run: Run): Data {
  const { type, cell, constant, bulk } = bind(expression, columns, run);
  if (constant) return constantData(cell(0), type, rows);
  const known = bulk?.() ?? null;
  if (known !== null) return known;
  const values = cellsOf(cell, rows, run);
  run.hold(rows * 8);
  return NUMBERS.has(type) ? encode(type, values) : { kind: 'plain', values };
}

const NUMBERS: ReadonlySet<KustoType> = new Set(['bool', 'int', 'long', 'real', 'datetime', 'timespan']);

function constantData(value: Value, type: KustoType, rows: number): Data {
  if (type === 'string') return { kind: 'coded', codes: new Int32Array(rows), dictionary: dictionaryOf([value], true) };
  const values = new Array<Value>(rows).fill(value);
  return NUMBERS.has(type) ? encode(type, values) : { kind: 'plain', values };
}

function cellsOf(cell: Cell, rows: number, run: Run): Value[] {
  const values = new Array<Value>(rows);
  for (let row = 0; row < rows; row += 1) {
    if (row % PACE === 0) run.check(0);
    values[row] = cell(row);
  }
  return values;
}

export function valuesOf(expression: Expression, columns: Columns, rows: number, run: Run): readonly Value[] {
  return columnOf(expression, columns, rows, run).values;
}

export function runUnion(relation: RelationOf<'union'>, run: Run): Table {
  const tables = relation.branches.map((branch) => ({ ...branch, table: run.evaluate(branch.input) }));
  const rows = tables.reduce((total, { table }) => total + table.rows, 0);
  const source = relation.withSource
    ? [new Column('string', () => tables.flatMap(({ table, label }) => new Array<Value>(table.rows).fill(label)))]
    : [];
  const specs = relation.withSource ? relation.columns.slice(1) : relation.columns;
  const columns = specs.map((spec, index) =>
    concatColumns(
      spec.type,
      tables.map(({ table, mapping }) => ({ column: table.columns[mapping[index] ?? -1] ?? null, rows: table.rows })),
    ),
  );
  return tableOf(relation.columns, [...source, ...columns], rows);
}

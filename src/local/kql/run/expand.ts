import { textOf } from '../json.ts';
import type { Expand, RelationOf } from '../plan.ts';
import { Column, concatColumns, gather, type Table, tableOf } from '../table.ts';
import { type Dynamic, isArray, isBag, type KustoType, type Value } from '../types.ts';
import { elementAs } from './elements.ts';
import { bind } from './expressions.ts';
import { within } from './given.ts';
import type { Run } from './run.ts';
import { groupBy } from './summarize.ts';

interface Expanded {
  readonly table: Table;
  /** The input's row that every row comes from; ascending. */
  readonly rows: readonly number[];
}

export function runExpand(relation: RelationOf<'expand'>, run: Run): Table {
  return expanded(relation, run.evaluate(relation.input), run).table;
}

/** One item per row. Null is one null, an empty array no row; a shorter one of several is filled up with nulls. */
function expanded(relation: Expand, input: Table, run: Run): Expanded {
  const cells = relation.items.map((item) => bind(item.value, input.columns, run).cell);
  const limit = relation.limit === null ? Number.POSITIVE_INFINITY : Number(bind(relation.limit, [], run).cell(0) ?? 0);
  const values = relation.items.map((): Value[] => []);
  const positions: number[] = [];
  const rows: number[] = [];
  for (let row = 0; row < input.rows; row += 1) {
    const lists = cells.map((cell) => itemsOf(cell(row) as Dynamic, relation.bags));
    const count = Math.min(limit, Math.max(0, ...lists.map((list) => list.length)));
    for (let position = 0; position < count; position += 1) {
      rows.push(row);
      positions.push(position);
      for (const [index, item] of relation.items.entries()) {
        values[index]?.push(elementAs(lists[index]?.[position] ?? null, item.type));
      }
    }
    if (rows.length % 65_536 < count) run.check(rows.length);
  }
  const repeated = gather(input, rows).columns;
  const columns = relation.columns.map((spec, column): Column => {
    const item = relation.items.findIndex((one) => one.column === column);
    if (item >= 0) return new Column(spec.type, values[item] as Value[]);
    return column === relation.indexColumn ? new Column('long', positions) : (repeated[column] as Column);
  });
  return { table: tableOf(relation.columns, columns, rows.length), rows };
}

function itemsOf(value: Dynamic, bags: Expand['bags']): readonly Dynamic[] {
  if (isArray(value)) return value;
  if (!isBag(value)) return [value];
  return Object.entries(value).map(([key, item]): Dynamic => (bags === 'bag' ? { [key]: item } : [key, item]));
}

export function runApply(relation: RelationOf<'apply'>, run: Run): Table {
  const input = run.evaluate(relation.expansion.input);
  const { table, rows } = expanded(relation.expansion, input, run);
  const origins: number[] = [];
  const parts: Table[] = [];
  let made = 0;
  for (let from = 0; from < rows.length; ) {
    let to = from + 1;
    while (rows[to] === rows[from]) to += 1;
    const own = gather(
      table,
      Array.from({ length: to - from }, (_, index) => from + index),
    );
    const part = run.evaluate(relation.body, within(run, relation.given, own, relation.local));
    for (let row = 0; row < part.rows; row += 1) origins.push(rows[from] as number);
    parts.push(part);
    made += part.rows;
    run.check(made);
    from = to;
  }
  const repeated = gather(input, origins).columns;
  const columns = relation.output.map(({ from, index }, column): Column => {
    if (from === 'row') return repeated[index] as Column;
    return stacked(relation.columns[column]?.type ?? 'dynamic', parts, index);
  });
  return tableOf(relation.columns, columns, origins.length);
}

function stacked(type: KustoType, parts: readonly Table[], index: number): Column {
  return concatColumns(
    type,
    parts.map((part) => ({ column: part.columns[index] ?? null, rows: part.rows })),
  );
}

export function runPartition(relation: RelationOf<'partition'>, run: Run): Table {
  const input = run.evaluate(relation.input);
  const groups = groupBy([relation.key], input.columns, input.rows, run);
  const members = Array.from({ length: groups.count }, (): number[] => []);
  for (const [row, group] of groups.of.entries()) members[group]?.push(row);
  const parts = members.map((rows) =>
    run.evaluate(relation.body, within(run, relation.given, gather(input, rows), relation.local)),
  );
  const columns = relation.columns.map((spec, index) => stacked(spec.type, parts, index));
  return tableOf(
    relation.columns,
    columns,
    parts.reduce((total, part) => total + part.rows, 0),
  );
}

/** Rows of `evaluate narrow`: one per cell. */
export function runNarrow(relation: RelationOf<'narrow'>, run: Run): Table {
  const input = run.evaluate(relation.input);
  const numbers: number[] = [];
  const names: string[] = [];
  const texts: Value[] = [];
  for (let row = 0; row < input.rows; row += 1) {
    for (const [index, spec] of input.specs.entries()) {
      numbers.push(row);
      names.push(spec.name);
      texts.push(textOf(input.columns[index]?.cell(row) ?? null, spec.type));
    }
  }
  const columns = [new Column('long', numbers), new Column('string', names), new Column('string', texts)];
  return tableOf(relation.columns, columns, numbers.length);
}

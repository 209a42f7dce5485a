import { compareValues } from '../compare.ts';
import type { NestedLevel, RelationOf } from '../plan.ts';
import { Column, gather, nothing, type Table, tableOf } from '../table.ts';
import type { Value } from '../types.ts';
import { bind } from './expressions.ts';
import { columnOf } from './rows.ts';
import type { Run } from './run.ts';
import { aggregateColumns, groupBy } from './summarize.ts';

type Row = readonly Value[];

export function runTopNested(relation: RelationOf<'topNested'>, run: Run): Table {
  const input = run.evaluate(relation.input);
  const rows = nested(relation.levels, input, run);
  const columns = relation.columns.map(
    (spec, index) =>
      new Column(
        spec.type,
        rows.map((row) => row[index] ?? nothing(spec.type)),
      ),
  );
  return tableOf(relation.columns, columns, rows.length);
}

/** The best keys of a level by their aggregate, each followed by the levels below over its own rows. */
function nested(levels: readonly NestedLevel[], table: Table, run: Run): readonly Row[] {
  const [level, ...below] = levels;
  if (level === undefined) return [[]];
  if (table.rows === 0) return [];
  const groups = groupBy([level.key], table.columns, table.rows, run);
  const keys = groups.keys[0] as Column;
  const value = valueColumn(level, table, groups, run);
  const members = membersOf(groups.of, groups.count);
  const keyOf = (group: number): Value => keys.cell(groups.first[group] as number);
  const order = members
    .map((_, group) => group)
    .sort((a, b) => compare(value.cell(a), value.cell(b), level) || tie(keyOf(a), keyOf(b), level));
  const count = level.count === null ? order.length : Math.max(0, Number(bind(level.count, [], run).cell(0) ?? 0));
  const rows = order.slice(0, count).flatMap((group) => {
    const own = below.length === 0 ? table : gather(table, members[group] as number[]);
    return nested(below, own, run).map((row): Row => [keyOf(group), value.cell(group), ...row]);
  });
  const rest = order.slice(count).flatMap((group) => members[group] as number[]);
  run.check(rows.length);
  return level.others === null ? rows : [...rows, ...others(levels, gather(table, rest), run)];
}

/** One row for what did not make it to the top; levels below that have no row for others are empty in it. */
function others(levels: readonly NestedLevel[], rest: Table, run: Run): readonly Row[] {
  if (rest.rows === 0) return [];
  const one = { count: 1, of: new Int32Array(rest.rows), first: Int32Array.of(0), keys: [] };
  return [
    levels.flatMap((level): readonly Value[] => {
      if (level.others === null) return [null, null];
      return [bind(level.others, [], run).cell(0), valueColumn(level, rest, one, run).cell(0)];
    }),
  ];
}

function valueColumn(level: NestedLevel, table: Table, groups: ReturnType<typeof groupBy>, run: Run): Column {
  const key = new Column(level.key.type, new Array<Value>(groups.count).fill(null));
  const grouped = [key, ...aggregateColumns(level.aggregates, table.columns, groups, run)];
  return columnOf(level.value, grouped, groups.count, run);
}

function membersOf(of: Int32Array, count: number): readonly number[][] {
  const members = Array.from({ length: count }, (): number[] => []);
  for (const [row, group] of of.entries()) members[group]?.push(row);
  return members;
}

function compare(a: Value, b: Value, level: NestedLevel): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  return compareValues(a, b, level.value.type) * (level.descending ? -1 : 1);
}

function tie(a: Value, b: Value, level: NestedLevel): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  return -compareValues(a, b, level.key.type);
}

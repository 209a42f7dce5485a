import { BULK_AGGREGATES } from '../aggregates/bulk.ts';
import type { Groups } from '../aggregates/define.ts';
import { AGGREGATES } from '../aggregates/index.ts';
import type { AggregateCall, Expression, RelationOf } from '../plan.ts';
import { Column, gather, gatherColumn, type Table, tableOf } from '../table.ts';
import { codesOfRows } from './codes.ts';
import { bind } from './expressions.ts';
import { columnOf } from './rows.ts';
import type { Bound, Columns, Run } from './run.ts';

export interface Grouping extends Groups {
  /** The first row of every group. */
  readonly first: Int32Array;
  readonly keys: readonly Column[];
}

/** Groups by equal keys, in order of first appearance; nulls are equal. Without keys everything is one group, even nothing. */
export function groupBy(by: readonly Expression[], columns: Columns, rows: number, run: Run): Grouping {
  const keys = by.map((key) => columnOf(key, columns, rows, run));
  if (keys.length === 0) return { count: 1, of: new Int32Array(rows), first: Int32Array.of(0), keys };
  const { sides, count } = codesOfRows(
    keys.map((key) => key.type),
    [keys.map((key) => key.data)],
  );
  run.check(count);
  run.hold(rows * 4);
  const of = sides[0] ?? new Int32Array(rows);
  const first = new Int32Array(count).fill(-1);
  for (let row = rows - 1; row >= 0; row -= 1) first[of[row] as number] = row;
  return { count, of, first, keys };
}

export function runSummarize(relation: RelationOf<'summarize'>, run: Run): Table {
  const input = run.evaluate(relation.input);
  // Bound before the keys are read: members of one JSON column are then found in one pass.
  const bound = boundArguments(relation.aggregates, input.columns, run);
  const groups = groupBy(relation.by, input.columns, input.rows, run);
  const keys = groups.keys.map((key) => gatherColumn(key, groups.first));
  const grouped = [...keys, ...columnsOf(relation.aggregates, bound, groups, run)];
  const columns = relation.output.map((expression) => {
    const same = expression.kind === 'column' ? grouped[expression.index] : undefined;
    return same ?? columnOf(expression, grouped, groups.count, run);
  });
  return tableOf(relation.columns, columns, groups.count);
}

/** What aggregates give for every group, a column for each of their values. */
export function aggregateColumns(calls: readonly AggregateCall[], columns: Columns, groups: Groups, run: Run): readonly Column[] {
  return columnsOf(calls, boundArguments(calls, columns, run), groups, run);
}

function boundArguments(calls: readonly AggregateCall[], columns: Columns, run: Run): readonly (readonly Bound[])[] {
  return calls.map((call) => call.args.map((arg) => bind(arg, columns, run)));
}

function columnsOf(
  calls: readonly AggregateCall[],
  bound: readonly (readonly Bound[])[],
  groups: Groups,
  run: Run,
): readonly Column[] {
  return calls.flatMap((call, position) => {
    run.check(groups.count);
    const args = bound[position] ?? [];
    const results = BULK_AGGREGATES[call.name]?.(call, args, groups) ?? AGGREGATES[call.name]?.compute(call, args, groups) ?? [];
    return call.types.map((type, index) => new Column(type, results[index] ?? []));
  });
}

export function runDistinct(relation: RelationOf<'distinct'>, run: Run): Table {
  const input = run.evaluate(relation.input);
  const groups = groupBy(relation.expressions, input.columns, input.rows, run);
  return gather(tableOf(relation.columns, groups.keys, input.rows), groups.first);
}

export function runCount(relation: RelationOf<'count'>, run: Run): Table {
  const { rows } = run.evaluate(relation.input);
  return tableOf(relation.columns, [new Column('long', [rows])], 1);
}

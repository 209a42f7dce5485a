import type { Groups } from '../aggregates/define.ts';
import { AGGREGATES } from '../aggregates/index.ts';
import { keyOf } from '../compare.ts';
import type { Expression, RelationOf } from '../plan.ts';
import { Column, gather, type Table, tableOf } from '../table.ts';
import { bind } from './expressions.ts';
import { valuesOf } from './rows.ts';
import type { Columns, Run } from './run.ts';

interface Grouping extends Groups {
  /** The first row of every group. */
  readonly first: readonly number[];
  readonly keys: readonly Column[];
}

/** Groups by equal keys, in order of first appearance; nulls are equal. Without keys everything is one group, even nothing. */
function groupBy(by: readonly Expression[], columns: Columns, rows: number, run: Run): Grouping {
  const keys = by.map((key) => new Column(key.type, valuesOf(key, columns, rows, run)));
  const of = new Int32Array(rows);
  if (keys.length === 0) return { count: 1, of, first: [0], keys };
  let count = 0;
  for (const [position, key] of keys.entries()) {
    const seen = new Map<unknown, number>();
    const pairs = new Map<number, number>();
    const { values, type } = key;
    let next = 0;
    for (let row = 0; row < rows; row += 1) {
      const value = keyOf(values[row] ?? null, type);
      let code = seen.get(value);
      if (code === undefined) {
        code = seen.size;
        seen.set(value, code);
      }
      if (position === 0) of[row] = code;
      else {
        const pair = code * count + (of[row] as number);
        let group = pairs.get(pair);
        if (group === undefined) {
          group = next;
          next += 1;
          pairs.set(pair, group);
        }
        of[row] = group;
      }
    }
    count = position === 0 ? seen.size : next;
  }
  const first = new Array<number>(count).fill(-1);
  for (let row = rows - 1; row >= 0; row -= 1) first[of[row] as number] = row;
  return { count, of, first, keys };
}

export function runSummarize(relation: RelationOf<'summarize'>, run: Run): Table {
  const input = run.evaluate(relation.input);
  const groups = groupBy(relation.by, input.columns, input.rows, run);
  const grouped: Column[] = groups.keys.map(
    (key) =>
      new Column(
        key.type,
        groups.first.map((row) => key.values[row] ?? null),
      ),
  );
  for (const call of relation.aggregates) {
    const args = call.args.map((arg) => bind(arg, input.columns, run));
    const results = AGGREGATES[call.name]?.compute(call, args, groups) ?? [];
    for (const [index, type] of call.types.entries()) grouped.push(new Column(type, results[index] ?? []));
  }
  const columns = relation.output.map((expression) => {
    const same = expression.kind === 'column' ? grouped[expression.index] : undefined;
    return same ?? new Column(expression.type, () => valuesOf(expression, grouped, groups.count, run));
  });
  return tableOf(relation.columns, columns, groups.count);
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

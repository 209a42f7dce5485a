import { compareValues } from '../compare.ts';
import type { RelationOf, SortKey } from '../plan.ts';
import { firstRows, gather, type Table } from '../table.ts';
import type { KustoType, Value } from '../types.ts';
import { bind } from './expressions.ts';
import { valuesOf } from './rows.ts';
import type { Run } from './run.ts';

/** Comparisons between two looks at the clock. */
const PACE = 1 << 16;

export function runSort(relation: RelationOf<'sort'>, run: Run): Table {
  const input = run.evaluate(relation.input);
  const comparers = relation.keys.map((key) => comparerOf(key, valuesOf(key.expression, input.columns, input.rows, run)));
  const order = Array.from({ length: input.rows }, (_, row) => row);
  let compared = 0;
  order.sort((a, b) => {
    compared += 1;
    if (compared % PACE === 0) run.check(0);
    for (const compare of comparers) {
      const sign = compare(a, b);
      if (sign !== 0) return sign;
    }
    return a - b;
  });
  return gather(input, order);
}

function comparerOf(key: SortKey, values: readonly Value[]): (a: number, b: number) => number {
  const type: KustoType = key.expression.type;
  const direction = key.descending ? -1 : 1;
  const nullSign = key.nullsFirst ? -1 : 1;
  return (a, b) => {
    const x = values[a] as Value;
    const y = values[b] as Value;
    if (x === null || y === null) return x === y ? 0 : x === null ? nullSign : -nullSign;
    return compareValues(x, y, type) * direction;
  };
}

export function runTake(relation: RelationOf<'take'>, run: Run): Table {
  const input = run.evaluate(relation.input);
  const count = Number(bind(relation.count, [], run).cell(0) ?? 0);
  if (count >= input.rows) return input;
  const rows = Math.max(0, count);
  return firstRows(input, rows);
}

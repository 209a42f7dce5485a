import { keyOf } from '../compare.ts';
import type { Expression, RelationOf } from '../plan.ts';
import { gather, type Table, tableOf } from '../table.ts';
import { valuesOf } from './rows.ts';
import type { Run } from './run.ts';

/** Keys match when equal; null matches null. */
export function runJoin(relation: RelationOf<'join'>, run: Run): Table {
  const left = run.evaluate(relation.left);
  const right = run.evaluate(relation.right);
  const leftKeys = keysOf(
    relation.keys.map((key) => key.left),
    left,
    run,
  );
  const rightKeys = keysOf(
    relation.keys.map((key) => key.right),
    right,
    run,
  );
  const { join } = relation;
  if (join === 'leftsemi' || join === 'leftanti')
    return { ...matching(left, leftKeys, rightKeys, join === 'leftsemi'), specs: relation.columns };
  if (join === 'rightsemi' || join === 'rightanti')
    return { ...matching(right, rightKeys, leftKeys, join === 'rightsemi'), specs: relation.columns };
  const { leftRows, rightRows } = pairs(join, leftKeys, rightKeys);
  const shown = relation.rightColumns.flatMap((index) => right.columns[index] ?? []);
  const columns = [...gather(left, leftRows).columns, ...gather(tableOf([], shown, right.rows), rightRows).columns];
  return tableOf(relation.columns, columns, leftRows.length);
}

/** One comparable key per row. */
function keysOf(expressions: readonly Expression[], table: Table, run: Run): readonly unknown[] {
  const parts = expressions.map((expression) => {
    const values = valuesOf(expression, table.columns, table.rows, run);
    return expression.type === 'dynamic' ? values.map((value) => keyOf(value, 'dynamic')) : values;
  });
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  return Array.from({ length: table.rows }, (_, row) => JSON.stringify(parts.map((part) => tagged(part[row]))));
}

function tagged(value: unknown): unknown {
  return typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value)) ? [String(value)] : value;
}

function matching(table: Table, keys: readonly unknown[], others: readonly unknown[], wanted: boolean): Table {
  const known = new Set(others);
  const rows: number[] = [];
  for (let row = 0; row < keys.length; row += 1) if (known.has(keys[row]) === wanted) rows.push(row);
  return gather(table, rows);
}

function pairs(
  join: RelationOf<'join'>['join'],
  leftKeys: readonly unknown[],
  rightKeys: readonly unknown[],
): { readonly leftRows: number[]; readonly rightRows: number[] } {
  const byKey = new Map<unknown, number[]>();
  for (let row = 0; row < rightKeys.length; row += 1) {
    const rows = byKey.get(rightKeys[row]);
    if (rows === undefined) byKey.set(rightKeys[row], [row]);
    else rows.push(row);
  }
  const keepsLeft = join === 'leftouter' || join === 'fullouter';
  const keepsRight = join === 'rightouter' || join === 'fullouter';
  const used = join === 'innerunique' ? new Set<unknown>() : null;
  const matched = new Uint8Array(rightKeys.length);
  const leftRows: number[] = [];
  const rightRows: number[] = [];
  for (let row = 0; row < leftKeys.length; row += 1) {
    const key = leftKeys[row];
    if (used?.has(key) === true) continue;
    used?.add(key);
    const partners = byKey.get(key);
    if (partners === undefined) {
      if (keepsLeft) {
        leftRows.push(row);
        rightRows.push(-1);
      }
      continue;
    }
    for (const partner of partners) {
      leftRows.push(row);
      rightRows.push(partner);
      matched[partner] = 1;
    }
  }
  if (keepsRight) {
    for (let row = 0; row < rightKeys.length; row += 1) {
      if (matched[row] === 0) {
        leftRows.push(-1);
        rightRows.push(row);
      }
    }
  }
  return { leftRows, rightRows };
}

import type { RelationOf } from '../plan.ts';
import { gather, type Table, tableOf } from '../table.ts';
import { codesOfRows } from './codes.ts';
import { columnOf } from './rows.ts';
import type { Run } from './run.ts';

/** Keys match when equal; null matches null. */
export function runJoin(relation: RelationOf<'join'>, run: Run): Table {
  const left = run.evaluate(relation.left);
  const right = run.evaluate(relation.right);
  const { keys, join } = relation;
  const { sides, count } = codesOfRows(
    keys.map((key) => key.left.type),
    [
      keys.map((key) => columnOf(key.left, left.columns, left.rows, run).data),
      keys.map((key) => columnOf(key.right, right.columns, right.rows, run).data),
    ],
  );
  const leftKeys = sides[0] ?? new Int32Array(left.rows);
  const rightKeys = sides[1] ?? new Int32Array(right.rows);
  run.hold((left.rows + right.rows) * 4 + count * 4);
  if (join === 'leftsemi' || join === 'leftanti')
    return { ...matching(left, leftKeys, rightKeys, count, join === 'leftsemi'), specs: relation.columns };
  if (join === 'rightsemi' || join === 'rightanti')
    return { ...matching(right, rightKeys, leftKeys, count, join === 'rightsemi'), specs: relation.columns };
  const { leftRows, rightRows } = pairs(join, leftKeys, rightKeys, count, run);
  const shown = relation.rightColumns.flatMap((index) => right.columns[index] ?? []);
  const columns = [...gather(left, leftRows).columns, ...gather(tableOf([], shown, right.rows), rightRows).columns];
  return tableOf(relation.columns, columns, leftRows.length);
}

function matching(table: Table, keys: Int32Array, others: Int32Array, count: number, wanted: boolean): Table {
  const known = new Uint8Array(Math.max(1, count));
  for (let row = 0; row < others.length; row += 1) known[others[row] as number] = 1;
  const rows = new RowList();
  for (let row = 0; row < keys.length; row += 1) if ((known[keys[row] as number] === 1) === wanted) rows.push(row);
  return gather(table, rows.done());
}

/** Row numbers, as many as come. */
class RowList {
  #rows = new Int32Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(row: number): void {
    if (this.#length === this.#rows.length) {
      const larger = new Int32Array(this.#rows.length * 2);
      larger.set(this.#rows);
      this.#rows = larger;
    }
    this.#rows[this.#length] = row;
    this.#length += 1;
  }

  done(): Int32Array {
    return this.#rows.slice(0, this.#length);
  }
}

function pairs(
  join: RelationOf<'join'>['join'],
  leftKeys: Int32Array,
  rightKeys: Int32Array,
  count: number,
  run: Run,
): { readonly leftRows: Int32Array; readonly rightRows: Int32Array } {
  // The right rows of a key as a chain in their order: `head` by key, `next` by row.
  const head = new Int32Array(Math.max(1, count)).fill(-1);
  const next = new Int32Array(rightKeys.length);
  for (let row = rightKeys.length - 1; row >= 0; row -= 1) {
    const key = rightKeys[row] as number;
    next[row] = head[key] as number;
    head[key] = row;
  }
  const keepsLeft = join === 'leftouter' || join === 'fullouter';
  const keepsRight = join === 'rightouter' || join === 'fullouter';
  const used = join === 'innerunique' ? new Uint8Array(Math.max(1, count)) : null;
  const matched = new Uint8Array(keepsRight ? rightKeys.length : 0);
  const leftRows = new RowList();
  const rightRows = new RowList();
  let checked = 0;
  for (let row = 0; row < leftKeys.length; row += 1) {
    const key = leftKeys[row] as number;
    if (used !== null) {
      if (used[key] === 1) continue;
      used[key] = 1;
    }
    let partner = head[key] as number;
    if (partner < 0 && keepsLeft) {
      leftRows.push(row);
      rightRows.push(-1);
    }
    for (; partner >= 0; partner = next[partner] as number) {
      leftRows.push(row);
      rightRows.push(partner);
      if (keepsRight) matched[partner] = 1;
      if (leftRows.length - checked >= PACE) {
        checked = leftRows.length;
        run.check(checked);
      }
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
  run.hold(leftRows.length * 8);
  return { leftRows: leftRows.done(), rightRows: rightRows.done() };
}

/** Rows between two looks at the clock and the limits. */
const PACE = 1 << 16;

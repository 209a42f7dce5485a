import { HOUR } from '../../model/duration.ts';
import type { Relation } from '../kql/plan.ts';
import { Column, findColumn, gatherColumn, type Table } from '../kql/table.ts';
import { msOfTicks } from '../kql/time.ts';
import { type ArrivalModel, arrivalOf } from './arrival.ts';
import { picked } from './parts.ts';
import { keyOf } from './split.ts';

/* The rows of one table that were received in one hour, and what row-by-row steps make of them. */

export interface ReceivedRows {
  /** In the order of arrival, with the number of the row in the column `ROW`. */
  readonly table: Table;
  /** When each happened and when it could be queried, in epoch ms. */
  readonly times: Float64Array;
  readonly arrivals: Float64Array;
}

export const ROW = '#row';

/** `null` where no row has a time. */
export function receivedRows(table: Table, hour: number, model: ArrivalModel): ReceivedRows | null {
  const ticks = findColumn(table, 'TimeGenerated')?.data;
  if (ticks?.kind !== 'numeric') return null;
  const { numbers } = ticks;
  const unordered = new Float64Array(numbers.length);
  const happened = new Float64Array(numbers.length);
  for (let row = 0; row < numbers.length; row += 1) {
    unordered[row] = arrivalOf(numbers[row] as number, hour, model);
    happened[row] = msOfTicks(numbers[row] as number);
  }
  const order = orderByTime(unordered, hour);
  const rows = new Column('long', () => ({
    kind: 'numeric',
    numbers: Float64Array.from(order.keys()),
    nulls: null,
  }));
  const columns = new Map<string, Column | null>([[ROW, rows]]);
  const find = (name: string): Column | null => {
    let column = columns.get(name);
    if (column === undefined) {
      const found = findColumn(table, name);
      column = found === null ? null : gatherColumn(found, order);
      columns.set(name, column);
    }
    return column;
  };
  return {
    table: { specs: [], columns: [], rows: order.length, find },
    times: picked(happened, order),
    arrivals: picked(unordered, order),
  };
}

const BITS = 12;
const RADIX = 1 << BITS;

/** Row numbers in the order of times, equal ones in their order. Sorted by whole milliseconds since the hour, twelve bits at a time. */
function orderByTime(times: Float64Array, hour: number): Int32Array {
  let least = hour;
  let most = hour;
  for (const time of times) {
    if (time < least) least = time;
    if (time > most) most = time;
  }
  let order = Int32Array.from(times.keys());
  if (most - least > 24 * HOUR) return order.sort((a, b) => (times[a] as number) - (times[b] as number) || a - b);
  const keys = new Int32Array(times.length);
  for (let row = 0; row < keys.length; row += 1) keys[row] = (times[row] as number) - least;
  for (let shift = 0; (most - least) / 2 ** shift >= 1; shift += BITS) order = sortedByDigit(order, keys, shift);
  return order;
}

function sortedByDigit(order: Int32Array, keys: Int32Array, shift: number): Int32Array<ArrayBuffer> {
  const mask = RADIX - 1;
  const starts = new Int32Array(RADIX + 1);
  for (let index = 0; index < keys.length; index += 1) {
    const digit = ((keys[index] as number) >>> shift) & mask;
    starts[digit + 1] = (starts[digit + 1] as number) + 1;
  }
  for (let digit = 0; digit < RADIX; digit += 1) starts[digit + 1] = (starts[digit + 1] as number) + (starts[digit] as number);
  const next = new Int32Array(order.length);
  for (let index = 0; index < order.length; index += 1) {
    const row = order[index] as number;
    const digit = ((keys[row] as number) >>> shift) & mask;
    next[starts[digit] as number] = row;
    starts[digit] = (starts[digit] as number) + 1;
  }
  return next;
}

/** Row-by-row steps that also hand on the row's number, as the last column; equal beginnings of several are done once. */
export function withRowNumbers(chains: readonly Relation[]): readonly Relation[] {
  const ids = new Map<string, number>();
  return chains.map((chain) => numbered(chain, ids));
}

function numbered(chain: Relation, ids: Map<string, number>): Relation {
  const key = keyOf(chain);
  const id = ids.get(key) ?? ids.size;
  ids.set(key, id);
  const columns = [...chain.columns, { name: ROW, type: 'long' as const }];
  return { kind: 'sharedTable', columns, id, body: { ...step(chain, ids), columns } };
}

function step(chain: Relation, ids: Map<string, number>): Relation {
  if (chain.kind !== 'where' && chain.kind !== 'project') return chain;
  const input = numbered(chain.input, ids);
  if (chain.kind === 'where') return { ...chain, input };
  const row = { kind: 'column' as const, type: 'long' as const, index: input.columns.length - 1 };
  return { ...chain, input, expressions: [...chain.expressions, row] };
}

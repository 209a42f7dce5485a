import type { Window } from '../../model/window.ts';
import { type Data, valuesOfData } from '../kql/data.ts';
import { gatherData, sliceData } from '../kql/rearrange.ts';
import { Column, gatherColumn, nothing, type Table, tableOf } from '../kql/table.ts';
import type { ColumnSpec } from '../kql/types.ts';
import { joined } from './join-data.ts';
import { TextCoder } from './text-coder.ts';

/** Where rows of one part of the time lie in a block: `[from, to)`, in the order of their arrival. */
interface Place {
  readonly from: number;
  readonly to: number;
}

/** Rows that were received in one hour, by part of the time in which they happened and then by arrival. */
export interface Block {
  readonly columns: readonly Column[];
  readonly arrivals: Float64Array;
  readonly times: Float64Array;
  readonly parts: ReadonlyMap<number, Place>;
  readonly firstPart: number;
  readonly lastPart: number;
}

/** Rows `[from, to)` of a block, or those listed. */
export interface Range {
  readonly block: Block;
  readonly from: number;
  readonly to: number;
  readonly rows: Int32Array | null;
}

/**
 * What a source of a query has of the archive, ready for windows: time is cut into parts of `width` ms, and within a part rows stand in the
 * order in which they could be queried, so that what is visible of it is its beginning.
 */
export class SourceRows {
  readonly specs: readonly ColumnSpec[];
  readonly width: number;
  readonly blocks: Block[] = [];
  readonly #pruned: boolean;
  readonly #coders: readonly TextCoder[];

  constructor(specs: readonly ColumnSpec[], width: number, pruned: boolean) {
    this.specs = specs;
    this.width = width;
    this.#pruned = pruned;
    this.#coders = specs.map(() => new TextCoder());
  }

  /**
   * Takes in rows in the order of their arrival: `times` (when they happened) and `arrivals` are epoch ms. Rows that happened before
   * `since` are left out.
   */
  add(table: Table, times: Float64Array, arrivals: Float64Array, since: number): void {
    const order = orderOf(partsOf(times, this.width), Math.floor(since / this.width));
    if (order.rows.length === 0) return;
    this.blocks.push({
      columns: this.specs.map((_, index) => this.#column(table.columns[index] as Column, order.rows, index)),
      times: picked(times, order.rows),
      arrivals: picked(arrivals, order.rows),
      ...order,
    });
  }

  /** Rows of the pruned are made now, so that nothing holds the file's; others when they are read. */
  #column(column: Column, rows: Int32Array, index: number): Column {
    const { type } = column;
    if (!this.#pruned) return gatherColumn(column, rows);
    const data = column.data.kind === 'json' ? { kind: 'plain' as const, values: valuesOfData(column.data) } : column.data;
    const picked = gatherData(data, rows, nothing(type));
    return new Column(type, type === 'string' || type === 'guid' ? (this.#coders[index] as TextCoder).coded(picked) : picked);
  }

  /** Forgets what happened before a time (epoch ms), by whole blocks. */
  forget(before: number): void {
    while (this.blocks[0] !== undefined && (this.blocks[0].lastPart + 1) * this.width <= before) this.blocks.shift();
  }

  /** Rows that happened in the span and can be queried at `now`. */
  visible({ start, end }: Window, now: number): { readonly ranges: readonly Range[]; readonly rows: number } {
    const ranges: Range[] = [];
    let rows = 0;
    const add = (block: Block, from: number, to: number, listed: Int32Array | null): void => {
      const count = listed?.length ?? to - from;
      if (count === 0) return;
      rows += count;
      const last = ranges.at(-1);
      if (listed === null && last !== undefined && last.rows === null && last.block === block && last.to === from) {
        ranges[ranges.length - 1] = { ...last, to };
      } else ranges.push({ block, from, to, rows: listed });
    };
    const [first, last] = [Math.floor(start / this.width), Math.ceil(end / this.width) - 1];
    for (const block of this.blocks) {
      const until = Math.min(last, block.lastPart);
      for (let part = Math.max(first, block.firstPart); part <= until; part += 1) {
        const place = block.parts.get(part);
        if (place === undefined) continue;
        const to = arrivedUntil(block, place, now);
        const whole = part * this.width >= start && (part + 1) * this.width <= end;
        if (whole) add(block, place.from, to, null);
        else add(block, place.from, to, within(block, place.from, to, start, end));
      }
    }
    return { ranges, rows };
  }

  /** The rows of ranges as a table. */
  table(ranges: readonly Range[], rows: number): Table {
    const columns = this.specs.map(
      ({ type }, index) =>
        new Column(type, () =>
          joined(
            ranges.map((range) => dataOf(range, index)),
            type,
          ),
        ),
    );
    return tableOf(this.specs, columns, rows);
  }
}

function dataOf({ block, from, to, rows }: Range, index: number): Data {
  const { data, type } = block.columns[index] as Column;
  return rows === null ? sliceData(data, to, from) : gatherData(data, rows, nothing(type));
}

/** The end of what has arrived by `now` of a place. */
export function arrivedUntil({ arrivals }: Block, { from, to }: Place, now: number): number {
  if (to === from || (arrivals[to - 1] as number) <= now) return to;
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((arrivals[middle] as number) <= now) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Numbers by their row. A loop: `from` with a function costs ten times as much. */
export function picked(numbers: Float64Array, rows: ArrayLike<number>): Float64Array {
  const found = new Float64Array(rows.length);
  for (let index = 0; index < found.length; index += 1) found[index] = numbers[rows[index] as number] as number;
  return found;
}

function partsOf(times: Float64Array, width: number): Int32Array {
  const parts = new Int32Array(times.length);
  for (let row = 0; row < parts.length; row += 1) parts[row] = Math.floor((times[row] as number) / width);
  return parts;
}

function within({ times }: Block, from: number, to: number, start: number, end: number): Int32Array {
  const rows: number[] = [];
  for (let row = from; row < to; row += 1) if ((times[row] as number) >= start && (times[row] as number) < end) rows.push(row);
  return Int32Array.from(rows);
}

/** Row numbers by part, those of one part in their order; rows of parts before `since` are left out. */
function orderOf(
  parts: Int32Array,
  since: number,
): {
  readonly rows: Int32Array;
  readonly parts: ReadonlyMap<number, Place>;
  readonly firstPart: number;
  readonly lastPart: number;
} {
  let [firstPart, lastPart] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const part of parts) {
    if (part < since) continue;
    if (part < firstPart) firstPart = part;
    if (part > lastPart) lastPart = part;
  }
  if (lastPart < firstPart) return { rows: new Int32Array(0), parts: new Map(), firstPart: 0, lastPart: 0 };
  const next = new Int32Array(lastPart - firstPart + 2);
  for (const part of parts) if (part >= since) next[part - firstPart + 1] = (next[part - firstPart + 1] as number) + 1;
  const places = new Map<number, Place>();
  for (let index = 0; index <= lastPart - firstPart; index += 1) {
    const from = next[index] as number;
    const to = from + (next[index + 1] as number);
    next[index + 1] = to;
    if (to > from) places.set(firstPart + index, { from, to });
  }
  const rows = new Int32Array(next[lastPart - firstPart + 1] as number);
  for (let row = 0; row < parts.length; row += 1) {
    const index = (parts[row] as number) - firstPart;
    if ((parts[row] as number) < since) continue;
    rows[next[index] as number] = row;
    next[index] = (next[index] as number) + 1;
  }
  return { rows, parts: places, firstPart, lastPart };
}

import type { Window } from '../../model/window.ts';
import type { Data } from '../kql/data.ts';
import { gatherData, sliceData } from '../kql/rearrange.ts';
import { Column, nothing, type Table, tableOf } from '../kql/table.ts';
import type { ColumnSpec } from '../kql/types.ts';
import type { MadeBlock, MadeColumn } from './blocks.ts';
import { joined } from './join-data.ts';
import type { Parts, Place } from './parts.ts';
import { TextReader } from './text-coder.ts';

/** Rows that were received in one hour, by part of the time in which they happened and then by arrival. */
export interface Block extends Parts {
  readonly columns: readonly Column[];
  readonly arrivals: Float64Array;
  readonly times: Float64Array;
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
  readonly #texts: readonly TextReader[];

  constructor(specs: readonly ColumnSpec[], width: number) {
    this.specs = specs;
    this.width = width;
    this.#texts = specs.map(() => new TextReader());
  }

  /** Takes in blocks in the order in which they were made. */
  add({ columns, ...block }: MadeBlock): void {
    this.blocks.push({ ...block, columns: columns.map((made, index) => this.#column(made, index)) });
  }

  #column(made: MadeColumn, index: number): Column {
    const type = this.specs[index]?.type ?? 'dynamic';
    switch (made.kind) {
      case 'texts':
        return new Column(type, (this.#texts[index] as TextReader).read(made));
      case 'numbers':
        return new Column(type, made.data);
      case 'cells':
        return new Column(type, made.values);
      case 'later':
        return made.column;
    }
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

function within({ times }: Block, from: number, to: number, start: number, end: number): Int32Array {
  const rows: number[] = [];
  for (let row = from; row < to; row += 1) if ((times[row] as number) >= start && (times[row] as number) < end) rows.push(row);
  return Int32Array.from(rows);
}

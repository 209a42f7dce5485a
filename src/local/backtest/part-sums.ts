import type { Window } from '../../model/window.ts';
import { compareValues } from '../kql/compare.ts';
import { addLong } from '../kql/numbers.ts';
import { rowsOf, type Table } from '../kql/table.ts';
import type { KustoType, Value } from '../kql/types.ts';
import { runOne, tableOfCells, withParts } from './run-one.ts';
import { arrivedUntil, type Block, type Range, type SourceRows } from './source-rows.ts';
import type { Fold, Merge } from './split.ts';

/**
 * Summaries of parts of the time, which those of windows are folded from: every row is summed up once, when a window first asks for its
 * part or, if it arrives later, when one asks again.
 */
export class PartSums {
  readonly #merge: Merge;
  readonly #name: string;
  readonly #source: SourceRows;
  readonly #parts = new Map<number, Map<string, Value[]>>();
  /** How far each part of each block has been summed up. */
  readonly #done = new Map<Block, Map<number, number>>();

  constructor(merge: Merge, name: string, source: SourceRows) {
    this.#merge = merge;
    this.#name = name;
    this.#source = source;
  }

  /** Whether the span is made of whole parts. */
  isAligned({ start, end }: Window): boolean {
    return start % this.#source.width === 0 && end % this.#source.width === 0;
  }

  /** The summaries of the span's parts as they are at `now`. */
  upTo(span: Window, now: number): Table {
    const { width } = this.#source;
    const [first, last] = [span.start / width, span.end / width - 1];
    this.#sumUp(first, last, now);
    const rows: Value[][] = [];
    for (let part = first; part <= last; part += 1) {
      const groups = this.#parts.get(part);
      if (groups !== undefined) for (const row of groups.values()) rows.push(row);
    }
    return tableOfCells(this.#merge.specs, rows);
  }

  forget(before: number): void {
    for (const part of this.#parts.keys()) if ((part + 1) * this.#source.width <= before) this.#parts.delete(part);
    for (const block of this.#done.keys()) if (!this.#source.blocks.includes(block)) this.#done.delete(block);
  }

  #sumUp(first: number, last: number, now: number): void {
    const ranges: Range[] = [];
    const numbers: number[] = [];
    let rows = 0;
    for (const block of this.#source.blocks) {
      if (block.lastPart < first || block.firstPart > last) continue;
      const done = this.#done.get(block) ?? new Map<number, number>();
      this.#done.set(block, done);
      for (let part = Math.max(first, block.firstPart); part <= Math.min(last, block.lastPart); part += 1) {
        const place = block.parts.get(part);
        const from = done.get(part) ?? place?.from ?? 0;
        if (place === undefined || from === place.to) continue;
        const to = arrivedUntil(block, place, now);
        if (to <= from) continue;
        done.set(part, to);
        ranges.push({ block, from, to, rows: null });
        numbers.push(part);
        rows += to - from;
      }
    }
    if (rows > 0) this.#add(ranges, numbers, rows, now);
  }

  #add(ranges: readonly Range[], numbers: readonly number[], rows: number, now: number): void {
    const parts = new Float64Array(rows);
    let at = 0;
    for (const [index, { from, to }] of ranges.entries()) {
      parts.fill(numbers[index] as number, at, at + to - from);
      at += to - from;
    }
    const table = withParts(this.#source.table(ranges, rows), parts);
    const summed = runOne(this.#merge.partial, now, (name) => (name === this.#name ? table : undefined));
    for (const [part, ...cells] of rowsOf(summed)) this.#fold(part as number, cells);
  }

  #fold(part: number, cells: Value[]): void {
    const { keys, folds, specs } = this.#merge;
    const groups = this.#parts.get(part) ?? new Map<string, Value[]>();
    this.#parts.set(part, groups);
    const key = groupKey(cells, keys);
    const known = groups.get(key);
    if (known === undefined) {
      groups.set(key, cells);
      return;
    }
    for (const [index, fold] of folds.entries()) {
      const at = keys + index;
      known[at] = folded(fold, known[at] as Value, cells[at] as Value, specs[at]?.type ?? 'long');
    }
  }
}

function groupKey(cells: readonly Value[], keys: number): string {
  if (keys === 1) return keyText(cells[0] as Value);
  let key = '';
  for (let index = 0; index < keys; index += 1) key += `${keyText(cells[index] as Value)}\u0000`;
  return key;
}

function keyText(value: Value): string {
  if (typeof value === 'string') return value;
  return typeof value === 'object' ? `\u0001${JSON.stringify(value)}` : `\u0001${String(value)}`;
}

function folded(fold: Fold, a: Value, b: Value, type: KustoType): Value {
  if (a === null) return b;
  if (b === null) return a;
  if (fold === 'sum') return type === 'timespan' ? (a as number) + (b as number) : addLong(a as number, b as number);
  if (Number.isNaN(a)) return a;
  if (Number.isNaN(b)) return b;
  return compareValues(a, b, type) * (fold === 'max' ? 1 : -1) >= 0 ? a : b;
}

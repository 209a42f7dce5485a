import type { Window } from '../../model/window.ts';
import { compareValues } from '../kql/compare.ts';
import { addLong } from '../kql/numbers.ts';
import { rowsOf, type Table } from '../kql/table.ts';
import type { KustoType, Value } from '../kql/types.ts';
import { runOne, tableOfCells, withParts } from './run-one.ts';
import { arrivedUntil, type Block, type Range, type SourceRows } from './source-rows.ts';
import type { Fold, Merge } from './split.ts';

/** Rows of a summary by their keys. */
type Groups = Map<string, Value[]>;

/** So many parts are folded together where a window holds all of them. */
const RUN = 16;

/**
 * Summaries of parts of the time, which those of windows are folded from: every row is summed up once, when a window first asks for its
 * part or, if it arrives later, when one asks again.
 */
export class PartSums {
  readonly #merge: Merge;
  readonly #name: string;
  readonly #source: SourceRows;
  readonly #parts = new Map<number, Groups>();
  /** Whole runs of `RUN` parts, folded once more; gone as soon as one of their parts changes. */
  readonly #runs = new Map<number, Groups>();
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
    const rows: (readonly Value[])[] = [];
    for (let part = first; part <= last; ) {
      const whole = part % RUN === 0 && part + RUN - 1 <= last;
      const groups = whole ? this.#run(part / RUN) : this.#parts.get(part);
      if (groups !== undefined) for (const row of groups.values()) rows.push(row);
      part += whole ? RUN : 1;
    }
    return tableOfCells(this.#merge.specs, rows);
  }

  #run(index: number): Groups {
    const known = this.#runs.get(index);
    if (known !== undefined) return known;
    const groups: Groups = new Map();
    for (let part = index * RUN; part < (index + 1) * RUN; part += 1) {
      for (const [key, cells] of this.#parts.get(part) ?? []) this.#put(groups, key, [...cells]);
    }
    this.#runs.set(index, groups);
    return groups;
  }

  forget(before: number): void {
    for (const part of this.#parts.keys()) if ((part + 1) * this.#source.width <= before) this.#parts.delete(part);
    for (const run of this.#runs.keys()) if ((run + 1) * RUN * this.#source.width <= before) this.#runs.delete(run);
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
    const groups: Groups = this.#parts.get(part) ?? new Map();
    this.#parts.set(part, groups);
    this.#runs.delete(Math.floor(part / RUN));
    this.#put(groups, groupKey(cells, this.#merge.keys), cells);
  }

  #put(groups: Groups, key: string, cells: Value[]): void {
    const { keys, folds, specs } = this.#merge;
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

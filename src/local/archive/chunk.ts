import { parseJson } from '../kql/json.ts';
import { nothing } from '../kql/table.ts';
import type { KustoType, Value } from '../kql/types.ts';
import { GrowingFile } from './growing-file.ts';
import { type ArchiveRecord, timeOf } from './row.ts';
import type { Mapping } from './tables.ts';

interface GrowingColumn {
  readonly type: KustoType;
  readonly values: Value[];
}

/** The rows of one file as columns; it grows as the file does. */
export class Chunk {
  readonly mapping: Mapping;
  readonly columns = new Map<string, GrowingColumn>();
  rows = 0;
  /** Lines that are no record with a time. */
  skipped = 0;
  /** Earliest and latest `TimeGenerated`, in ticks. */
  earliest = Number.POSITIVE_INFINITY;
  latest = Number.NEGATIVE_INFINITY;
  readonly #file: GrowingFile;

  constructor(path: string, mapping: Mapping) {
    this.#file = new GrowingFile(path);
    this.mapping = mapping;
  }

  async refresh(): Promise<void> {
    const outcome = await this.#file.read((text) => this.#add(text));
    if (outcome === 'read') return;
    this.columns.clear();
    this.rows = 0;
    this.skipped = 0;
    this.earliest = Number.POSITIVE_INFINITY;
    this.latest = Number.NEGATIVE_INFINITY;
    await this.#file.read((text) => this.#add(text));
  }

  /** Values of a column for every row; nothing where a row has none. */
  values(name: string, type: KustoType): readonly Value[] {
    const column = this.columns.get(name);
    if (column === undefined) return new Array<Value>(this.rows).fill(nothing(type));
    pad(column, this.rows);
    return column.values;
  }

  #add(text: string): void {
    const record = parseJson(text) as ArchiveRecord | undefined;
    const time = typeof record === 'object' && record !== null ? timeOf(record) : null;
    if (record === undefined || time === null) {
      this.skipped += 1;
      return;
    }
    const row = this.rows;
    const put = (name: string, type: KustoType, value: Value): void => {
      let column = this.columns.get(name);
      if (column === undefined) {
        column = { type, values: [] };
        this.columns.set(name, column);
      }
      pad(column, row);
      column.values[row] = value;
    };
    put('TimeGenerated', 'datetime', time);
    this.mapping.put(record, put);
    this.rows += 1;
    this.earliest = Math.min(this.earliest, time);
    this.latest = Math.max(this.latest, time);
  }
}

function pad({ type, values }: GrowingColumn, rows: number): void {
  while (values.length < rows) values.push(nothing(type));
}

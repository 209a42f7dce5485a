import { type Data, dataOf, readerOf, valuesOfData } from './data.ts';
import { concatData, gatherData, sliceData } from './rearrange.ts';
import type { ColumnSpec, KustoType, Value } from './types.ts';

type Content = readonly Value[] | Data;

/**
 * Values of one column; they are made when first asked for, so a column that nobody reads costs nothing. `data` is how they are kept,
 * `values` the same as an array of cells (made and kept on demand), `cell` reads one of them.
 */
export class Column {
  readonly type: KustoType;
  #data: Data | null;
  #make: (() => Content) | null;
  #values: readonly Value[] | null = null;

  constructor(type: KustoType, content: Content | (() => Content)) {
    this.type = type;
    this.#make = typeof content === 'function' ? content : null;
    this.#data = typeof content === 'function' ? null : dataOf(content);
  }

  get data(): Data {
    if (this.#data === null) {
      this.#data = dataOf(this.#make?.() ?? []);
      this.#make = null;
    }
    return this.#data;
  }

  get values(): readonly Value[] {
    this.#values ??= valuesOfData(this.data);
    return this.#values;
  }

  get cell(): (row: number) => Value {
    return readerOf(this.data);
  }
}

export interface Table {
  readonly specs: readonly ColumnSpec[];
  readonly columns: readonly Column[];
  readonly rows: number;
  /** A column by name without listing the others, which may be costly; `null` where there is none. */
  readonly find?: (name: string) => Column | null;
}

/** The column of a name, `null` where the table has none. */
export function findColumn(table: Table, name: string): Column | null {
  if (table.find !== undefined) return table.find(name);
  return table.columns[table.specs.findIndex((spec) => spec.name === name)] ?? null;
}

export function tableOf(specs: readonly ColumnSpec[], columns: readonly Column[], rows: number): Table {
  return { specs, columns, rows };
}

/** The table with rows in the order of `selection`; an index of -1 is a row of nothing (null, or the empty string). */
export function gather(table: Table, selection: ArrayLike<number>): Table {
  return {
    specs: table.specs,
    columns: table.columns.map((column) => gatherColumn(column, selection)),
    rows: selection.length,
  };
}

export function gatherColumn(column: Column, selection: ArrayLike<number>): Column {
  return new Column(column.type, () => gatherData(column.data, selection, nothing(column.type)));
}

/** The first rows of a table. */
export function firstRows(table: Table, rows: number): Table {
  if (rows >= table.rows) return table;
  const columns = table.columns.map((column) => new Column(column.type, () => sliceData(column.data, rows)));
  return { specs: table.specs, columns, rows: Math.max(0, rows) };
}

/** One column below the other; `null` stands for `rows` rows of nothing. */
export function concatColumns(
  type: KustoType,
  parts: readonly { readonly column: Column | null; readonly rows: number }[],
): Column {
  return new Column(type, () =>
    concatData(parts.map(({ column, rows }) => column?.data ?? dataOf(new Array<Value>(rows).fill(nothing(type))))),
  );
}

/** What a cell without a value holds. */
export function nothing(type: KustoType): Value {
  return type === 'string' ? '' : null;
}

export function rowsOf(table: Table): Value[][] {
  const columns = table.columns.map((column) => column.cell);
  return Array.from({ length: table.rows }, (_, row) => columns.map((cell) => cell(row)));
}

export function emptyTable(specs: readonly ColumnSpec[]): Table {
  return { specs, columns: specs.map((spec) => new Column(spec.type, [])), rows: 0 };
}

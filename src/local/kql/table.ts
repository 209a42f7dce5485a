import type { ColumnSpec, KustoType, Value } from './types.ts';

/** Values of one column; they are made when first asked for, so a column that nobody reads costs nothing. */
export class Column {
  readonly type: KustoType;
  #values: readonly Value[] | null;
  #make: (() => readonly Value[]) | null;

  constructor(type: KustoType, values: readonly Value[] | (() => readonly Value[])) {
    this.type = type;
    this.#values = typeof values === 'function' ? null : values;
    this.#make = typeof values === 'function' ? values : null;
  }

  get values(): readonly Value[] {
    if (this.#values === null) {
      this.#values = this.#make?.() ?? [];
      this.#make = null;
    }
    return this.#values;
  }
}

export interface Table {
  readonly specs: readonly ColumnSpec[];
  readonly columns: readonly Column[];
  readonly rows: number;
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

function gatherColumn(column: Column, selection: ArrayLike<number>): Column {
  return new Column(column.type, () => {
    const { values } = column;
    const none = nothing(column.type);
    const picked = new Array<Value>(selection.length);
    for (let row = 0; row < picked.length; row += 1) {
      const from = selection[row] as number;
      picked[row] = from < 0 ? none : (values[from] as Value);
    }
    return picked;
  });
}

/** What a cell without a value holds. */
export function nothing(type: KustoType): Value {
  return type === 'string' ? '' : null;
}

export function rowsOf(table: Table): Value[][] {
  const columns = table.columns.map((column) => column.values);
  return Array.from({ length: table.rows }, (_, row) => columns.map((values) => values[row] as Value));
}

export function emptyTable(specs: readonly ColumnSpec[]): Table {
  return { specs, columns: specs.map((spec) => new Column(spec.type, [])), rows: 0 };
}

/** One property of many rows; where all rows have the same, it stands once. Cells are never lists themselves. */
export type Column<Cell> = Cell | readonly Cell[];

export function columnOf<Row, Cell extends string | number | null>(
  rows: readonly Row[],
  cellOf: (row: Row) => Cell,
): Column<Cell> {
  if (rows.length === 0) return [];
  const first = cellOf(rows[0] as Row);
  for (let place = 1; place < rows.length; place++) if (cellOf(rows[place] as Row) !== first) return rows.map(cellOf);
  return first;
}

export function cell<Cell>(column: Column<Cell>, place: number): Cell {
  return Array.isArray(column) ? (column[place] as Cell) : (column as Cell);
}

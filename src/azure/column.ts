/** One property of many rows; where all rows have the same, it stands once. Cells are never lists themselves. */
export type Column<Cell> = Cell | readonly Cell[];

export function columnOf<Row, Cell extends string | number | null>(
  rows: readonly Row[],
  cellOf: (row: Row) => Cell,
): Column<Cell> {
  const cells = rows.map(cellOf);
  const [first] = cells;
  return first !== undefined && cells.every((one) => one === first) ? first : cells;
}

export function cell<Cell>(column: Column<Cell>, place: number): Cell {
  return Array.isArray(column) ? (column[place] as Cell) : (column as Cell);
}

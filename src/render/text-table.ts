export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** The column that gives way, by wrapping its cells, when the table would be too wide; at most one. */
  readonly flexible?: boolean;
}

const BETWEEN = '  ';
const NARROWEST = 8;

/** A table in plain ASCII rules, never wider than `width` characters: cells of the flexible column wrap, others are cut with `..`. */
export function textTable(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string {
  const widths = columns.map((column, index) =>
    Math.max(lengthOf(column.title), ...rows.map((row) => lengthOf(row[index] ?? ''))),
  );
  shrink(widths, columns, width);
  const lines = [
    joined(columns.map(({ title }) => title)),
    widths.map((size) => '-'.repeat(size)).join(BETWEEN),
    ...rows.flatMap((row) => wrapRow(row)),
  ];
  return lines.map((text) => text.trimEnd()).join('\n');

  function joined(cells: readonly string[]): string {
    return cells.map((cell, index) => padded(cell, widths[index] ?? 0, columns[index]?.align ?? 'left')).join(BETWEEN);
  }

  function wrapRow(row: readonly string[]): readonly string[] {
    const cells = columns.map((column, index) => {
      const text = row[index] ?? '';
      const size = widths[index] ?? 0;
      return column.flexible === true ? wrapText(text, size) : [cut(text, size)];
    });
    const height = Math.max(...cells.map((cell) => cell.length));
    return Array.from({ length: height }, (_, line) => joined(cells.map((cell) => cell[line] ?? '')));
  }
}

/** Lines of at most `width` characters, broken at blanks where there are any. */
export function wrapText(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    let rest = [...word];
    if (current !== '' && lengthOf(current) + 1 + rest.length > width) {
      lines.push(current);
      current = '';
    }
    while (rest.length > width) {
      lines.push(rest.slice(0, width).join(''));
      rest = rest.slice(width);
    }
    current = current === '' ? rest.join('') : `${current} ${rest.join('')}`;
  }
  return current === '' && lines.length > 0 ? lines : [...lines, current];
}

function shrink(widths: number[], columns: readonly Column[], width: number): void {
  const total = () => widths.reduce((sum, size) => sum + size, 0) + BETWEEN.length * (widths.length - 1);
  const flexible = columns.findIndex((column) => column.flexible === true);
  if (flexible >= 0) widths[flexible] = Math.max(NARROWEST, (widths[flexible] ?? 0) - Math.max(0, total() - width));
  while (total() > width) {
    const widest = widths.indexOf(Math.max(...widths));
    if ((widths[widest] ?? 0) <= NARROWEST) return;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
}

function padded(text: string, width: number, align: 'left' | 'right'): string {
  const blanks = ' '.repeat(Math.max(0, width - lengthOf(text)));
  return align === 'right' ? blanks + text : text + blanks;
}

function cut(text: string, width: number): string {
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, Math.max(0, width - 2)).join('')}..`;
}

function lengthOf(text: string): number {
  return [...text].length;
}

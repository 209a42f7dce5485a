import { cellText } from './output.ts';
import { rowsOf, type Table } from './table.ts';
import { isNumeric } from './types.ts';

/** A table for a terminal: columns as wide as their longest cell, numbers to the right. */
export function textTable(table: Table): string {
  const names = table.specs.map((spec) => spec.name);
  const cells = rowsOf(table).map((row) =>
    row.map((value, index) => cellText(value, table.specs[index]?.type ?? 'string').replace(/\s+/g, ' ')),
  );
  const widths = names.map((name, index) => Math.max(name.length, ...cells.map((row) => row[index]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, index) =>
        isNumeric(table.specs[index]?.type ?? 'string') ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return `${[line(names), line(widths.map((width) => '-'.repeat(width))), ...cells.map(line)].join('\n')}\n`;
}

/** RFC 4180, with a line of names first. */
export function csvTable(table: Table): string {
  const quote = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const rows = rowsOf(table).map((row) =>
    row.map((value, index) => quote(cellText(value, table.specs[index]?.type ?? 'string'))),
  );
  return [table.specs.map((spec) => quote(spec.name)), ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}

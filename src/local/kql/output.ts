import { jsonText } from './json.ts';
import { formatReal } from './numbers.ts';
import type { Table } from './table.ts';
import { formatDatetime, formatTimespan } from './time.ts';
import type { Dynamic, KustoType, Value } from './types.ts';

/** A cell as Azure Monitor's JSON has it: a datetime and a timespan as text, a dynamic as JSON text, what JSON cannot hold as text. */
export type WireCell = string | number | boolean | null | RawNumber;

/** A number whose digits are written as they are: a long beyond what a JavaScript number holds. */
export class RawNumber {
  readonly digits: string;
  constructor(digits: string) {
    this.digits = digits;
  }
}

export function wireCell(value: Value, type: KustoType): WireCell {
  if (value === null) return type === 'string' ? '' : null;
  switch (type) {
    case 'bool':
      return value as boolean;
    case 'datetime':
      return formatDatetime(value as number);
    case 'timespan':
      return formatTimespan(value as number);
    case 'dynamic':
      return jsonText(value as Dynamic);
    case 'string':
    case 'guid':
    case 'decimal':
      return value as string;
    default:
      if (typeof value === 'bigint') return new RawNumber(String(value));
      return Number.isFinite(value) ? (value as number) : formatReal(value as number);
  }
}

/** `{"name":…,"columns":[…],"rows":[…]}` of a table, longs with all their digits. */
export function tableJson(name: string, table: Table): string {
  return tableJsonWithin(name, table, Number.POSITIVE_INFINITY).text;
}

/** The same with as many rows as fit in so many bytes; `written` is how many did. */
export function tableJsonWithin(
  name: string,
  table: Table,
  mostBytes: number,
): { readonly text: string; readonly written: number } {
  const columns = table.specs.map((spec) => JSON.stringify({ name: spec.name, type: spec.type }));
  const types = table.specs.map((spec) => spec.type);
  const cells = table.columns.map((column) => column.cell);
  const rows: string[] = [];
  let size = 0;
  while (rows.length < table.rows) {
    const row = `[${cells.map((cell, index) => cellJson(cell(rows.length), types[index] ?? 'string')).join(',')}]`;
    size += Buffer.byteLength(row) + 1;
    if (size > mostBytes) break;
    rows.push(row);
  }
  const text = `{"name":${JSON.stringify(name)},"columns":[${columns.join(',')}],"rows":[${rows.join(',')}]}`;
  return { text, written: rows.length };
}

function cellJson(value: Value, type: KustoType): string {
  const cell = wireCell(value, type);
  return cell instanceof RawNumber ? cell.digits : JSON.stringify(cell);
}

/** A cell as a person reads it. */
export function cellText(value: Value, type: KustoType): string {
  const cell = wireCell(value, type);
  if (cell === null) return '';
  return cell instanceof RawNumber ? cell.digits : String(cell);
}

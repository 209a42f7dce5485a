import { columnsOf, tableNames } from '../../rules/catalogue.ts';
import { OTHER_TABLES } from './other-tables.ts';
import { parseColumns, type Schema } from './schema.ts';
import { type ColumnSpec, isKustoType } from './types.ts';

/** The documented Log Analytics tables of the watched services, and those that workspaces commonly hold beside them. */
export const AZURE_SCHEMA: Schema = {
  tables: {
    ...Object.fromEntries(Object.entries(OTHER_TABLES).map(([table, columns]) => [table, parseColumns(columns)])),
    ...Object.fromEntries(tableNames().map((table) => [table, specsOf(table)])),
  },
};

function specsOf(table: string): readonly ColumnSpec[] {
  return (columnsOf(table) ?? []).flatMap(({ name, type }) => (isKustoType(type) ? [{ name, type }] : []));
}

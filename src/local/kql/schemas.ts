import { columnsOf, tableNames } from '../../rules/catalogue.ts';
import type { Schema } from './schema.ts';
import { type ColumnSpec, isKustoType } from './types.ts';

/** The documented Log Analytics tables of the watched services. */
export const AZURE_SCHEMA: Schema = {
  tables: Object.fromEntries(tableNames().map((table) => [table, specsOf(table)])),
};

function specsOf(table: string): readonly ColumnSpec[] {
  return (columnsOf(table) ?? []).flatMap(({ name, type }) => (isKustoType(type) ? [{ name, type }] : []));
}

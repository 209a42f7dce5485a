import type { ColumnSpec, KustoType } from './types.ts';

export interface Schema {
  readonly tables: Readonly<Record<string, readonly ColumnSpec[]>>;
}

/** The type that a column's suffix gives it in AzureDiagnostics and in custom tables. */
const SUFFIXES: Readonly<Record<string, KustoType>> = { s: 'string', d: 'real', b: 'bool', t: 'datetime', g: 'guid' };

/** The type by suffix, or `undefined` for a name without one. */
function suffixType(name: string): KustoType | undefined {
  return SUFFIXES[/_([sdbtg])$/.exec(name)?.[1] ?? ''];
}

/**
 * AzureDiagnostics grows a column for every field that is sent to it. The names that the query itself uses and that end in a type
 * suffix are taken for such columns; any other unknown name stays an error.
 */
export function openSchema(text: string, schema: Schema): Schema {
  const diagnostics = schema.tables.AzureDiagnostics;
  if (diagnostics === undefined || !text.includes('AzureDiagnostics')) return schema;
  const known = new Set(diagnostics.map((column) => column.name));
  const more: ColumnSpec[] = [];
  for (const name of new Set(text.match(/\b[A-Za-z_]\w*_[sdbtg]\b/g))) {
    const type = suffixType(name);
    if (type !== undefined && !known.has(name)) more.push({ name, type });
  }
  return more.length === 0 ? schema : { tables: { ...schema.tables, AzureDiagnostics: [...diagnostics, ...more] } };
}

/** The schema as the parser takes it: `name:type, …` by table. */
export function schemaText(schema: Schema): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(schema.tables).map(([table, columns]) => [
      table,
      columns.map(({ name, type }) => `['${name}']:${type}`).join(', '),
    ]),
  );
}

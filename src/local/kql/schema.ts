import { CUSTOM_TABLE } from './other-tables.ts';
import { type ColumnSpec, isKustoType, type KustoType } from './types.ts';

export interface Schema {
  readonly tables: Readonly<Record<string, readonly ColumnSpec[]>>;
}

/** The type that a column's suffix gives it in AzureDiagnostics and in tables of custom logs. */
const SUFFIXES: Readonly<Record<string, KustoType>> = { s: 'string', d: 'real', b: 'bool', t: 'datetime', g: 'guid' };

/** The type by suffix, or `undefined` for a name without one. */
function suffixType(name: string): KustoType | undefined {
  return SUFFIXES[/_([sdbtg])$/.exec(name)?.[1] ?? ''];
}

/**
 * AzureDiagnostics and the tables of custom logs (`…_CL`) grow a column for every field that is sent to them. The names that the query
 * itself uses and that end in a type suffix are taken for such columns; any other unknown name stays an error. A custom table that is
 * not in the schema is taken to exist.
 */
export function openSchema(text: string, schema: Schema): Schema {
  return withGrown(text, withReceived(text, schema));
}

const RECEIVED: ColumnSpec = { name: '_TimeReceived', type: 'datetime' };

/** Every table has a column of when its rows were received, which is what `ingestion_time()` is; references of tables leave it out. */
function withReceived(text: string, { tables }: Schema): Schema {
  if (!/\b(?:ingestion_time|_TimeReceived)\b/.test(text)) return { tables };
  const words = new Set(text.match(/\w+/g));
  return {
    tables: Object.fromEntries(
      Object.entries(tables).map(([table, columns]) => {
        const lacks = words.has(table) && !columns.some(({ name }) => name === RECEIVED.name);
        return [table, lacks ? [...columns, RECEIVED] : columns];
      }),
    ),
  };
}

function withGrown(text: string, schema: Schema): Schema {
  const open = new Set(text.match(/\b(?:AzureDiagnostics|[A-Za-z_]\w*_CL)\b/g));
  if (open.size === 0) return schema;
  const typed = [...new Set(text.match(/\b[A-Za-z_]\w*_[sdbtg]\b/g))].flatMap((name): readonly ColumnSpec[] => {
    const type = suffixType(name);
    return type === undefined ? [] : [{ name, type }];
  });
  const grown = [...open].flatMap((table) => {
    const columns = schema.tables[table] ?? (table.endsWith('_CL') ? parseColumns(CUSTOM_TABLE) : undefined);
    if (columns === undefined) return [];
    const known = new Set(columns.map((column) => column.name));
    return [[table, [...columns, ...typed.filter((column) => !known.has(column.name))]] as const];
  });
  return { tables: { ...schema.tables, ...Object.fromEntries(grown) } };
}

/** `name:type, …` as columns; what is not a type of KQL is left out. */
export function parseColumns(text: string): readonly ColumnSpec[] {
  return text.split(', ').flatMap((pair) => {
    const [name = '', type = ''] = pair.split(':');
    return isKustoType(type) ? [{ name, type }] : [];
  });
}

/** What may mean tables that are not spelt out: `union App*`, `search`, `find`. */
const ANY_TABLE = /\w\*|\*\w|\bunion\b[^|]*\*|\b(?:search|find)\b/;

/** The tables that a query can mean: making the parser's symbols of all takes longer than most queries. */
export function tablesMeant(query: string, { tables }: Schema): Schema['tables'] {
  if (ANY_TABLE.test(query)) return tables;
  const words = new Set(query.match(/\w+/g));
  return Object.fromEntries(Object.entries(tables).filter(([table]) => words.has(table)));
}

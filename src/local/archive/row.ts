import { parseLong, parseReal, toLong } from '../kql/numbers.ts';
import { AZURE_SCHEMA } from '../kql/schemas.ts';
import { parseDatetime } from '../kql/time.ts';
import type { Dynamic, KustoType, Value } from '../kql/types.ts';

/** One cell of a row: the column's name and type, and its value. */
export type PutCell = (name: string, type: KustoType, value: Value) => void;

/** A record as Azure writes it: fields in any of the spellings seen, `properties` as an object or as JSON text. */
export type ArchiveRecord = Readonly<Record<string, unknown>>;

/** When the record happened, in ticks; `null` for a record without a usable `time`. */
export function timeOf(record: ArchiveRecord): number | null {
  const time = record.time ?? record.Time ?? record.eventTimestamp;
  return typeof time === 'string' ? parseDatetime(time) : null;
}

export function resourceIdOf(record: ArchiveRecord): string {
  const id = record.resourceId ?? record.ResourceId;
  return typeof id === 'string' ? id : '';
}

/** The columns that a resource id fills in every table: lower case in `_ResourceId`, upper case in the columns of old. */
export function putResource(id: string, legacy: boolean, put: PutCell): void {
  const [, , subscription = '', , group = '', , provider = '', type = '', ...names] = id.replace(/^\/*/, '/').split('/');
  put('_ResourceId', 'string', id.toLowerCase());
  put('_SubscriptionId', 'string', subscription.toLowerCase());
  put('SourceSystem', 'string', 'Azure');
  if (!legacy) return;
  put('ResourceId', 'string', id.toUpperCase());
  put('SubscriptionId', 'string', subscription.toLowerCase());
  put('ResourceGroup', 'string', group.toUpperCase());
  put('ResourceProvider', 'string', provider.toUpperCase());
  put('ResourceType', 'string', type.toUpperCase());
  put('Resource', 'string', (names.at(-1) ?? '').toUpperCase());
}

/** A JSON value as a cell of a column whose type is given. */
export function cellOf(value: unknown, type: KustoType): Value {
  if (value === null || value === undefined) return type === 'string' ? '' : null;
  switch (type) {
    case 'string':
      return typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value);
    case 'int':
    case 'long':
      return typeof value === 'number' ? toLong(value) : typeof value === 'string' ? parseLong(value) : null;
    case 'real':
      return typeof value === 'number' ? value : typeof value === 'string' ? parseReal(value) : null;
    case 'bool':
      return typeof value === 'boolean' ? value : typeof value === 'string' ? value.toLowerCase() === 'true' : null;
    case 'datetime':
      return typeof value === 'string' ? parseDatetime(value) : null;
    case 'guid':
      return typeof value === 'string' ? value.toLowerCase() : null;
    case 'dynamic':
      return value as Dynamic;
    default:
      return null;
  }
}

/** Types of a table's columns by their name in lower case, with the spelling that the table uses. */
export function columnsByName(table: string): ReadonlyMap<string, { readonly name: string; readonly type: KustoType }> {
  return new Map((AZURE_SCHEMA.tables[table] ?? []).map((spec) => [spec.name.toLowerCase(), spec]));
}

import { jsonText } from '../kql/json.ts';
import { parseLong, parseReal, toLong } from '../kql/numbers.ts';
import { AZURE_SCHEMA } from '../kql/schemas.ts';
import { parseDatetime } from '../kql/time.ts';
import { Boxed, type Dynamic, type KustoType, type Value } from '../kql/types.ts';

/** One cell of a row: the column's name and type, and its value. */
export type PutCell = (name: string, type: KustoType, value: Value) => void;

/** A record as Azure writes it: fields in any of the spellings seen, `properties` as an object or as JSON text. */
export type ArchiveRecord = Readonly<Record<string, unknown>>;

/** When the record happened, in ticks; `null` for a record without a usable `time`. */
export function timeOf(record: ArchiveRecord): number | null {
  const time = record.time ?? record.eventTimestamp ?? inAnyCase(record, 'time');
  return typeof time === 'string' ? parseDatetime(time) : null;
}

function inAnyCase(record: ArchiveRecord, lower: string): unknown {
  const name = Object.keys(record).find((key) => key.toLowerCase() === lower);
  return name === undefined ? undefined : record[name];
}

export function resourceIdOf(record: ArchiveRecord): string {
  const id = record.resourceId ?? inAnyCase(record, 'resourceid');
  return typeof id === 'string' ? id : '';
}

/** The columns that are the same for all records of a resource: lower case in `_ResourceId`, upper case in the columns of old. */
export function resourceCells(
  id: string,
  { table, legacyIds }: { readonly table: string; readonly legacyIds: boolean },
): Readonly<Record<string, string>> {
  const [, , subscription = '', , group = '', , provider = '', type = '', ...names] = id.replace(/^\/*/, '/').split('/');
  return {
    Type: table,
    SourceSystem: 'Azure',
    _ResourceId: id.toLowerCase(),
    _SubscriptionId: subscription.toLowerCase(),
    ...(legacyIds && {
      ResourceId: id.toUpperCase(),
      SubscriptionId: subscription.toLowerCase(),
      ResourceGroup: group.toUpperCase(),
      ResourceProvider: provider.toUpperCase(),
      ResourceType: type.toUpperCase(),
      Resource: (names.at(-1) ?? '').toUpperCase(),
    }),
  };
}

/** A JSON value as a cell of a column whose type is given. */
export function cellOf(given: unknown, type: KustoType): Value {
  const value = type !== 'dynamic' && given instanceof Boxed ? given.value : given;
  if (value === null || value === undefined) return type === 'string' ? '' : null;
  switch (type) {
    case 'string':
      return typeof value === 'string' ? value : typeof value === 'object' ? jsonText(value as Dynamic) : String(value);
    case 'int':
    case 'long':
      if (typeof value === 'bigint') return value;
      return typeof value === 'number' ? toLong(value) : typeof value === 'string' ? parseLong(value) : null;
    case 'real':
      if (typeof value === 'bigint') return Number(value);
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

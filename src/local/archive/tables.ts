import { LOG_CATEGORIES } from '../../rules/catalogue.ts';
import { parseJson } from '../kql/json.ts';
import type { KustoType } from '../kql/types.ts';
import { putDiagnostics } from './diagnostics.ts';
import { ACTIVITY_FOLDER, LOGS_PREFIX } from './layout.ts';
import { type ArchiveRecord, cellOf, columnsByName, type PutCell, putResource, resourceIdOf } from './row.ts';

/** Where exported metrics lie, as Azure writes them: without dimensions. */
const EXPORTED_METRICS = 'insights-metrics-pt1m';

export interface Mapping {
  readonly table: string;
  readonly put: (record: ArchiveRecord, put: PutCell) => void;
}

const TABLE_OF_CATEGORY: ReadonlyMap<string, string> = new Map(
  LOG_CATEGORIES.flatMap(({ category, table }) => (table === null ? [] : [[category.toLowerCase(), table]])),
);

/** What the records of a container become; a category that is not documented goes to AzureDiagnostics, as most services' do. */
export function mappingOf(container: string): Mapping | null {
  if (container === ACTIVITY_FOLDER) return { table: 'AzureActivity', put: putActivity };
  if (container === EXPORTED_METRICS) return { table: 'AzureMetrics', put: putMetric };
  if (!container.startsWith(LOGS_PREFIX)) return null;
  const table = TABLE_OF_CATEGORY.get(container.slice(LOGS_PREFIX.length)) ?? 'AzureDiagnostics';
  return { table, put: table === 'AzureDiagnostics' ? putDiagnostics : dedicated(table) };
}

/** A table of its own: its columns are the members of `properties` and the common fields, under the names of the table. */
function dedicated(table: string): Mapping['put'] {
  const columns = columnsByName(table);
  return (record, put) => {
    put('Type', 'string', table);
    putResource(resourceIdOf(record), false, put);
    const members = membersOf(record.properties);
    for (const fields of [record, members]) {
      for (const [name, value] of Object.entries(fields)) {
        const column = columns.get(name.toLowerCase());
        if (column !== undefined && column.name !== '_ResourceId') put(column.name, column.type, cellOf(value, column.type));
      }
    }
  };
}

function membersOf(properties: unknown): Readonly<Record<string, unknown>> {
  const value = typeof properties === 'string' ? parseJson(properties) : properties;
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : {};
}

const METRIC_COLUMNS: Readonly<Record<string, readonly [name: string, type: KustoType]>> = {
  metricName: ['MetricName', 'string'],
  timeGrain: ['TimeGrain', 'string'],
  total: ['Total', 'real'],
  count: ['Count', 'real'],
  minimum: ['Minimum', 'real'],
  maximum: ['Maximum', 'real'],
  average: ['Average', 'real'],
  unit: ['UnitName', 'string'],
};

function putMetric(record: ArchiveRecord, put: PutCell): void {
  put('Type', 'string', 'AzureMetrics');
  putResource(resourceIdOf(record), true, put);
  for (const [field, [name, type]] of Object.entries(METRIC_COLUMNS)) put(name, type, cellOf(record[field], type));
}

/** The activity log's record in the schema of storage and Event Hubs. */
function putActivity(record: ArchiveRecord, put: PutCell): void {
  const id = resourceIdOf(record);
  const identity = membersOf(record.identity);
  const claims = membersOf(identity.claims);
  const text = (value: unknown): string => cellOf(value, 'string') as string;
  put('Type', 'string', 'AzureActivity');
  putResource(id, true, put);
  put('OperationNameValue', 'string', text(record.operationName).toUpperCase());
  put('OperationName', 'string', text(record.operationName));
  put('CategoryValue', 'string', text(record.category));
  put('Category', 'string', text(record.category));
  put('ActivityStatusValue', 'string', text(record.resultType));
  put('ActivitySubstatusValue', 'string', text(record.resultSignature));
  put('Level', 'string', text(record.level));
  put('CallerIpAddress', 'string', text(record.callerIpAddress));
  put('CorrelationId', 'string', text(record.correlationId));
  put('Caller', 'string', callerOf(record, claims));
  put('Authorization', 'string', text(identity.authorization));
  put('Authorization_d', 'dynamic', cellOf(identity.authorization, 'dynamic'));
  put('Claims', 'string', text(identity.claims));
  put('Claims_d', 'dynamic', cellOf(identity.claims, 'dynamic'));
  put('Properties', 'string', text(record.properties));
  put('Properties_d', 'dynamic', cellOf(membersOf(record.properties), 'dynamic'));
}

/** Who did it: the person's name in the claims, else the application's id. */
export function callerOf(record: ArchiveRecord, claims: Readonly<Record<string, unknown>>): string {
  const named = record.caller ?? claims['http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn'] ?? claims.appid;
  return typeof named === 'string' ? named : '';
}

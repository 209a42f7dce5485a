import { LOG_CATEGORIES } from '../../rules/catalogue.ts';
import { parseJson } from '../kql/json.ts';
import { Boxed, type KustoType } from '../kql/types.ts';
import { diagnosticsPlan, isSuffixed, putDiagnostics } from './diagnostics.ts';
import { cellPlan, type FieldPlan } from './field-plan.ts';
import { ACTIVITY_FOLDER, LOGS_PREFIX } from './layout.ts';
import { type ArchiveRecord, cellOf, columnsByName, type PutCell } from './row.ts';

/** Where exported metrics lie, as Azure writes them: without dimensions. */
const EXPORTED_METRICS = 'insights-metrics-pt1m';

/** What the records of a container become. The columns made of the resource's id are not its business. */
export interface Mapping {
  readonly table: string;
  /** The resource's id and parts of it also in the columns of old, in upper case. */
  readonly legacyIds: boolean;
  readonly put: (record: ArchiveRecord, put: PutCell) => void;
  /** The same field by field; `null` where fields depend on each other. */
  readonly plan: ((name: string) => FieldPlan) | null;
  /** Whether a member of a nested value may fill a column. */
  readonly memberMayFill: (column: string) => boolean;
}

const TABLE_OF_CATEGORY: ReadonlyMap<string, string> = new Map(
  LOG_CATEGORIES.flatMap(({ category, table }) => (table === null ? [] : [[category.toLowerCase(), table]])),
);

const mappings = new Map<string, Mapping | null>();

/** What the records of a container become; a category that is not documented goes to AzureDiagnostics, as most services' do. */
export function mappingOf(container: string): Mapping | null {
  let mapping = mappings.get(container);
  if (mapping === undefined) {
    mapping = makeMapping(container);
    mappings.set(container, mapping);
  }
  return mapping;
}

function makeMapping(container: string): Mapping | null {
  const whole = { legacyIds: true, plan: null, memberMayFill: () => false };
  if (container === ACTIVITY_FOLDER) return { ...whole, table: 'AzureActivity', put: putActivity };
  if (container === EXPORTED_METRICS) return { ...whole, table: 'AzureMetrics', put: putMetric };
  if (!container.startsWith(LOGS_PREFIX)) return null;
  const table = TABLE_OF_CATEGORY.get(container.slice(LOGS_PREFIX.length)) ?? 'AzureDiagnostics';
  if (table !== 'AzureDiagnostics') return dedicated(table);
  return { table, legacyIds: true, put: putDiagnostics, plan: diagnosticsPlan, memberMayFill: isSuffixed };
}

/** A table of its own: its columns are the members of `properties` and the common fields, under the names of the table. */
function dedicated(table: string): Mapping {
  const columns = columnsByName(table);
  const names = new Set([...columns.values()].map(({ name }) => name));
  const ownColumn = (name: string): FieldPlan => {
    const column = columns.get(name.toLowerCase());
    return column === undefined || column.name === '_ResourceId' ? { kind: 'skip' } : cellPlan(column.name, column.type);
  };
  const putFields = (fields: object, put: PutCell): void => {
    for (const [name, value] of Object.entries(fields)) {
      const plan = ownColumn(name);
      if ('put' in plan) plan.put(value, put);
    }
  };
  const members: FieldPlan = {
    kind: 'members',
    columns: [],
    text: null,
    guid: null,
    number: null,
    numberType: 'real',
    put: (value, put) => putFields(membersOf(value), put),
    member: ownColumn,
  };
  return {
    table,
    legacyIds: false,
    put: (record, put) => {
      putFields(record, put);
      putFields(membersOf(record.properties), put);
    },
    plan: (name) => {
      const lower = name.toLowerCase();
      if (lower === 'time') return { kind: 'time' };
      if (lower === 'resourceid') return { kind: 'resource' };
      return name === 'properties' ? members : ownColumn(name);
    },
    memberMayFill: (column) => names.has(column),
  };
}

function membersOf(properties: unknown): Readonly<Record<string, unknown>> {
  const value = typeof properties === 'string' ? parseJson(properties) : properties;
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Boxed)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
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
  for (const [field, [name, type]] of Object.entries(METRIC_COLUMNS)) put(name, type, cellOf(record[field], type));
}

/** The activity log's record in the schema of storage and Event Hubs. */
function putActivity(record: ArchiveRecord, put: PutCell): void {
  const identity = membersOf(record.identity);
  const claims = membersOf(identity.claims);
  const text = (value: unknown): string => cellOf(value, 'string') as string;
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

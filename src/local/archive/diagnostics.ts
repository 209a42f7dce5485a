import { jsonText } from '../kql/json.ts';
import { Boxed, type Dynamic, type Value } from '../kql/types.ts';
import { cellPlan, type FieldPlan, type PlacedField } from './field-plan.ts';
import { type ArchiveRecord, cellOf, type PutCell } from './row.ts';

/*
 * AzureDiagnostics: one wide table for the services that have none of their own. Known fields have fixed columns; every other field
 * gets a suffix by the type of the value that it has, so one field may fill several columns.
 * https://learn.microsoft.com/azure/azure-monitor/reference/tables/azurediagnostics
 */

const FIXED: Readonly<Record<string, readonly [name: string, type: 'string' | 'long']>> = {
  category: ['Category', 'string'],
  operationname: ['OperationName', 'string'],
  operationversion: ['OperationVersion', 'string'],
  resulttype: ['ResultType', 'string'],
  resultsignature: ['ResultSignature', 'string'],
  resultdescription: ['ResultDescription', 'string'],
  durationms: ['DurationMs', 'long'],
  calleripaddress: ['CallerIPAddress', 'string'],
  correlationid: ['CorrelationId', 'string'],
  level: ['Level', 'string'],
};

/** No guid and no time is longer. */
const LONGEST_SPECIAL = 40;
const GUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
const DATETIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)$/;

export function putDiagnostics(record: ArchiveRecord, put: PutCell): void {
  for (const [name, value] of Object.entries(record)) {
    const plan = diagnosticsPlan(name);
    if ('put' in plan) plan.put(value, put);
  }
}

/** What becomes of a field. */
export function diagnosticsPlan(name: string): FieldPlan {
  const lower = name.toLowerCase();
  if (lower === 'time') return { kind: 'time' };
  if (lower === 'resourceid') return { kind: 'resource' };
  const fixed = FIXED[lower];
  if (fixed !== undefined) return cellPlan(fixed[0], fixed[1]);
  if (lower !== 'properties') return suffixedPlan(name);
  const { put, ...plan } = suffixedPlan(name);
  return {
    ...plan,
    kind: 'members',
    put: (value, putCell) => {
      if (typeof value === 'object' && value !== null && !(value instanceof Boxed)) putMembers('', value, putCell);
      else put(value, putCell);
    },
    member: suffixedPlan,
  };
}

/** A field whose columns have a suffix by the type of the value; `path` leads to it from the record. */
function suffixedPlan(path: string): PlacedField {
  const column = columnName(path);
  return {
    kind: 'suffixed',
    columns: ['s', 't', 'g'].map((suffix) => `${column}_${suffix}`),
    text: `${column}_s`,
    guid: `${column}_g`,
    number: `${column}_d`,
    numberType: 'real',
    put: (value, put) => putSuffixed(path, value, put),
    member: (name) => suffixedPlan(`${path}_${name}`),
  };
}

/** Columns that a nested value may fill. */
export function isSuffixed(name: string): boolean {
  return /_[sdbtg]$/.test(name);
}

function columnName(path: string): string {
  return path.replace(/[^A-Za-z0-9_]/g, '_');
}

/** Members of an object, the path joined by underscores; an array stays JSON text. */
function putMembers(path: string, members: object, put: PutCell): void {
  for (const [name, value] of Object.entries(members)) {
    putSuffixed(path === '' ? name : `${path}_${name}`, value, put);
  }
}

function putSuffixed(path: string, given: unknown, put: PutCell): void {
  const value = given instanceof Boxed ? given.value : given;
  if (value === null || value === undefined) return;
  const name = columnName(path);
  if (typeof value === 'bigint') put(`${name}_d`, 'real', Number(value));
  else if (typeof value === 'number') put(`${name}_d`, 'real', value);
  else if (typeof value === 'boolean') put(`${name}_b`, 'bool', value);
  else if (typeof value === 'string') putText(name, value, put);
  else if (Array.isArray(value)) put(`${name}_s`, 'string', jsonText(value as Dynamic));
  else putMembers(name, value, put);
}

function putText(name: string, value: string, put: PutCell): void {
  if (value.length > LONGEST_SPECIAL) {
    put(`${name}_s`, 'string', value);
    return;
  }
  const moment: Value = DATETIME.test(value) ? cellOf(value, 'datetime') : null;
  if (GUID.test(value)) put(`${name}_g`, 'guid', value.toLowerCase());
  else if (moment !== null) put(`${name}_t`, 'datetime', moment);
  else put(`${name}_s`, 'string', value);
}

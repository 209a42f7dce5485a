import type { Value } from '../kql/types.ts';
import { type ArchiveRecord, cellOf, type PutCell, putResource, resourceIdOf } from './row.ts';

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

const GUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
const DATETIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)$/;

export function putDiagnostics(record: ArchiveRecord, put: PutCell): void {
  put('Type', 'string', 'AzureDiagnostics');
  putResource(resourceIdOf(record), true, put);
  for (const [name, value] of Object.entries(record)) {
    const lower = name.toLowerCase();
    const fixed = FIXED[lower];
    if (fixed !== undefined) put(fixed[0], fixed[1], cellOf(value, fixed[1]));
    else if (lower === 'properties' && typeof value === 'object' && value !== null) putMembers('', value, put);
    else if (lower !== 'time' && lower !== 'resourceid') putSuffixed(name, value, put);
  }
}

/** Members of an object, the path joined by underscores; an array stays JSON text. */
function putMembers(path: string, members: object, put: PutCell): void {
  for (const [name, value] of Object.entries(members)) {
    putSuffixed(path === '' ? name : `${path}_${name}`, value, put);
  }
}

function putSuffixed(path: string, value: unknown, put: PutCell): void {
  if (value === null || value === undefined) return;
  const name = path.replace(/[^A-Za-z0-9_]/g, '_');
  if (typeof value === 'number') put(`${name}_d`, 'real', value);
  else if (typeof value === 'boolean') put(`${name}_b`, 'bool', value);
  else if (typeof value === 'string') putText(name, value, put);
  else if (Array.isArray(value)) put(`${name}_s`, 'string', JSON.stringify(value));
  else putMembers(name, value, put);
}

function putText(name: string, value: string, put: PutCell): void {
  const moment: Value = DATETIME.test(value) ? cellOf(value, 'datetime') : null;
  if (GUID.test(value)) put(`${name}_g`, 'guid', value.toLowerCase());
  else if (moment !== null) put(`${name}_t`, 'datetime', moment);
  else put(`${name}_s`, 'string', value);
}

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
  switch (typeof value) {
    case 'number':
      return put(`${name}_d`, 'real', value);
    case 'boolean':
      return put(`${name}_b`, 'bool', value);
    case 'string':
      return putText(name, value, put);
    default:
      if (Array.isArray(value)) put(`${name}_s`, 'string', JSON.stringify(value));
      else putMembers(name, value as object, put);
  }
}

function putText(name: string, value: string, put: PutCell): void {
  if (GUID.test(value)) return put(`${name}_g`, 'guid', value.toLowerCase());
  const moment: Value = DATETIME.test(value) ? cellOf(value, 'datetime') : null;
  if (moment !== null) return put(`${name}_t`, 'datetime', moment);
  put(`${name}_s`, 'string', value);
}

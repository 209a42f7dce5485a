import { isObject, type Json, type JsonObject } from './json.ts';

/**
 * The member that wraps records, if the object is such a wrapper: `records`, at the top of a body in any case. It wraps when it is the
 * only member, or a list of objects in something that is no record itself (other members of a wrapper belong to no record).
 */
export function wrapperName(value: JsonObject, anyCase: boolean): string | null {
  let name: string | null = null;
  let members = 0;
  for (const key in value) {
    members++;
    if (key === 'records' || (anyCase && name === null && key.length === 7 && key.toLowerCase() === 'records')) name = key;
  }
  if (name === null) return null;
  const list = value[name];
  if (members === 1) return typeof list === 'object' || typeof list === 'string' ? name : null;
  return Array.isArray(list) && list.some((item) => isObject(item)) && !looksLikeRecord(value) ? name : null;
}

const IDENTITY: ReadonlySet<string> = new Set([
  'time',
  'timestamp',
  'timegenerated',
  'eventtimestring',
  'resourceid',
  'category',
  'operationname',
  'metricname',
  'correlationid',
]);

/** Whether an object has at least two of the members that diagnostic records are known by. */
export function looksLikeRecord(value: Json | undefined): boolean {
  if (!isObject(value)) return false;
  let known = 0;
  for (const key in value) if (IDENTITY.has(key.toLowerCase())) known++;
  return known >= 2;
}

export function isEmpty(value: JsonObject): boolean {
  for (const _ in value) return false;
  return true;
}

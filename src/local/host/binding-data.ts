import { offsetTime, type TriggerMetadata, type TypedData } from './typed-data.ts';

const ISO_DATE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})?$/;

/**
 * The metadata of a single text value: its top-level members, arrays apart, overwrite real metadata of the same name in any case
 * (host `Utility.ApplyBindingData`; https://github.com/Azure/azure-functions-nodejs-library/issues/459). Numbers and objects come out as
 * such on the other side; booleans as `True` and `False`, dates in .NET's invariant format, nulls not at all.
 */
export function withPayloadMembers(metadata: TriggerMetadata, text: string): TriggerMetadata {
  const members = objectOf(text);
  if (members === null) return metadata;
  const result: Record<string, TypedData> = { ...metadata };
  for (const [name, value] of Object.entries(members)) {
    if (value === null || Array.isArray(value)) continue;
    const existing = Object.keys(result).find((key) => key.toLowerCase() === name.toLowerCase());
    result[existing ?? name] = memberOf(value);
  }
  return result;
}

function objectOf(text: string): Readonly<Record<string, unknown>> | null {
  if (!text.trimStart().startsWith('{')) return null;
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    return null;
  }
}

function memberOf(value: unknown): TypedData {
  if (typeof value === 'object') return { json: JSON.stringify(value) };
  if (typeof value === 'boolean') return { string: value ? 'True' : 'False' };
  if (typeof value === 'string' && ISO_DATE.test(value)) return { string: invariantDate(value) };
  return { string: String(value) };
}

/** `MM/dd/yyyy HH:mm:ss` of the time in UTC. */
function invariantDate(iso: string): string {
  const time = offsetTime(Date.parse(/(Z|[+-]\d{2}:\d{2})$/.test(iso) ? iso : `${iso}Z`));
  const [, year, month, day, clock] = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}:\d{2}:\d{2})/.exec(time) ?? [];
  return `${month}/${day}/${year} ${clock}`;
}

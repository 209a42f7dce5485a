/** A piece of JSON Schema. */
export type Schema = Readonly<Record<string, unknown>>;

/** A text of at most `longest` characters. */
export function text(longest?: number): Schema {
  return { type: 'string', minLength: 1, ...(longest === undefined ? {} : { maxLength: longest }) };
}

/** An object that has these members, those of `required` always, and no other. */
export function closed(properties: Readonly<Record<string, Schema>>, required = Object.keys(properties)): Schema {
  return { type: 'object', properties, required, additionalProperties: false };
}

/** An object that has these members, and perhaps others. */
export function open(properties: Readonly<Record<string, Schema>>, required = Object.keys(properties)): Schema {
  return { type: 'object', properties, required };
}

export function list(items: Schema, { most, least = 0 }: { readonly most?: number; readonly least?: number } = {}): Schema {
  return { type: 'array', items, minItems: least, ...(most === undefined ? {} : { maxItems: most }) };
}

export const url: Schema = { type: 'string', pattern: '^https?://[^\\s]+$' };
export const dateTime: Schema = {
  type: 'string',
  pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:?\\d\\d)$',
};
export const texts: Schema = { type: 'object', additionalProperties: { type: 'string' } };

/** What a service takes: its schema, and how large a body may be. */
export interface Contract {
  readonly schema: Schema;
  readonly mostBytes: number;
}

export const KIB = 1024;

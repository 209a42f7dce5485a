import { TocsinError } from '../../model/errors.ts';
import { formatReal, long } from './numbers.ts';
import { formatDatetime, formatTimespan } from './time.ts';
import { Boxed, type Dynamic, isArray, type KustoType, type Value } from './types.ts';

/*
 * Dynamic values and their text. JSON.parse loses the difference between 1 and 1.0 and the digits of long integers, so text that may
 * hold either is read with the source of every number.
 */

const MAY_LOSE = /\d{16}|\d\.\d*0(?!\d)|\d[eE]/;

/** Twice what a dynamic value of Kusto's may hold. */
const LONGEST_PARSED = 2 * 1_048_576;

/** The parsed value, or `undefined` when the text is not JSON. @throws TocsinError TCN-L010 for more than 2 Mi characters. */
export function parseJson(text: string): Dynamic | undefined {
  if (text.length > LONGEST_PARSED) throw new TocsinError('TCN-L010', 'JSON text of more than 2 Mi characters');
  try {
    if (!MAY_LOSE.test(text)) return JSON.parse(text) as Dynamic;
    return JSON.parse(text, exactNumber as (this: unknown, key: string, value: unknown) => unknown) as Dynamic;
  } catch {
    return undefined;
  }
}

function exactNumber(_key: string, value: unknown, context: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || context.source === undefined) return value;
  if (/^-?\d+$/.test(context.source)) {
    return Number.isSafeInteger(value) ? value : long(BigInt(context.source));
  }
  return Number.isInteger(value) ? new Boxed('real', value) : value;
}

/** The JSON text of a dynamic, as Kusto writes it: compact. */
export function jsonText(value: Dynamic): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : numberText(value);
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (value instanceof Boxed) return boxedText(value);
  if (isArray(value)) return listText(value);
  return `{${Object.entries(value)
    .map(([key, item]) => `${JSON.stringify(key)}:${jsonText(item)}`)
    .join(',')}}`;
}

const LONGEST = 8 * 1_048_576;

/** @throws TocsinError TCN-L010 where the text would be longer than 8 Mi characters: Kusto ends at one MiB. */
function listText(items: readonly Dynamic[]): string {
  let length = 0;
  const texts = items.map((item) => {
    const text = jsonText(item);
    length += text.length + 1;
    if (length > LONGEST) throw new TocsinError('TCN-L010', 'a dynamic value of more than 8 Mi characters');
    return text;
  });
  return `[${texts.join(',')}]`;
}

function boxedText(boxed: Boxed): string {
  switch (boxed.type) {
    case 'real':
      return numberText(boxed.value as number);
    case 'datetime':
      return JSON.stringify(formatDatetime(boxed.value as number, 'all'));
    case 'timespan':
      return JSON.stringify(formatTimespan(boxed.value as number));
    case 'guid':
      return JSON.stringify(boxed.value);
  }
}

function numberText(value: number): string {
  return Number.isFinite(value) ? formatReal(value) : JSON.stringify(formatReal(value));
}

/** What `tostring` gives: total, the empty string for null. */
export function textOf(value: Value, type: KustoType): string {
  if (value === null) return '';
  switch (type) {
    case 'string':
    case 'guid':
      return value as string;
    case 'bool':
      return value === true ? 'True' : 'False';
    case 'int':
    case 'long':
      return String(value);
    case 'real':
      return formatReal(value as number);
    case 'decimal':
      return value as string;
    case 'datetime':
      return formatDatetime(value as number, 'all');
    case 'timespan':
      return formatTimespan(value as number);
    case 'dynamic':
      return dynamicText(value as Dynamic);
  }
}

function dynamicText(value: Dynamic): string {
  if (typeof value === 'string') return value;
  if (value instanceof Boxed) return textOf(value.value, value.type);
  return jsonText(value);
}

/** A scalar as a member of a dynamic. */
export function toDynamic(value: Value, type: KustoType): Dynamic {
  if (value === null) return null;
  switch (type) {
    case 'real':
      return Number.isInteger(value) || !Number.isFinite(value) ? new Boxed('real', value as number) : (value as number);
    case 'datetime':
    case 'timespan':
      return new Boxed(type, value as number);
    case 'guid':
      return new Boxed('guid', value as string);
    default:
      return value as Dynamic;
  }
}

/** The scalar type of a dynamic's content; `null` for null, arrays and bags. */
export function scalarTypeOf(value: Dynamic): KustoType | null {
  if (value instanceof Boxed) return value.type;
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'long';
    case 'number':
      return Number.isInteger(value) ? 'long' : 'real';
    default:
      return null;
  }
}

/** The value inside a dynamic scalar, without its box. */
export function unboxed(value: Dynamic): Value {
  return value instanceof Boxed ? value.value : value;
}

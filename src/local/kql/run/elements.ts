import { scalarTypeOf, textOf, unboxed } from '../json.ts';
import { isNumber } from '../numbers.ts';
import { convertText } from '../scalars/conversion.ts';
import { nothing } from '../table.ts';
import type { Dynamic, KustoType, Value } from '../types.ts';

/**
 * An element of a dynamic as a value of a type: a cast, not a conversion, so what is of another type is null. A dynamic that was read
 * from JSON has its datetimes, timespans and guids as text.
 */
export function elementAs(value: Dynamic, type: KustoType): Value {
  if (type === 'dynamic') return value;
  if (value === null) return nothing(type);
  if (type === 'string') return textOf(value, 'dynamic');
  const held = scalarTypeOf(value);
  const content = unboxed(value);
  switch (type) {
    case 'int':
      return typeof content === 'number' && held === 'long' && (content | 0) === content ? content : null;
    case 'long':
      return held === 'long' ? content : null;
    case 'real':
      return (held === 'long' || held === 'real') && isNumber(content) ? Number(content) : null;
    case 'bool':
      return typeof content === 'boolean' ? content : null;
    default:
      if (held === type) return content;
      return held === 'string' ? convertText(type)(content as string) : null;
  }
}

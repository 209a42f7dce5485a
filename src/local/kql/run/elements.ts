import { scalarTypeOf, textOf, unboxed } from '../json.ts';
import { isNumber, toLong } from '../numbers.ts';
import { convertText } from '../scalars/conversion.ts';
import { nothing } from '../table.ts';
import type { Dynamic, KustoType, Value } from '../types.ts';

/**
 * An element of a dynamic as a value of a type. Numbers lose their fraction, whole numbers are bools, and text becomes a datetime or a
 * guid; text is no number, and what is of another type is null.
 */
export function elementAs(value: Dynamic, type: KustoType): Value {
  if (type === 'dynamic') return value;
  if (value === null) return nothing(type);
  if (type === 'string') return textOf(value, 'dynamic');
  const held = scalarTypeOf(value);
  const content = unboxed(value);
  switch (type) {
    case 'int': {
      const whole = wholeOf(content, held);
      return typeof whole === 'number' && (whole | 0) === whole ? whole : null;
    }
    case 'long':
      return wholeOf(content, held);
    case 'real':
      return (held === 'long' || held === 'real') && isNumber(content) ? Number(content) : null;
    case 'bool':
      return typeof content === 'boolean' ? content : held === 'long' ? content !== 0 : null;
    case 'timespan':
      return held === type ? content : null;
    default:
      if (held === type) return content;
      return held === 'string' ? convertText(type)(content as string) : null;
  }
}

function wholeOf(content: Value, held: KustoType | null): number | bigint | null {
  return isNumber(content) && (held === 'long' || held === 'real') ? toLong(content) : null;
}

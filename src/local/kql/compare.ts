import { compareDecimals } from './decimals.ts';
import { jsonText, scalarTypeOf, unboxed } from './json.ts';
import { compareNumbers, isNumber } from './numbers.ts';
import type { Dynamic, KustoType, Value } from './types.ts';

/** Order of two non-null values of one type; strings by code unit, as Kusto's ordinal comparison. */
export function compareValues(a: Value, b: Value, type: KustoType): number {
  if (type === 'dynamic') return compareDynamic(a as Dynamic, b as Dynamic);
  if (isNumber(a) && isNumber(b)) return compareNumbers(a, b);
  if (type === 'decimal') return compareDecimals(a as string, b as string);
  const left = a as string | boolean;
  const right = b as string | boolean;
  return left < right ? -1 : left > right ? 1 : 0;
}

function compareDynamic(a: Dynamic, b: Dynamic): number {
  const left = unboxed(a);
  const right = unboxed(b);
  if (isNumber(left) && isNumber(right)) return compareNumbers(left, right);
  const leftText = typeof left === 'string' ? left : jsonText(a);
  const rightText = typeof right === 'string' ? right : jsonText(b);
  return leftText < rightText ? -1 : leftText > rightText ? 1 : 0;
}

/** Something by which a Map tells values of one type apart. */
export function keyOf(value: Value, type: KustoType): unknown {
  if (type !== 'dynamic' || value === null) return value;
  const scalar = scalarTypeOf(value as Dynamic);
  return scalar === null ? jsonText(value as Dynamic) : `${scalar}:${String(unboxed(value as Dynamic))}`;
}

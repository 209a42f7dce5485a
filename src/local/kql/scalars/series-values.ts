import { toDynamic, unboxed } from '../json.ts';
import { isNumber } from '../numbers.ts';
import { Boxed, type Dynamic, isArray, type Value } from '../types.ts';

export type Whole = number | bigint;

/** A number as an element of a series: a real keeps being one when it has no fraction. */
export function real(value: number): Dynamic {
  return toDynamic(value, 'real');
}

export function numberOf(value: Dynamic | undefined): Whole | null {
  const content = unboxed(value ?? null);
  return (value instanceof Boxed && value.type !== 'real') || !isNumber(content) ? null : content;
}

/** The numbers of a series, or `null` when something else is in it. */
export function numbersOf(value: Value): readonly number[] | null {
  if (!isArray(value)) return null;
  const numbers = value.map(numberOf);
  return numbers.includes(null) ? null : numbers.map(Number);
}

export function isReal(value: Dynamic | undefined): boolean {
  return value instanceof Boxed || (typeof value === 'number' && !Number.isInteger(value));
}

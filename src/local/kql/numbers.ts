import type { Value } from './types.ts';

/*
 * long: a JS number while it is a safe integer, a bigint beyond, wrapped at 64 bits as Kusto's is.
 */

/** The one form of a long. */
export function long(value: bigint): number | bigint {
  const wrapped = BigInt.asIntN(64, value);
  return wrapped >= -9007199254740991n && wrapped <= 9007199254740991n ? Number(wrapped) : wrapped;
}

export function addLong(a: number | bigint, b: number | bigint): number | bigint {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return long(BigInt(a) + BigInt(b));
}

export function subtractLong(a: number | bigint, b: number | bigint): number | bigint {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b;
    if (Number.isSafeInteger(difference)) return difference;
  }
  return long(BigInt(a) - BigInt(b));
}

export function multiplyLong(a: number | bigint, b: number | bigint): number | bigint {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b;
    if (Number.isSafeInteger(product)) return product === 0 ? 0 : product;
  }
  return long(BigInt(a) * BigInt(b));
}

/** Rounds toward zero; `null` for a division by zero. */
export function divideLong(a: number | bigint, b: number | bigint): number | bigint | null {
  if (b === 0) return null;
  if (typeof a === 'number' && typeof b === 'number') return Math.trunc(a / b) || 0;
  return long(BigInt(a) / BigInt(b));
}

/** The Euclidean remainder: never negative. */
export function moduloLong(a: number | bigint, b: number | bigint): number | bigint | null {
  if (b === 0) return null;
  if (typeof a === 'number' && typeof b === 'number') {
    const rest = a % b;
    return rest < 0 ? rest + Math.abs(b) : rest || 0;
  }
  const divisor = BigInt(b) < 0n ? -BigInt(b) : BigInt(b);
  const rest = BigInt(a) % divisor;
  return long(rest < 0n ? rest + divisor : rest);
}

/** A real (or an int, long) as a long: the fraction is cut off, what 64 bits cannot hold becomes their greatest or least; `null` for NaN. */
export function toLong(value: number | bigint): number | bigint | null {
  if (typeof value === 'bigint') return value;
  const whole = Math.trunc(value);
  if (Number.isSafeInteger(whole)) return whole === 0 ? 0 : whole;
  if (Number.isNaN(whole)) return null;
  if (whole >= 2 ** 63) return 2n ** 63n - 1n;
  if (whole < -(2 ** 63)) return -(2n ** 63n);
  return long(BigInt(whole));
}

/** Text of a long in decimal or `0x` form, or of a real whose fraction is cut off; `null` when it is neither. */
export function parseLong(text: string): number | bigint | null {
  const trimmed = text.trim();
  if (/^[+-]?\d+$/.test(trimmed)) {
    const exact = BigInt(trimmed.replace(/^\+/, ''));
    return BigInt.asIntN(64, exact) === exact ? long(exact) : null;
  }
  if (/^0x[\da-f]{1,16}$/i.test(trimmed)) return long(BigInt(trimmed));
  return null;
}

export function parseReal(text: string): number | null {
  const trimmed = text.trim();
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(trimmed)) return Number(trimmed);
  const [, minus, word] = /^(?:\+|(-))?(nan|NaN|inf|infinity|Infinity)$/.exec(trimmed) ?? [];
  if (word === undefined) return null;
  if (word.length === 3 && word !== 'inf') return Number.NaN;
  return minus === undefined ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
}

/** A real as Kusto prints it: at least one fraction digit, exponents as `1E+16`. */
export function formatReal(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  const text = String(value);
  if (text.includes('e')) return text.replace(/e([+-])(\d)$/, 'e$10$2').replace('e', 'E');
  return text.includes('.') ? text : `${text}.0`;
}

/** Total order of numbers of any numeric type; NaN sorts before all others. */
export function compareNumbers(a: number | bigint, b: number | bigint): number {
  if (a < b) return -1;
  if (a > b) return 1;
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : -1;
  return Number.isNaN(b) ? 1 : 0;
}

export function isNumber(value: Value): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

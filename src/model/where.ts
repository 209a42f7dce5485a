import type { Labels } from './labels.ts';

const NUMERIC = /^\s*(>=|<=|>|<|!=)\s*(-?\d+(?:\.\d+)?)\s*$/;

/** Whether the labels pass every filter: of a dimension's accepted values any one suffices. */
export function acceptsAll(where: Readonly<Record<string, readonly string[]>>, labels: Labels): boolean {
  return Object.entries(where).every(([dimension, accepted]) => accepted.some((one) => accepts(one, labels[dimension] ?? '')));
}

/** A filter value is compared without case, as Azure's own filters do, or as a number when it is written like `>=500`. */
export function accepts(accepted: string, actual: string): boolean {
  const numeric = NUMERIC.exec(accepted);
  if (numeric === null) return accepted.toLowerCase() === actual.toLowerCase();
  const [, operator = '', bound = ''] = numeric;
  const value = Number(actual);
  if (actual.trim() === '' || Number.isNaN(value)) return false;
  const limit = Number(bound);
  if (operator === '>=') return value >= limit;
  if (operator === '<=') return value <= limit;
  if (operator === '>') return value > limit;
  if (operator === '<') return value < limit;
  return value !== limit;
}

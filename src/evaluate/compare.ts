import type { Comparison } from '../model/rule.ts';

/** Comparisons are strict as written: 100 < 100 does not hold. */
export function holds({ operator, threshold }: Comparison, value: number): boolean {
  switch (operator) {
    case '>':
      return value > threshold;
    case '>=':
      return value >= threshold;
    case '<':
      return value < threshold;
    case '<=':
      return value <= threshold;
    case '==':
      return value === threshold;
    case '!=':
      return value !== threshold;
  }
}

/** Whether `value` is nearer to violating the comparison than `other`, so that the worst bin of several can be told. */
export function isWorse(comparison: Comparison, value: number, other: number): boolean {
  switch (comparison.operator) {
    case '>':
    case '>=':
      return value > other;
    case '<':
    case '<=':
      return value < other;
    default:
      return holds(comparison, value) && !holds(comparison, other);
  }
}

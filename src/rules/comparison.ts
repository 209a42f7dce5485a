import type { Comparison, Operator } from '../model/rule.ts';

/** The form of `when` and `clear`: an operator, a number, an optional percent sign, an optional capacity. */
export const COMPARISON = /^\s*(>=|<=|==|!=|>|<)\s*(-?\d+(?:\.\d+)?)\s*(%?)(?:\s+of\s+capacity\.([A-Za-z]+))?\s*$/;
/** The form of a limit that is forecast: the operator may be left out. */
export const REACH = /^\s*(?:>=|<=|>|<)?\s*-?\d+(?:\.\d+)?\s*%?(?:\s+of\s+capacity\.[A-Za-z]+)?\s*$/;

/** A comparison as written; `percent` tells `> 10%` from `> 10`. */
export interface WrittenComparison {
  readonly operator: Operator;
  readonly number: number;
  readonly percent: boolean;
  /** Of which capacity the number is a share, as written. */
  readonly capacity: string | null;
}

export function parseComparison(text: string): WrittenComparison | null {
  const match = COMPARISON.exec(text);
  if (match === null) return null;
  const [, operator = '>', number = '0', percent = '', capacity] = match;
  return { operator: operator as Operator, number: Number(number), percent: percent !== '', capacity: capacity ?? null };
}

/** The comparison in the unit of the value: `10%` of a ratio is 0.1, of a metric that Azure gives in percent it is 10. */
export function inUnitOf(written: WrittenComparison, valueIsPercent: boolean): Comparison {
  const threshold = written.percent && !valueIsPercent ? Number((written.number / 100).toPrecision(12)) : written.number;
  return { operator: written.operator, threshold };
}

/**
 * Whether `clear` leaves a gap, or at least no overlap, to `when`: both directions given, and no value is a breach and clear at once.
 */
export function clearsApart(when: Comparison, clear: Comparison): boolean {
  const rising = (one: Comparison) => one.operator === '>' || one.operator === '>=';
  const falling = (one: Comparison) => one.operator === '<' || one.operator === '<=';
  const touching = when.operator.length === 2 && clear.operator.length === 2;
  if (rising(when) && falling(clear)) return touching ? clear.threshold < when.threshold : clear.threshold <= when.threshold;
  if (falling(when) && rising(clear)) return touching ? clear.threshold > when.threshold : clear.threshold >= when.threshold;
  return false;
}

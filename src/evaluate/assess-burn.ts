import type { BurnPair, BurnRateCondition, Rule } from '../model/rule.ts';
import type { Series } from '../model/series.ts';
import type { Window } from '../model/window.ts';
import type { Assessor, Outcome } from './assessor.ts';
import { type Measured, measureOf, type Value } from './measure.ts';
import { type SpanMeasure, spanMeasureOf } from './spans.ts';

/**
 * Burn rates after chapter 5 of Google's SRE workbook: how many times as fast as the objective allows the error budget is spent, in a
 * long window, so that it matters, and in a short one, so that it still goes on. The value is the burn rate of the long window of the
 * pair that is nearest to its factor or farthest beyond it.
 */
export function assessBurn(rule: Rule, condition: BurnRateCondition): Assessor {
  return new BurnAssessor(rule, condition);
}

class BurnAssessor implements Assessor {
  private readonly rule: Rule;
  private readonly condition: BurnRateCondition;
  private readonly budget: number;
  /** Of all windows, ascending; the spans are named by their places. */
  private readonly lengths: readonly number[];
  private readonly spans: SpanMeasure;
  private last: number | null = null;

  constructor(rule: Rule, condition: BurnRateCondition) {
    this.rule = rule;
    this.condition = condition;
    this.budget = budgetOf(condition);
    this.lengths = [...new Set(condition.pairs.flatMap(({ long, short }) => [long, short]))].sort((a, b) => a - b);
    this.spans = spanMeasureOf(rule.signal, this.lengths) ?? eachSpan(rule, this.lengths);
  }

  assess(series: Series, { end }: Window): Outcome {
    this.last = null;
    let found: Outcome = 'none';
    let nearest = Number.NEGATIVE_INFINITY;
    this.spans.take(series, end);
    for (const pair of this.condition.pairs) {
      const long = this.burn(pair.long, this.rule.floor);
      if (long === 'none') continue;
      if (long === 'below floor') {
        if (found === 'none') found = 'below floor';
        continue;
      }
      const breach = this.shortHolds(pair, long) && this.hasHeld(pair, series, end);
      const nearness = long / pair.factor + (breach ? 1e9 : 0);
      if (nearness > nearest) {
        nearest = nearness;
        this.last = long;
      }
      if (breach) found = 'breach';
      else if (found !== 'breach') found = 'ok';
    }
    return found;
  }

  value(): number | null {
    return this.last;
  }

  isClear(): boolean {
    return true;
  }

  /** Of the series and the end that were taken last. */
  private burn(length: number, floor: number): Value {
    const { counts, scale } = this.condition;
    const value = this.spans.value(this.lengths.indexOf(length), floor);
    if (typeof value === 'string') return value;
    const share = value / scale;
    return (counts === 'good' ? 1 - share : share) / this.budget;
  }

  private shortHolds({ short, factor }: BurnPair, long: number): boolean {
    if (!exceeds(long, factor)) return false;
    const value = this.burn(short, 0);
    return typeof value === 'number' && exceeds(value, factor);
  }

  private hasHeld(pair: BurnPair, series: Series, end: number): boolean {
    const { every, floor } = this.rule;
    let held = true;
    for (let at = end - every; held && at >= end - pair.for; at -= every) {
      this.spans.take(series, at);
      const long = this.burn(pair.long, floor);
      held = typeof long === 'number' && this.shortHolds(pair, long);
    }
    if (pair.for > 0) this.spans.take(series, end);
    return held;
  }
}

/** Span by span, for signals whose values cannot be added up. */
function eachSpan(rule: Rule, lengths: readonly number[]): SpanMeasure {
  let taken: { readonly series: Measured; readonly end: number } | null = null;
  return {
    take(series, end) {
      taken = { series, end };
    },
    value(span, floor) {
      if (taken === null) return 'none';
      return measureOf(rule.signal, floor, ANY).of(taken.series, taken.end - (lengths[span] ?? 0), taken.end);
    },
  };
}

/** The share of failures that the objective allows. Subtraction leaves binary dust, which a strict comparison would show. */
export function budgetOf({ slo }: Pick<BurnRateCondition, 'slo'>): number {
  return Number((1 - slo).toPrecision(12));
}

function exceeds(burn: number, factor: number): boolean {
  return burn > factor * (1 + 1e-12);
}

/** Shares are added up, never the worst of several rows, so no comparison has a say in how they are measured. */
const ANY = { operator: '>', threshold: 0 } as const;

import type { BurnPair, BurnRateCondition, Rule } from '../model/rule.ts';
import type { Series } from '../model/series.ts';
import type { Assessor, Outcome } from './assessor.ts';
import { type Measured, measureOf } from './measure.ts';
import { type SpanMeasure, spanMeasureOf } from './spans.ts';

/**
 * Burn rates after chapter 5 of Google's SRE workbook: how many times as fast as the objective allows the error budget is spent, in a
 * long window, so that it matters, and in a short one, so that it still goes on. The value is the burn rate of the long window of the
 * pair that is nearest to its factor or farthest beyond it.
 */
export function assessBurn(rule: Rule, condition: BurnRateCondition): Assessor {
  const { counts, scale, pairs } = condition;
  const budget = budgetOf(condition);
  const lengths = [...new Set(pairs.flatMap(({ long, short }) => [long, short]))].sort((a, b) => a - b);
  const places = new Map(lengths.map((length, place) => [length, place]));
  const spans = spanMeasureOf(rule.signal, lengths) ?? eachSpan(rule, lengths);
  let last: number | null = null;

  /** Of the series and the end that were taken last. */
  function burn(length: number, floor: number): number | 'none' | 'below floor' {
    const value = spans.value(places.get(length) ?? 0, floor);
    if (typeof value === 'string') return value;
    const share = value / scale;
    return (counts === 'good' ? 1 - share : share) / budget;
  }

  function shortHolds({ short, factor }: BurnPair, long: number): boolean {
    if (!exceeds(long, factor)) return false;
    const value = burn(short, 0);
    return typeof value === 'number' && exceeds(value, factor);
  }

  function hasHeld(pair: BurnPair, series: Series, end: number): boolean {
    let held = true;
    for (let at = end - rule.every; held && at >= end - pair.for; at -= rule.every) {
      spans.take(series, at);
      const long = burn(pair.long, rule.floor);
      held = typeof long === 'number' && shortHolds(pair, long);
    }
    if (pair.for > 0) spans.take(series, end);
    return held;
  }

  return {
    assess(series, { end }) {
      last = null;
      let found: Outcome = 'none';
      let nearest = Number.NEGATIVE_INFINITY;
      spans.take(series, end);
      for (const pair of pairs) {
        const long = burn(pair.long, rule.floor);
        if (long === 'none') continue;
        if (long === 'below floor') {
          if (found === 'none') found = 'below floor';
          continue;
        }
        const breach = shortHolds(pair, long) && hasHeld(pair, series, end);
        const nearness = long / pair.factor + (breach ? 1e9 : 0);
        if (nearness > nearest) {
          nearest = nearness;
          last = long;
        }
        if (breach) found = 'breach';
        else if (found !== 'breach') found = 'ok';
      }
      return found;
    },
    value: () => last,
    isClear: () => true,
  };
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
      return measureOf(rule.signal, floor, ANY)(taken.series, taken.end - (lengths[span] ?? 0), taken.end);
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

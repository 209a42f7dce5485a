import type { BurnPair, BurnRateCondition, Rule } from '../model/rule.ts';
import type { Series } from '../model/series.ts';
import type { Assessor, Outcome } from './assessor.ts';
import { type Measure, measureOf } from './measure.ts';

/**
 * Burn rates after chapter 5 of Google's SRE workbook: how many times as fast as the objective allows the error budget is spent, in a
 * long window, so that it matters, and in a short one, so that it still goes on. The value is the burn rate of the long window of the
 * pair that is nearest to its factor or farthest beyond it.
 */
export function assessBurn(rule: Rule, condition: BurnRateCondition): Assessor {
  const { counts, scale, pairs } = condition;
  const budget = budgetOf(condition);
  const overLong = burnOf(measureOf(rule.signal, rule.floor, ANY));
  const overShort = burnOf(measureOf(rule.signal, 0, ANY));
  let last: number | null = null;

  function burnOf(measure: Measure): Measure {
    return (series, start, end) => {
      const value = measure(series, start, end);
      if (typeof value === 'string') return value;
      const share = value / scale;
      return (counts === 'good' ? 1 - share : share) / budget;
    };
  }

  function holdsAt(pair: BurnPair, series: Series, end: number): boolean {
    const long = overLong(series, end - pair.long, end);
    if (typeof long === 'string' || !exceeds(long, pair.factor)) return false;
    const short = overShort(series, end - pair.short, end);
    return typeof short === 'number' && exceeds(short, pair.factor);
  }

  function hasHeld(pair: BurnPair, series: Series, end: number): boolean {
    for (let at = end; at >= end - pair.for; at -= rule.every) if (!holdsAt(pair, series, at)) return false;
    return true;
  }

  return {
    assess(series, { end }) {
      last = null;
      let found: Outcome = 'none';
      let nearest = Number.NEGATIVE_INFINITY;
      for (const pair of pairs) {
        const long = overLong(series, end - pair.long, end);
        if (long === 'none') continue;
        if (long === 'below floor') {
          if (found === 'none') found = 'below floor';
          continue;
        }
        const breach = hasHeld(pair, series, end);
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

/** The share of failures that the objective allows. Subtraction leaves binary dust, which a strict comparison would show. */
export function budgetOf({ slo }: Pick<BurnRateCondition, 'slo'>): number {
  return Number((1 - slo).toPrecision(12));
}

function exceeds(burn: number, factor: number): boolean {
  return burn > factor * (1 + 1e-12);
}

/** Shares are added up, never the worst of several rows, so no comparison has a say in how they are measured. */
const ANY = { operator: '>', threshold: 0 } as const;

import { MINUTE } from '../model/duration.ts';
import type { CapacityName, Comparison, Rule, Signal } from '../model/rule.ts';
import type { BlindReason, Series } from '../model/series.ts';
import { aggregateOf } from './aggregate.ts';
import type { Measure, Measured, Value } from './measure.ts';

/** The comparison that a rule's values are held against; `null` where its condition has none. */
export function comparisonOf({ condition }: Rule): Comparison | null {
  if (condition.kind === 'threshold') return condition.when;
  return condition.kind === 'forecast' ? condition.reach : null;
}

/** A measure of shares: what was counted in a span is taken per minute of it where the capacity is. */
export function shareMeasure(measure: Measure, signal: Signal, of: CapacityName | undefined): Measure {
  return of === undefined ? measure : new ShareMeasure(measure, signal, of);
}

class ShareMeasure implements Measure {
  private readonly measure: Measure;
  private readonly signal: Signal;
  private readonly capacity: CapacityName;

  constructor(measure: Measure, signal: Signal, capacity: CapacityName) {
    this.measure = measure;
    this.signal = signal;
    this.capacity = capacity;
  }

  of(series: Measured, start: number, end: number): Value {
    const value = this.measure.of(series, start, end);
    return typeof value === 'string' ? value : shareOf(value, series, this.signal, this.capacity, end - start);
  }
}

/** The share of the series' capacity that a value of a span of so many ms is; NaN where the capacity is not known. */
export function shareOf(value: number, { facts }: Measured, signal: Signal, of: CapacityName, span: number): number {
  const capacity = facts?.kind === 'capacity' ? (facts.capacity ?? Number.NaN) : Number.NaN;
  const aggregate = aggregateOf(signal);
  const counted = (aggregate === 'total' || aggregate === 'count') && of.endsWith('PerMinute');
  return (counted ? (value * MINUTE) / span : value) / capacity;
}

/** Why the series has no verdict whatever its points say; `null` where it can have one. */
export function unknownOf({ facts }: Series): { readonly reason: BlindReason; readonly detail: string } | null {
  if (facts?.kind === 'unknown') return facts;
  if (facts?.kind !== 'capacity' || facts.capacity !== null) return null;
  return { reason: 'capacity unknown', detail: 'Azure Resource Manager does not say how much its deployment may use' };
}

import type { Aggregation, MetricSignal, MetricTerm } from '../model/rule.ts';

/*
 * What a term of a rule needs of the service: a metric, its aggregations and the dimensions to split by. Dimensions of `where` are
 * fetched as splits and filtered here, because one call serves several rules with different filters.
 */

export interface MetricNeed {
  readonly metric: string;
  /** Sorted. */
  readonly aggregations: readonly Aggregation[];
  /** Sorted. */
  readonly splitBy: readonly string[];
}

/** The needs of a rule's signal: one where the denominator can be added up from the numerator's own series, else two. */
export function needsOf(signal: MetricSignal): readonly MetricNeed[] {
  const { metric, over, by } = signal;
  if (over === null) return [needOf(metric, by, [])];
  if (sharesSeries(signal)) return [needOf(metric, by, Object.keys(over.where))];
  return [needOf(metric, by, []), needOf(over, by, [])];
}

/** The split of each term of a signal, as `needsOf` asks for it. */
export function splitsOf(signal: MetricSignal): { readonly metric: readonly string[]; readonly over: readonly string[] } {
  const [first, second] = needsOf(signal);
  const metric = first?.splitBy ?? [];
  return { metric, over: second?.splitBy ?? metric };
}

/** Whether the values of finer series can be folded into those of a coarser split without loss. */
export function isMergeable(aggregation: Aggregation, counted: boolean): boolean {
  return aggregation !== 'average' || counted;
}

function aggregationsOf(term: MetricTerm): readonly Aggregation[] {
  return term.aggregate === 'average' && term.counted === true ? ['average', 'count'] : [term.aggregate];
}

function needOf(term: MetricTerm, by: readonly string[], extra: readonly string[]): MetricNeed {
  return {
    metric: term.name,
    aggregations: aggregationsOf(term),
    splitBy: [...new Set([...by, ...Object.keys(term.where), ...extra])].sort(),
  };
}

function sharesSeries({ metric, over }: MetricSignal): boolean {
  if (over === null || over.name !== metric.name || over.aggregate !== metric.aggregate) return false;
  return metric.aggregate === 'total' || metric.aggregate === 'count';
}

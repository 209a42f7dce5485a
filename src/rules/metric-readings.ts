import { labelKey, pickLabels } from '../model/labels.ts';
import type { MetricAnswer } from '../model/query.ts';
import type { Rule } from '../model/rule.ts';
import type { BlindReason, Reading, Series } from '../model/series.ts';
import type { Target } from '../model/target.ts';
import type { Window } from '../model/window.ts';
import { metricSignalsOf } from './metric-signal.ts';
import { indexOf, readSignal } from './metric-terms.ts';

/**
 * What the answers to `metricQueries` say of one rule, by target id: filtered by `where`, folded over the dimensions that are not in
 * `by`, with the denominator of a ratio beside it. A metric that could not be read makes the target unknown, and only that target.
 */
export function readingsFor(
  rule: Rule,
  targets: readonly Target[],
  answers: readonly MetricAnswer[],
  span: Window,
): Readonly<Record<string, Reading>> {
  const signals = metricSignalsOf(rule);
  const [main, ...others] = signals;
  if (main === undefined) return {};
  const { seriesOf, failureOf } = indexOf(answers);
  const names = signals.flatMap(({ metric, over }) => (over === null ? [metric.name] : [metric.name, over.name]));
  return Object.fromEntries(
    targets.map((target) => {
      const id = target.id.toLowerCase();
      const failure = failureOf(id, names);
      if (failure !== null) return [target.id, unknown(failure)];
      const given = (metric: string) => seriesOf(id, metric);
      const series = beside(
        readSignal(main, given, span),
        main.by,
        others.map((other) => ({ by: other.by, series: readSignal(other, given, span) })),
      );
      const spoken = rule.condition.kind === 'absent' || rule.condition.kind === 'changed' ? series.map(withoutZeros) : series;
      return [target.id, { status: 'ok', series: spoken, watermark: span.end }];
    }),
  );
}

/**
 * The series of a rule's first signal with what its others say of the same labels, or of those labels that they have. Where another
 * has all of them, it may know a series that the first does not.
 */
function beside(
  series: readonly Series[],
  by: readonly string[],
  others: readonly { readonly by: readonly string[]; readonly series: readonly Series[] }[],
): readonly Series[] {
  if (others.length === 0) return series;
  const mains = new Map(series.map((one) => [labelKey(one.labels), one]));
  for (const other of others) {
    if (other.by.length < by.length) continue;
    for (const { labels } of other.series) {
      const key = labelKey(labels);
      if (!mains.has(key)) mains.set(key, { labels, points: [], over: null });
    }
  }
  const found = others.map((other) => ({ by: other.by, of: new Map(other.series.map((one) => [labelKey(one.labels), one])) }));
  return [...mains.values()].map((one) => ({
    ...one,
    others: found.map(({ by: own, of }) => {
      const other = of.get(labelKey(pickLabels(one.labels, own)));
      return { points: other?.points ?? [], over: other?.over ?? null };
    }),
  }));
}

const REASONS: Readonly<Record<string, BlindReason>> = {
  'TCN-A001': 'throttled',
  'TCN-A006': 'partial data',
  'TCN-A007': 'no data',
};

function unknown({ metric, code, detail }: MetricAnswer['failed'][number]): Reading {
  return { status: 'unknown', reason: REASONS[code] ?? 'error', code, detail: `${metric}: ${detail}` };
}

/** A counter that says zero says that nothing happened, which a rule about events must not take for one. */
function withoutZeros(series: Series): Series {
  return { ...series, points: series.points.filter((point) => point.value !== 0) };
}

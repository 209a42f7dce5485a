import type { MetricAnswer } from '../model/query.ts';
import type { Rule } from '../model/rule.ts';
import type { BlindReason, Reading, Series } from '../model/series.ts';
import type { Target } from '../model/target.ts';
import type { Window } from '../model/window.ts';
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
  const { signal } = rule;
  if (signal.kind !== 'metric') return {};
  const { seriesOf, failureOf } = indexOf(answers);
  const names = [signal.metric.name, ...(signal.over === null ? [] : [signal.over.name])];
  return Object.fromEntries(
    targets.map((target) => {
      const id = target.id.toLowerCase();
      const failure = failureOf(id, names);
      if (failure !== null) return [target.id, unknown(failure)];
      const series = readSignal(signal, (metric) => seriesOf(id, metric), span);
      const spoken = rule.condition.kind === 'absent' ? series.map(withoutZeros) : series;
      return [target.id, { status: 'ok', series: spoken, watermark: span.end }];
    }),
  );
}

const REASONS: Readonly<Record<string, BlindReason>> = {
  'TCN-A001': 'throttled',
  'TCN-A006': 'partial data',
  'TCN-A007': 'no data',
};

function unknown({ metric, code, detail }: MetricAnswer['failed'][number]): Reading {
  return { status: 'unknown', reason: REASONS[code] ?? 'error', code, detail: `${metric}: ${detail}` };
}

/** A counter that says zero says that nothing happened, which an absence rule must not take for an event. */
function withoutZeros(series: Series): Series {
  return { ...series, points: series.points.filter((point) => point.value !== 0) };
}

import { type CostSignal, type MetricSignal, type MetricTerm, type Rule, type Signal, signalsOf } from '../model/rule.ts';

const tokens = (name: string): MetricTerm => ({ name, where: {}, aggregate: 'total' });

/** What the price depends on. */
const PRICED_BY = ['ModelName', 'ModelVersion'];
const DEPLOYMENT = 'ModelDeploymentName';

/**
 * The signal as metrics are read for it; `null` for one that is not read from metrics. Of cost: output tokens stand where a ratio has
 * its denominator, and the split goes down to what prices depend on.
 */
function metricSignalOf(signal: Signal): MetricSignal | null {
  if (signal.kind === 'metric') return signal;
  return signal.kind === 'cost' ? tokensOf(signal) : null;
}

/** Every signal of the rule that is read from metrics, that of its series first. */
export function metricSignalsOf(rule: Pick<Rule, 'signal' | 'condition'>): readonly MetricSignal[] {
  return signalsOf(rule).flatMap((signal) => metricSignalOf(signal) ?? []);
}

function tokensOf({ namespace, by, grain }: CostSignal): MetricSignal {
  return {
    kind: 'metric',
    namespace,
    metric: tokens('InputTokens'),
    over: tokens('OutputTokens'),
    by: [...new Set([...by, DEPLOYMENT, ...PRICED_BY])],
    grain,
  };
}

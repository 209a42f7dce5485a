import { type Fields, fields, number, operatorOf } from './case.ts';
import { duration, TABLE, type WrittenRule } from './world.ts';

/** The rule of an `alert-state` case: a threshold on one value a step. Labels that the rule overwrites cannot tell series apart. */
export function thresholdRule(rule: Fields, labelNames: readonly string[], step: number): WrittenRule {
  const { op, operator, threshold } = fields(rule.condition);
  const labels = fields(rule.labels);
  const limit = number(rule.limit);
  return {
    log: { table: TABLE, value: 'Value', by: labelNames.filter((name) => !(name in labels)) },
    when: `${operatorOf(op ?? operator)} ${number(threshold)}`,
    window: duration(step),
    every: duration(step),
    for: duration(number(rule.for_s)),
    keepFiringFor: duration(number(rule.keep_firing_for_s)),
    labels,
    ...(limit > 0 ? { limit } : {}),
  };
}

export interface CaseSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly (readonly [at: number, value: number | null])[];
}

/** The sample that holds at a time: the newest, as series are sampled more often than cases list. */
export function sampleAt({ samples }: CaseSeries, at: number): number | null {
  return samples.findLast(([time]) => time <= at)?.[1] ?? null;
}

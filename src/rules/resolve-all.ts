import type { AllCondition, ConditionPart, MetricSignal } from '../model/rule.ts';
import type { TargetSelector } from '../model/target.ts';
import { resolveThreshold } from './resolve-condition.ts';
import { resolveMetric } from './resolve-metric.ts';
import type { RawRule } from './schema.ts';
import { inside, type Scope } from './scope.ts';

/** The conditions of a rule with several, but for their common grain. */
export type UngrainedPart = Omit<ConditionPart, 'signal'> & { readonly signal: Omit<MetricSignal, 'grain'> };

/** Keys that stand in the entries of `all`, or mean nothing beside it. */
const OTHER_KEYS = ['when', 'clear', 'floor', 'failing', 'relativeTo'] as const;

/** Checks `all`, entry by entry; `null` after a diagnostic. */
export function resolveAll(
  raw: RawRule,
  all: NonNullable<RawRule['all']>,
  on: TargetSelector,
  scope: Scope,
): readonly UngrainedPart[] | null {
  for (const key of OTHER_KEYS) {
    if (raw[key] === undefined) continue;
    const hint = key === 'failing' || key === 'relativeTo' ? 'remove it' : 'each entry of `all` has its own';
    scope.report('TCN-R009', [key], `\`${key}\` does not go with \`all\``, { key: true, hint });
  }
  const by = all[0]?.metric.by ?? [];
  const parts = all.map((part, index): UngrainedPart | null => {
    const own = inside(scope, ['all', index]);
    for (const [position, name] of (part.metric.by ?? []).entries()) {
      if (by.includes(name)) continue;
      const message = `${name} is not in \`by\` of the first condition, which says what the series are`;
      own.report('TCN-R009', ['metric', 'by', position], message, { hint: 'add it there, or remove it here' });
    }
    const metric = resolveMetric(part.metric, on, own);
    if (metric === null) return null;
    const unit = metric.percent ? 'percent' : part.metric.over === undefined ? 'number' : 'ratio';
    const condition = resolveThreshold({ clear: part.clear }, part.when, unit, own);
    if (condition === null) return null;
    return { signal: metric.signal, when: condition.when, clear: condition.clear, floor: part.floor ?? 0 };
  });
  const whole = parts.filter((part) => part !== null);
  return scope.failed() || whole.length < parts.length ? null : whole;
}

export function allOf(parts: readonly UngrainedPart[], grain: number): AllCondition {
  return { kind: 'all', parts: parts.map((part) => ({ ...part, signal: { ...part.signal, grain } })) };
}

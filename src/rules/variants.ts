import type { Comparison, Override, Rule, ValueUnit } from '../model/rule.ts';
import { matchesFields, type Target } from '../model/target.ts';
import { clearsApart, inUnitOf, parseComparison } from './comparison.ts';

/** The rule as it is meant for each target for which it differs, and tags that could not be understood, in words. */
export interface Variants {
  readonly rules: ReadonlyMap<string, Rule>;
  readonly problems: readonly string[];
}

const NONE: Variants = { rules: new Map(), problems: [] };

/** What overrides and tags make of the rule for each of the targets. */
export function variantsOf(rule: Rule, targets: readonly Target[]): Variants {
  if (rule.overrides === undefined && rule.thresholdTag === undefined) return NONE;
  const rules = new Map<string, Rule>();
  const problems: string[] = [];
  for (const target of targets) {
    const overridden = overriddenFor(rule, target);
    const tagged = rule.thresholdTag === undefined ? overridden : taggedFor(overridden, rule.thresholdTag, target, problems);
    if (tagged !== rule) rules.set(target.id, tagged);
  }
  return { rules, problems };
}

/** Whether no override switches the rule off for the target. */
export function isEnabled({ overrides = [] }: Rule, target: Target): boolean {
  const deciding = overrides.findLast(({ enabled, match }) => enabled !== undefined && matchesFields(match, target));
  return deciding?.enabled ?? true;
}

function overriddenFor(rule: Rule, target: Target): Rule {
  return (rule.overrides ?? []).filter(({ match }) => matchesFields(match, target)).reduce(overridden, rule);
}

function overridden(rule: Rule, override: Override): Rule {
  const { when, clear, slo, absentFor } = override;
  const { condition } = rule;
  return {
    ...rule,
    ...(override.floor === undefined ? {} : { floor: override.floor }),
    ...(override.for === undefined ? {} : { for: override.for }),
    ...(override.keepFiringFor === undefined ? {} : { keepFiringFor: override.keepFiringFor }),
    ...(override.severity === undefined ? {} : { severity: override.severity }),
    ...(condition.kind === 'threshold'
      ? { condition: { ...condition, when: when ?? condition.when, clear: clear ?? condition.clear } }
      : {}),
    ...(condition.kind === 'absent' && absentFor !== undefined ? { condition: { ...condition, for: absentFor } } : {}),
    ...(condition.kind === 'burnRate' && slo !== undefined ? { condition: { ...condition, slo } } : {}),
  };
}

type ThresholdTag = NonNullable<Rule['thresholdTag']>;

const NUMBER_ALONE = /^\s*-?\d+(?:\.\d+)?\s*%?\s*$/;

function taggedFor(rule: Rule, { name: tag, unit }: ThresholdTag, target: Target, problems: string[]): Rule {
  const { condition } = rule;
  const text = Object.entries(target.tags).find(([name]) => name.toLowerCase() === tag.toLowerCase())?.[1];
  if (text === undefined || condition.kind !== 'threshold') return rule;
  const when = thresholdOf(text, condition.when, condition.relativeTo === undefined ? unit : 'ratio');
  if (when === null) {
    problems.push(`tag ${tag} of ${target.name} is no threshold: ${JSON.stringify(text.slice(0, 40))}`);
    return rule;
  }
  const clear = condition.clear !== null && clearsApart(when, condition.clear) ? condition.clear : null;
  return { ...rule, condition: { ...condition, when, clear } };
}

/** `5%` keeps the rule's own direction; a comparison must have the same one. */
function thresholdOf(text: string, own: Comparison, unit: ValueUnit): Comparison | null {
  const written = parseComparison(NUMBER_ALONE.test(text) ? `${own.operator} ${text}` : text);
  if (written === null || written.operator.charAt(0) !== own.operator.charAt(0)) return null;
  if (written.percent && unit === 'number') return null;
  return { ...inUnitOf(written, unit === 'percent'), ...(own.of !== undefined && { of: own.of }) };
}

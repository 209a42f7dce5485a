import { parseDuration } from '../model/duration.ts';
import type { Condition, Override, Rule, Severity, ValueUnit } from '../model/rule.ts';
import { metricFacts } from './catalogue.ts';
import { clearsApart } from './comparison.ts';
import { shareOf } from './resolve-burn.ts';
import { resolveThreshold } from './resolve-condition.ts';
import type { RawOverride, RawRule } from './schema.ts';
import { inside, type Scope } from './scope.ts';

/** Checks `override` and `thresholdTag` of a rule. What is wrong is reported; what comes out is right. */
export function resolveOverrides(
  raw: RawRule,
  looks: { readonly condition: Condition; readonly unit: ValueUnit },
  scope: Scope,
): readonly Override[] {
  if (raw.thresholdTag !== undefined && looks.condition.kind !== 'threshold') {
    scope.report('TCN-R009', ['thresholdTag'], '`thresholdTag` goes with `when` alone', { key: true });
  }
  return (raw.override ?? []).flatMap((written, index) => {
    const override = resolveOverride(written, looks, inside(scope, ['override', index]));
    return override === null ? [] : [override];
  });
}

/** Checks one override against the condition that it changes; `null` after a diagnostic. */
export function resolveOverride(
  written: RawOverride,
  { condition, unit }: { readonly condition: Condition; readonly unit: ValueUnit },
  scope: Scope,
): Override | null {
  const { match, when, clear, slo, absent, floor, severity, enabled } = written;
  let fits = true;
  const refuse = (key: string, message: string, hint: string | null = null) => {
    scope.report('TCN-R009', [key], message, { hint });
    fits = false;
  };
  if (condition.kind !== 'threshold') {
    for (const key of ['when', 'clear'] as const) {
      if (written[key] !== undefined) refuse(key, `the rule has no \`${key}\` of its own to override`);
    }
  }
  if (condition.kind !== 'burnRate' && slo !== undefined) refuse('slo', 'the rule has no `slo` to override');
  const silence = absent === undefined ? undefined : (parseDuration(absent.for) ?? 0);
  if (condition.kind !== 'absent' && absent !== undefined) refuse('absent', 'the rule has no `absent` to override');
  if (condition.kind === 'absent' && written.for !== undefined)
    refuse('for', '`for` does not go with `absent`', 'write `absent: { for: … }`');
  if (silence === 0) refuse('absent', '`for` must be longer than nothing');
  const before = scope.diagnostics.length;
  const own = condition.kind === 'threshold' ? condition : null;
  const valueUnit = own?.relativeTo === undefined ? unit : 'ratio';
  const capacity = own?.when.of;
  const signal = capacity === undefined ? {} : { metric: true };
  const breach = own === null || when === undefined ? null : resolveThreshold(signal, when, valueUnit, scope);
  const over = own === null || clear === undefined ? null : resolveThreshold(signal, clear, valueUnit, scope);
  for (const [key, one] of [
    ['when', breach],
    ['clear', over],
  ] as const) {
    if (one !== null && one.when.of !== capacity)
      refuse(key, 'the rule and its override must speak of the same capacity, or of none');
  }
  if (scope.diagnostics.length > before) return null;
  const effective = { when: breach?.when ?? own?.when, clear: over?.when ?? own?.clear };
  if (effective.when && effective.clear && (breach !== null || over !== null) && !clearsApart(effective.when, effective.clear)) {
    const hint = clear === undefined ? 'override `clear`, too' : 'with `when: "> 10%"` write for example `clear: "< 5%"`';
    refuse(clear === undefined ? 'when' : 'clear', '`clear` must lie on the other side of `when`', hint);
  }
  if (!fits) return null;
  return {
    match: Object.fromEntries(Object.entries(match ?? {}).filter(([, value]) => value !== undefined)),
    ...(breach === null ? {} : { when: breach.when }),
    ...(over === null ? {} : { clear: over.when }),
    ...(slo === undefined ? {} : { slo: shareOf(slo) }),
    ...(silence === undefined ? {} : { absentFor: silence }),
    ...(floor === undefined ? {} : { floor }),
    ...(written.for === undefined ? {} : { for: parseDuration(written.for) ?? 0 }),
    ...(written.keepFiringFor === undefined ? {} : { keepFiringFor: parseDuration(written.keepFiringFor) ?? 0 }),
    ...(severity === undefined ? {} : { severity: severity as Severity }),
    ...(enabled === undefined ? {} : { enabled }),
  };
}

/** The unit of a checked rule's values, for overrides that stand in other files. */
export function valueUnitOf({ signal }: Rule): ValueUnit {
  if (signal.kind === 'cost' || signal.kind === 'activity' || signal.kind === 'heartbeat') return 'number';
  if (signal.kind === 'inventory') return signal.value === 'quotaUsed' ? 'ratio' : 'number';
  if (signal.kind === 'stream') return signal.over === null ? 'number' : 'ratio';
  if (signal.kind === 'log' || signal.over !== null) return 'ratio';
  return metricFacts(signal.namespace, signal.metric.name)?.unit === 'Percent' ? 'percent' : 'number';
}

import { parseDuration } from '../model/duration.ts';
import type { Condition, Expectation, ThresholdCondition, ValueUnit } from '../model/rule.ts';
import { clearsApart, inUnitOf, parseComparison } from './comparison.ts';
import { resolveAnomaly } from './resolve-anomaly.ts';
import { resolveBurnRate } from './resolve-burn.ts';
import { resolveCapacity } from './resolve-capacity.ts';
import { resolveChanged } from './resolve-changed.ts';
import type { RawAbsent, RawRule } from './schema.ts';
import type { Scope } from './scope.ts';

const KINDS = ['when', 'all', 'burnRate', 'changed', 'anomaly', 'absent'] as const;

/** The one key of a rule that says when it fires; `null` after a diagnostic. */
export function conditionKind(raw: RawRule, scope: Scope): (typeof KINDS)[number] | null {
  const given = KINDS.filter((kind) => raw[kind] !== undefined);
  const [kind, other] = given;
  if (kind === undefined) {
    scope.report('TCN-R002', [], 'the rule has no condition', {
      hint: 'add `when: "> 10%"` or `absent: { for: 15m, expect: … }`',
    });
    return null;
  }
  if (other === undefined) return kind;
  scope.report('TCN-R009', [other], `a rule has either \`${kind}\` or \`${other}\`, not both`, { key: true });
  return null;
}

/** The condition of a rule with one signal, exactly one; `null` after a diagnostic. */
export function resolveCondition(raw: RawRule, unit: ValueUnit, by: readonly string[], scope: Scope): Condition | null {
  const { when, absent, burnRate, changed, relativeTo } = raw;
  if (burnRate !== undefined) return resolveBurnRate(raw, burnRate, unit, scope);
  if (raw.anomaly !== undefined) return resolveAnomaly(raw, raw.anomaly, scope);
  if (changed !== undefined) return resolveChanged(raw, changed, by, scope);
  if (absent !== undefined) return resolveAbsent(raw, absent, by, scope);
  if (when === undefined) return null;
  if (relativeTo !== undefined && raw.failing !== undefined) {
    scope.report('TCN-R009', ['failing'], '`failing` does not go with `relativeTo`', { key: true });
  }
  const condition = resolveThreshold(raw, when, relativeTo === undefined ? unit : 'ratio', scope);
  return condition === null || relativeTo === undefined ? condition : { ...condition, relativeTo };
}

/** Checks `when` and `clear`; `null` after a diagnostic. */
export function resolveThreshold(
  raw: { readonly clear?: string | undefined; readonly metric?: unknown; readonly log?: unknown },
  when: string,
  unit: ValueUnit,
  scope: Scope,
): ThresholdCondition | null {
  const read = (text: string, key: 'when' | 'clear') => {
    const written = parseComparison(text);
    if (written !== null && written.capacity !== null) return resolveCapacity(written, raw, unit, [key], scope);
    if (written?.percent === true && unit === 'number') {
      scope.report('TCN-R008', [key], `\`${key}\` is in percent, but the value is neither a ratio nor a percentage`, {
        hint: 'leave the percent sign out, or add `over:` to make it a ratio',
      });
      return null;
    }
    return written === null ? null : inUnitOf(written, unit === 'percent');
  };
  const breach = read(when, 'when');
  const clear = raw.clear === undefined ? null : read(raw.clear, 'clear');
  if (breach === null || (raw.clear !== undefined && clear === null)) return null;
  if (clear !== null && (breach.of !== clear.of || !clearsApart(breach, clear))) {
    const hint = 'with `when: "> 10%"` write for example `clear: "< 5%"`';
    scope.report('TCN-R009', ['clear'], '`clear` must lie on the other side of `when`', { hint });
    return null;
  }
  return { kind: 'threshold', when: breach, clear };
}

/** Keys that speak of values and so mean nothing where values do not matter. */
const VALUE_KEYS = ['window', 'clear', 'floor', 'failing', 'for', 'relativeTo'] as const;

function resolveAbsent(raw: RawRule, absent: RawAbsent, by: readonly string[], scope: Scope): Condition | null {
  for (const key of VALUE_KEYS) {
    if (raw[key] === undefined) continue;
    const hint = key === 'window' || key === 'for' ? 'the window of an absence is `absent.for`' : 'remove it';
    scope.report('TCN-R009', [key], `\`${key}\` does not go with \`absent\``, { key: true, hint });
  }
  if (raw.stream?.over !== undefined) {
    scope.report('TCN-R009', ['stream', 'over'], '`over` does not go with `absent`: a ratio is not an event', { key: true });
  }
  if (raw.metric?.over !== undefined) {
    scope.report('TCN-R009', ['metric', 'over'], '`over` does not go with `absent`: a ratio is not an event', { key: true });
  }
  const expect = expectationsOf(absent.expect);
  if (expect.length === 0) scope.report('TCN-R002', ['absent', 'expect'], '`expect` names nothing', { key: true });
  if (expect.some(({ kind }) => kind === 'names') && by.length !== 1) {
    const message = '`expect` with names needs exactly one entry in `by`: the label that the names are values of';
    scope.report('TCN-R009', ['absent', 'expect'], message, { hint: by.length === 0 ? 'add `by`' : `\`by\` has ${by.length}` });
  }
  const silence = parseDuration(absent.for);
  if (silence === 0) scope.report('TCN-R007', ['absent', 'for'], '`for` must be longer than nothing');
  return scope.failed() || silence === null ? null : { kind: 'absent', for: silence, expect };
}

function expectationsOf(expect: RawAbsent['expect']): readonly Expectation[] {
  if (expect === 'inventory') return [{ kind: 'inventory' }];
  if (Array.isArray(expect)) return [{ kind: 'names', names: expect }];
  const { names, inventory, seen } = expect as Exclude<RawAbsent['expect'], string | readonly string[]>;
  const within = seen === undefined ? null : parseDuration(seen);
  return [
    ...(names === undefined ? [] : [{ kind: 'names' as const, names }]),
    ...(inventory === true ? [{ kind: 'inventory' as const }] : []),
    ...(within === null ? [] : [{ kind: 'seen' as const, within }]),
  ];
}

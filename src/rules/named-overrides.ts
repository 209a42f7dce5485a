import type { Diagnostic } from '../model/errors.ts';
import type { Override, Rule } from '../model/rule.ts';
import type { SourceDocument } from './document.ts';
import { diagnosticsOf } from './issues.ts';
import { resolveOverride, valueUnitOf } from './resolve-override.ts';
import { overrideSchema, type RawOverride } from './schema.ts';
import { type Scope, scopeOf } from './scope.ts';
import { adviceFor } from './suggest.ts';

/** An override that stands beside the rules of a file and names a rule of that or another file. */
export interface NamedOverride {
  readonly rule: string;
  readonly written: RawOverride;
  readonly scope: Scope;
}

/** The entries of `overrides:` whose form is right. */
export function overridesOf(source: SourceDocument, diagnostics: Diagnostic[]): readonly NamedOverride[] {
  const { value } = source;
  const list = typeof value === 'object' && value !== null && 'overrides' in value ? value.overrides : undefined;
  if (!Array.isArray(list)) return [];
  return list.flatMap((raw, index) => {
    const scope = scopeOf(source, ['overrides', index]);
    const { data, error } = overrideSchema.safeParse(raw);
    if (error !== undefined) {
      const codes = { general: 'TCN-R002', unknownKey: 'TCN-R003' } as const;
      diagnostics.push(...diagnosticsOf(error.issues, source, scope.path, overrideSchema, codes));
    }
    if (data === undefined) return [];
    const { rule, ...written } = data;
    return [{ rule, written, scope }];
  });
}

/** Adds the override to its rule, after those that it has. @returns what is wrong with it. */
export function applyOverride({ rule: name, written, scope }: NamedOverride, rules: Map<string, Rule>): readonly Diagnostic[] {
  const rule = rules.get(name);
  if (rule === undefined) {
    const hint = adviceFor(name, [...rules.keys()], 'rules');
    scope.report('TCN-R030', ['rule'], `there is no rule \`${name}\``, { hint });
    return scope.diagnostics;
  }
  const override = resolveOverride(written, { condition: rule.condition, unit: valueUnitOf(rule) }, scope);
  if (override !== null) rules.set(name, { ...rule, overrides: [...(rule.overrides ?? []), override] });
  return scope.diagnostics;
}

/** Whether the rule watches anybody: an override without `match` may have switched it off as a whole. */
export function isWatching({ overrides = [] }: Rule): boolean {
  const decisive = overrides.filter((each) => each.enabled !== undefined);
  const off = decisive.findLastIndex((each) => each.enabled === false && isForAll(each));
  return off < 0 || decisive.slice(off + 1).some((each) => each.enabled === true);
}

function isForAll({ match }: Override): boolean {
  return Object.keys(match).length === 0;
}

import type { Diagnostic } from '../model/errors.ts';
import type { Rule } from '../model/rule.ts';
import { diagnostic, type Path, readDocument, type SourceDocument, type SourceFile } from './document.ts';
import { diagnosticsOf } from './issues.ts';
import { applyOverride, isWatching, type NamedOverride, overridesOf } from './named-overrides.ts';
import type { BindQuery } from './resolve-log.ts';
import { type FileContext, resolveRule } from './resolve-rule.ts';
import { selectorOf, type TargetSets } from './resolve-target.ts';
import { alertRule, defaultsSchema, type RawDefaults, type RawRule, reportRule, ruleFile, selectorSchema } from './schema.ts';
import { type Scope, scopeOf } from './scope.ts';

export interface LoadOptions {
  /** Analyses KQL; without it, queries are taken as they are. */
  readonly bind?: BindQuery;
}

/** What a rule file says to people alone. */
export interface RuleNotes {
  readonly about: string | null;
  /** Why a report is no alert. */
  readonly reason: string | null;
  readonly falsePositives: readonly string[];
}

export interface LoadedRules {
  readonly rules: readonly Rule[];
  /** Notes of every rule that came out, by its name. */
  readonly notes: ReadonlyMap<string, RuleNotes>;
  readonly diagnostics: readonly Diagnostic[];
}

const CODES = { general: 'TCN-R002', unknownKey: 'TCN-R003' } as const;

/**
 * Reads rule files. What is wrong is stated with file, line and column; every rule without an error comes out, whatever is wrong with
 * its neighbours. Of two rules with one name the first stays. Never throws.
 */
export function loadRuleFiles(files: readonly SourceFile[], { bind }: LoadOptions = {}): LoadedRules {
  const rules = new Map<string, Rule>();
  const notes = new Map<string, RuleNotes>();
  const diagnostics: Diagnostic[] = [];
  const named: NamedOverride[] = [];
  for (const file of files) {
    const source = readDocument(file);
    const loaded = loadDocument(source, bind ?? null);
    diagnostics.push(...loaded.diagnostics);
    named.push(...loaded.overrides);
    for (const { rule, notes: own, scope } of loaded.rules) {
      const first = rules.get(rule.id);
      if (first === undefined) {
        rules.set(rule.id, rule);
        notes.set(rule.id, own);
      } else
        scope.report(
          'TCN-R006',
          [rule.disposition],
          `\`${rule.id}\` is already the name of the rule at ${first.source.file}:${first.source.line}`,
        );
      diagnostics.push(...scope.diagnostics);
    }
  }
  for (const override of named) diagnostics.push(...applyOverride(override, rules));
  return { rules: [...rules.values()].filter(isWatching), notes, diagnostics: sortedByPlace(diagnostics, files) };
}

interface LoadedDocument {
  readonly rules: readonly { readonly rule: Rule; readonly notes: RuleNotes; readonly scope: Scope }[];
  readonly overrides: readonly NamedOverride[];
  readonly diagnostics: readonly Diagnostic[];
}

function loadDocument(source: SourceDocument, bind: BindQuery | null): LoadedDocument {
  const diagnostics: Diagnostic[] = source.problems.map(({ position, message }) =>
    diagnostic('TCN-R001', source.file, position, message),
  );
  if (source.broken) return { rules: [], overrides: [], diagnostics };
  diagnostics.push(...fileDiagnostics(source));
  const context: FileContext = { defaults: defaultsOf(source, diagnostics), targets: targetsOf(source, diagnostics), bind };
  const list = isMapping(source.value) ? source.value.rules : undefined;
  const rules = (Array.isArray(list) ? list : []).flatMap((raw, index) => {
    const scope = scopeOf(source, ['rules', index]);
    const loaded = source.damaged(scope.path) ? null : loadRule(raw, context, scope);
    if (loaded !== null) return [{ ...loaded, scope }];
    diagnostics.push(...scope.diagnostics);
    return [];
  });
  return { rules, overrides: overridesOf(source, diagnostics), diagnostics };
}

/** What is wrong with a file outside of its parts: those are checked one by one, so that a wrong one hides no other. */
function fileDiagnostics(source: SourceDocument): readonly Diagnostic[] {
  if (!isMapping(source.value)) {
    return [diagnostic('TCN-R002', source.file, source.valueAt([]), 'a rule file is a mapping with `version: 1` and `rules:`')];
  }
  const { defaults, targets, rules, overrides, ...rest } = source.value;
  const frame = {
    ...rest,
    ...(defaults === undefined || isMapping(defaults) ? {} : { defaults }),
    ...(targets === undefined || isMapping(targets) ? {} : { targets }),
    ...('overrides' in source.value ? { overrides: Array.isArray(overrides) ? [] : overrides } : {}),
    ...('rules' in source.value ? { rules: Array.isArray(rules) ? [] : rules } : {}),
  };
  const { error } = ruleFile.safeParse(frame);
  return error === undefined ? [] : diagnosticsOf(error.issues, source, [], ruleFile, CODES);
}

function defaultsOf(source: SourceDocument, diagnostics: Diagnostic[]): RawDefaults {
  const raw = isMapping(source.value) ? source.value.defaults : undefined;
  if (!isMapping(raw)) return {};
  const { data, error } = defaultsSchema.safeParse(raw);
  if (error !== undefined) diagnostics.push(...diagnosticsOf(error.issues, source, ['defaults'], defaultsSchema, CODES));
  return data ?? {};
}

function targetsOf(source: SourceDocument, diagnostics: Diagnostic[]): TargetSets {
  const raw = isMapping(source.value) ? source.value.targets : undefined;
  return new Map(
    Object.entries(isMapping(raw) ? raw : {}).map(([name, selector]) => {
      const { data, error } = selectorSchema.safeParse(selector);
      if (error !== undefined) diagnostics.push(...diagnosticsOf(error.issues, source, ['targets', name], selectorSchema, CODES));
      return [name, data === undefined ? null : selectorOf(data)];
    }),
  );
}

function loadRule(raw: unknown, context: FileContext, scope: Scope): { rule: Rule; notes: RuleNotes } | null {
  if (!isMapping(raw)) {
    scope.report('TCN-R002', [], 'a rule is a mapping that begins with `alert:` or `report:`');
    return null;
  }
  if (headOf(raw, scope) === null) return null;
  const { data, error } = 'alert' in raw ? alertRule.safeParse(raw) : reportRule.safeParse(raw);
  const schema = 'alert' in raw ? alertRule : reportRule;
  if (error !== undefined) scope.diagnostics.push(...diagnosticsOf(error.issues, scope.source, scope.path, schema, CODES));
  const rule = data === undefined ? null : resolveRule(data, context, scope);
  return data === undefined || rule === null ? null : { rule, notes: notesOf(data) };
}

function notesOf(raw: RawRule): RuleNotes {
  return {
    about: raw.about?.trim() ?? null,
    reason: 'reason' in raw ? (raw.reason?.trim() ?? null) : null,
    falsePositives: raw.falsePositives ?? [],
  };
}

function headOf(raw: Mapping, scope: Scope): 'alert' | 'report' | null {
  if ('alert' in raw && 'report' in raw) {
    scope.report('TCN-R009', ['report'], 'a rule is either an `alert` or a `report`', { key: true });
    return null;
  }
  if ('report' in raw && 'respond' in raw) {
    const hint = 'make it an `alert:` if somebody must act now, else remove `respond:`';
    scope.report('TCN-R009', ['respond'], 'a report needs no response', { key: true, hint });
    return null;
  }
  if ('alert' in raw) return 'alert';
  if ('report' in raw) return 'report';
  scope.report('TCN-R002', [], 'a rule begins with `alert: Name` or `report: Name`');
  return null;
}

type Mapping = Readonly<Record<string, unknown>>;

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sortedByPlace(
  diagnostics: readonly Diagnostic[],
  files: readonly { readonly path: Path[number] }[],
): readonly Diagnostic[] {
  const order = new Map(files.map((file, index) => [file.path, index]));
  const place = (one: Diagnostic) => order.get(one.file) ?? 0;
  return [...diagnostics].sort(
    (a, b) => place(a) - place(b) || a.line - b.line || a.column - b.column || (a.code < b.code ? -1 : 1),
  );
}

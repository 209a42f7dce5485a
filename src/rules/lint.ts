import type { Diagnostic } from '../model/errors.ts';
import type { Rule } from '../model/rule.ts';
import { readDocument, type SourceDocument, type SourceFile } from './document.ts';
import { lintPairs } from './lint/pairs.ts';
import { lintQuery } from './lint/query.ts';
import { lintReach } from './lint/reach.ts';
import type { LintedRule } from './lint/rule.ts';
import { lintSignal } from './lint/signal.ts';
import { lintTarget } from './lint/target.ts';
import { lintTimes } from './lint/times.ts';
import { scopeOf } from './scope.ts';

/**
 * What is allowed but hardly meant: warnings on rules that loading found no error in. `rules` are those of the files, as loaded. Each
 * warning stands where the cause is written.
 */
export function lintRules(files: readonly SourceFile[], rules: readonly Rule[]): readonly Diagnostic[] {
  const linted = files.flatMap((file) => {
    const source = readDocument(file);
    return rules.filter((rule) => rule.source.file === file.path).flatMap((rule) => lintedRule(source, rule) ?? []);
  });
  for (const one of linted) {
    lintTarget(one);
    lintTimes(one);
    lintReach(one);
    lintSignal(one);
    lintQuery(one);
  }
  lintPairs(linted);
  return linted.flatMap(({ scope }) => scope.diagnostics);
}

function lintedRule(source: SourceDocument, rule: Rule): LintedRule | null {
  const list = (source.value as { readonly rules?: unknown } | null)?.rules;
  const index = Array.isArray(list) ? list.findIndex((raw) => raw?.[rule.disposition] === rule.id) : -1;
  return index < 0 ? null : { rule, scope: scopeOf(source, ['rules', index]) };
}

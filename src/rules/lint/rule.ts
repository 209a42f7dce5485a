import type { ErrorCode } from '../../model/errors.ts';
import type { Rule } from '../../model/rule.ts';
import type { Path } from '../document.ts';
import type { Scope } from '../scope.ts';

/** A loaded rule and where it is written; warnings are collected in the scope. */
export interface LintedRule {
  readonly rule: Rule;
  readonly scope: Scope;
}

export function warn({ scope }: LintedRule, code: ErrorCode, path: Path, message: string, hint: string | null = null): void {
  scope.report(code, path, message, { severity: 'warning', hint });
}

/** Whether the rule itself gives a value for the key (not a default). */
export function isWritten({ scope }: LintedRule, path: Path): boolean {
  return scope.source.has([...scope.path, ...path]);
}

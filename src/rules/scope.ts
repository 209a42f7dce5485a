import type { Diagnostic, ErrorCode } from '../model/errors.ts';
import { diagnostic, type Path, type SourceDocument } from './document.ts';

export interface ReportOptions {
  readonly hint?: string | null;
  readonly severity?: Diagnostic['severity'];
  /** Point at the key rather than at the value. */
  readonly key?: boolean;
}

/** Collects what is wrong with one rule (or another part of a file), with positions. */
export interface Scope {
  readonly source: SourceDocument;
  readonly path: Path;
  readonly diagnostics: Diagnostic[];
  report(code: ErrorCode, path: Path, message: string, options?: ReportOptions): void;
  failed(): boolean;
}

export function scopeOf(source: SourceDocument, path: Path, diagnostics: Diagnostic[] = []): Scope {
  return {
    source,
    path,
    diagnostics,
    report: (code, sub, message, { key = false, ...options } = {}) => {
      const whole = [...path, ...sub];
      const position = key ? source.keyAt(whole) : source.valueAt(whole);
      diagnostics.push(diagnostic(code, source.file, position, message, options));
    },
    failed: () => diagnostics.some(({ severity }) => severity === 'error'),
  };
}

/** The scope of a part of what `scope` speaks of; what is wrong with it goes to the same place. */
export function inside({ source, path, diagnostics }: Scope, sub: Path): Scope {
  return scopeOf(source, [...path, ...sub], diagnostics);
}

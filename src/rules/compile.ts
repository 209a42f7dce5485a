import type { Compiled } from '../model/config.ts';
import type { Diagnostic } from '../model/errors.ts';
import { defaultConfig, loadConfig } from './config.ts';
import type { SourceFile } from './document.ts';
import { type LoadOptions, loadRuleFiles } from './load.ts';

export type { SourceFile } from './document.ts';

/** The files of a folder, and what is wrong with those that could not be read. */
export interface Sources {
  readonly rules: readonly SourceFile[];
  /** `null`: there is no tocsin.yaml, or it cannot be read. */
  readonly config: SourceFile | null;
  readonly diagnostics: readonly Diagnostic[];
}

export interface CompileResult {
  /** Every rule without an error, and the configuration; `null` where the configuration has an error. */
  readonly compiled: Compiled | null;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * What the deployed app reads: rules and configuration as plain JSON. A build must refuse any diagnostic that is an error; a local
 * run may go on with the rules that are right.
 */
export function compile(
  { rules: files, config: file, diagnostics }: Sources,
  builtAt: string,
  options: LoadOptions = {},
): CompileResult {
  const { rules, diagnostics: found } = loadRuleFiles(files, options);
  const { config, diagnostics: ofConfig } =
    file === null ? { config: defaultConfig(), diagnostics: [] } : loadConfig(file.path, file.text);
  const ofRules = [...diagnostics, ...found];
  const leftOut = ofRules.filter(({ severity }) => severity === 'error');
  return {
    compiled: config === null ? null : { version: 1, builtAt, rules, leftOut, config },
    diagnostics: [...ofRules, ...ofConfig],
  };
}

import type { Compiled } from '../model/config.ts';
import type { Diagnostic } from '../model/errors.ts';
import { defaultConfig, loadConfig } from './config.ts';
import type { SourceFile } from './document.ts';
import { type LoadOptions, loadRuleFiles } from './load.ts';

export type { SourceFile } from './document.ts';

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
  ruleFiles: readonly SourceFile[],
  configFile: SourceFile | null,
  builtAt: string,
  options: LoadOptions = {},
): CompileResult {
  const { rules, diagnostics } = loadRuleFiles(ruleFiles, options);
  const loaded =
    configFile === null ? { config: defaultConfig(), diagnostics: [] } : loadConfig(configFile.path, configFile.text);
  return {
    compiled: loaded.config === null ? null : { version: 1, builtAt, rules, config: loaded.config },
    diagnostics: [...diagnostics, ...loaded.diagnostics],
  };
}

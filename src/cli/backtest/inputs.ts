import { readFile, stat } from 'node:fs/promises';
import { blobPlace } from '../../local/archive/blob-place.ts';
import type { Estate } from '../../local/estate.ts';
import { kqlBinder } from '../../local/kql/bind.ts';
import type { Config } from '../../model/config.ts';
import { type Diagnostic, TocsinError } from '../../model/errors.ts';
import type { Rule } from '../../model/rule.ts';
import { defaultConfig, loadConfig } from '../../rules/config.ts';
import { loadRuleFiles } from '../../rules/load.ts';
import { findFiles } from '../check/files.ts';

export interface RulesAndConfig {
  readonly rules: readonly Rule[];
  readonly config: Config;
  /** Errors: rules with one are left out. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Rule files (folders stand for the YAML files below them; rules/ when none is named) and the tocsin.yaml among them or beside them. */
export async function readRules(named: readonly string[], cwd: string): Promise<RulesAndConfig> {
  const found = await findFiles(named, cwd);
  const rules = found.files.filter(({ kind }) => kind === 'rules');
  const loaded = loadRuleFiles(rules, { bind: kqlBinder() });
  const configs = found.files.filter(({ kind }) => kind === 'config');
  const beside = configs.length > 0 || named.length === 0 ? configs : (await findFiles(['tocsin.yaml'], cwd)).files;
  const config = beside[0] === undefined ? null : loadConfig(beside[0].path, beside[0].text);
  return {
    rules: loaded.rules,
    config: config?.config ?? defaultConfig(),
    diagnostics: [...found.diagnostics, ...loaded.diagnostics, ...(config?.diagnostics ?? [])].filter(
      ({ severity }) => severity === 'error',
    ),
  };
}

/** Throws TCN-B001 where there is no such folder. */
export async function needArchive(dir: string): Promise<void> {
  if (blobPlace(dir) !== null) return;
  const found = await stat(dir).catch(() => null);
  if (found?.isDirectory() !== true) throw new TocsinError('TCN-B001', dir);
}

/** An estate file as `tocsin monitor` takes it. Throws TCN-C003 for one that is none. */
export async function readEstate(path: string): Promise<Estate> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new TocsinError('TCN-C003', `${path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  const estate = parsed as Partial<Estate>;
  if (!Array.isArray(estate.subscriptions) || !Array.isArray(estate.resources) || estate.workspace === undefined) {
    throw new TocsinError('TCN-C003', `${path}: needs subscriptions, resources and workspace`);
  }
  return estate as Estate;
}

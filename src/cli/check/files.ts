import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import type { Diagnostic } from '../../model/errors.ts';

export interface CheckedFile {
  /** As it is printed: relative to the working directory. */
  readonly path: string;
  readonly text: string;
  readonly kind: 'rules' | 'config' | 'tests';
}

export interface FoundFiles {
  readonly files: readonly CheckedFile[];
  readonly diagnostics: readonly Diagnostic[];
}

const YAML = /\.ya?ml$/i;
const TESTS = /\.test\.ya?ml$/i;
const CONFIG = /^tocsin\.ya?ml$/i;

export function isTestFile(path: string): boolean {
  return TESTS.test(path);
}

/** A YAML file that may hold rules. */
export function isRuleFile(path: string): boolean {
  return YAML.test(path) && !TESTS.test(path) && !CONFIG.test(basename(path));
}

/** The files to check: those named (folders stand for the YAML files below them), by default rules/ and tocsin.yaml of `cwd`. */
export async function findFiles(named: readonly string[], cwd: string): Promise<FoundFiles> {
  const files: CheckedFile[] = [];
  const diagnostics: Diagnostic[] = [];
  const wanted = named.length > 0 ? named : await defaults(cwd);
  for (const name of wanted) {
    try {
      for (const path of await filesUnder(resolve(cwd, name))) {
        const text = await readFile(path, 'utf8');
        files.push({ path: relative(cwd, path), text, kind: kindOf(path) });
      }
    } catch (thrown) {
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      diagnostics.push({ code: 'TCN-R017', severity: 'error', file: name, line: 1, column: 1, message, hint: null });
    }
  }
  return { files: unique(files), diagnostics };
}

function kindOf(path: string): CheckedFile['kind'] {
  if (isTestFile(path)) return 'tests';
  return CONFIG.test(basename(path)) ? 'config' : 'rules';
}

async function defaults(cwd: string): Promise<readonly string[]> {
  const present = await Promise.all(
    ['rules', 'tocsin.yaml'].map(async (name) => ((await exists(join(cwd, name))) ? [name] : [])),
  );
  return present.flat();
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** The file itself, or the YAML files below a folder, in the order of their names. */
export async function filesUnder(path: string, depth = 0): Promise<readonly string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const entries = (await readdir(path, { withFileTypes: true })).sort((left, right) => (left.name < right.name ? -1 : 1));
  const below = entries
    .filter((entry) => !entry.name.startsWith('.') && entry.name !== 'node_modules')
    .map((entry) => {
      if (entry.isDirectory()) return depth < 8 ? filesUnder(join(path, entry.name), depth + 1) : [];
      return YAML.test(entry.name) ? [join(path, entry.name)] : [];
    });
  return (await Promise.all(below)).flat();
}

function unique(files: readonly CheckedFile[]): readonly CheckedFile[] {
  return [...new Map(files.map((file) => [file.path, file])).values()];
}

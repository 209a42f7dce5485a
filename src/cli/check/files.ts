import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import type { Diagnostic } from '../../model/errors.ts';

export interface CheckedFile {
  /** As it is printed: relative to the working directory. */
  readonly path: string;
  readonly text: string;
  readonly kind: 'rules' | 'config';
}

export interface FoundFiles {
  readonly files: readonly CheckedFile[];
  readonly diagnostics: readonly Diagnostic[];
}

const YAML = /\.ya?ml$/i;
const CONFIG = /^tocsin\.ya?ml$/i;

/** The files to check: those named (folders stand for the YAML files below them), by default rules/ and tocsin.yaml of `cwd`. */
export async function findFiles(named: readonly string[], cwd: string): Promise<FoundFiles> {
  const files: CheckedFile[] = [];
  const diagnostics: Diagnostic[] = [];
  const wanted = named.length > 0 ? named : await defaults(cwd);
  for (const name of wanted) {
    try {
      for (const path of await expand(resolve(cwd, name), 0)) {
        const text = await readFile(path, 'utf8');
        files.push({ path: relative(cwd, path), text, kind: CONFIG.test(basename(path)) ? 'config' : 'rules' });
      }
    } catch (thrown) {
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      diagnostics.push({ code: 'TCN-R017', severity: 'error', file: name, line: 1, column: 1, message, hint: null });
    }
  }
  return { files: unique(files), diagnostics };
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

async function expand(path: string, depth: number): Promise<readonly string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const entries = (await readdir(path, { withFileTypes: true })).sort((left, right) => (left.name < right.name ? -1 : 1));
  const below = entries
    .filter((entry) => !entry.name.startsWith('.') && entry.name !== 'node_modules')
    .map((entry) => {
      if (entry.isDirectory()) return depth < 8 ? expand(join(path, entry.name), depth + 1) : [];
      return YAML.test(entry.name) ? [join(path, entry.name)] : [];
    });
  return (await Promise.all(below)).flat();
}

function unique(files: readonly CheckedFile[]): readonly CheckedFile[] {
  return [...new Map(files.map((file) => [file.path, file])).values()];
}

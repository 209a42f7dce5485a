import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { Diagnostic } from '../../model/errors.ts';
import type { SourceFile } from '../../rules/document.ts';
import { filesUnder, isRuleFile, isTestFile } from '../check/files.ts';

/** A file of tests, where it lies, and whether only the tests of some rule files are wanted. */
export interface TestSource {
  readonly file: SourceFile;
  /** Absolute path. */
  readonly path: string;
  /** Absolute paths of rule files; `null`: every test. */
  readonly only: readonly string[] | null;
}

export interface FoundTests {
  readonly tests: readonly TestSource[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The test files to run: those named; below a folder every `*.test.yaml`; of a rule file those of `tests/` beside it, for its rules
 * only. By default rules/ of `cwd`.
 */
export async function findTests(named: readonly string[], cwd: string): Promise<FoundTests> {
  const found = new Map<string, string[] | null>();
  const diagnostics: Diagnostic[] = [];
  for (const name of named.length > 0 ? named : ['rules']) {
    try {
      const path = resolve(cwd, name);
      const whole = (await stat(path)).isDirectory() || isTestFile(path);
      const files = whole ? await filesUnder(path) : await testsBeside(path);
      for (const file of files.filter(isTestFile)) {
        const only = found.get(file);
        if (whole) found.set(file, null);
        else if (only !== null) found.set(file, [...(only ?? []), path]);
      }
    } catch (thrown) {
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      diagnostics.push({ code: 'TCN-R017', severity: 'error', file: name, line: 1, column: 1, message, hint: null });
    }
  }
  const tests = await Promise.all(
    [...found].map(async ([path, only]) => {
      const file = { path: relative(cwd, path), text: await readFile(path, 'utf8') };
      return { file, path, only };
    }),
  );
  return { tests, diagnostics };
}

async function testsBeside(path: string): Promise<readonly string[]> {
  const folder = join(dirname(path), 'tests');
  return stat(folder).then(
    () => filesUnder(folder),
    () => [],
  );
}

/** The rule files that a test file speaks of: those that it names, else all of the folder above its `tests/`. */
export async function ruleFilesOf(
  test: TestSource,
  named: readonly string[] | null,
  cwd: string,
): Promise<readonly SourceFile[]> {
  const folder = dirname(test.path);
  const paths = named === null ? await rulesOf(folder) : named.map((name) => resolve(folder, name));
  return Promise.all(paths.map(async (path) => ({ path: relative(cwd, path), text: await readFile(path, 'utf8') })));
}

async function rulesOf(folder: string): Promise<readonly string[]> {
  const above = basename(folder) === 'tests' ? dirname(folder) : folder;
  const names = (await readdir(above)).filter((name) => isRuleFile(name)).sort();
  return names.map((name) => join(above, name));
}

import { readdir, readFile } from 'node:fs/promises';
import type { Diagnostic } from '../../model/errors.ts';
import { TocsinError } from '../../model/errors.ts';
import type { SourceFile, Sources } from '../../rules/compile.ts';

const CONFIG = 'tocsin.yaml';

/** The rule packs and tocsin.yaml of a folder. One that cannot be read hides no other. Throws TCN-R017 where there is no rules/. */
export async function readSources(dir: URL): Promise<Sources> {
  const folder = new URL('rules/', dir);
  const names = await namesIn(folder);
  const diagnostics: Diagnostic[] = [];
  const read = async (path: string): Promise<readonly SourceFile[]> => {
    try {
      return [{ path, text: await readFile(new URL(path, dir), 'utf8') }];
    } catch (thrown) {
      diagnostics.push(unreadable(path, thrown));
      return [];
    }
  };
  const rules = await Promise.all(names.map((name) => read(`rules/${name}`)));
  const [config = null] = await read(CONFIG);
  return { rules: rules.flat(), config, diagnostics };
}

async function namesIn(folder: URL): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter((name) => /(?<!\.test)\.ya?ml$/.test(name)).sort();
  } catch (thrown) {
    throw new TocsinError('TCN-R017', `${folder.pathname}: ${codeOf(thrown)}`);
  }
}

function unreadable(file: string, thrown: unknown): Diagnostic {
  const code = codeOf(thrown);
  if (file === CONFIG && code === 'ENOENT') {
    const message = 'there is no tocsin.yaml: nobody is notified and nothing is forwarded';
    return { code: 'TCN-R017', severity: 'warning', file, line: 1, column: 1, message, hint: 'write one beside rules/' };
  }
  return { code: 'TCN-R017', severity: 'error', file, line: 1, column: 1, message: code, hint: null };
}

function codeOf(thrown: unknown): string {
  return (thrown as NodeJS.ErrnoException).code ?? String(thrown);
}

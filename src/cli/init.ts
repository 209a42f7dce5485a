import { access, cp, mkdir } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { TocsinError } from '../model/errors.ts';

const HELP = `tocsin init ops
tocsin init

Writes a configuration to begin with: tocsin.yaml, the rule packs of this version with their tests, and rules/own.yaml, one rule with
its test to change into your own. Nothing that is there already is overwritten.

  DIR     folder to write to; made if it is missing (.)
`;

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));
const STARTER = fileURLToPath(new URL('./starter/', import.meta.url));

/** What a configuration consists of; none of it may be there before. */
const PARTS = ['tocsin.yaml', 'rules'] as const;

/** Exit codes: 0 written, 1 something is there already, 2 wrong usage. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { help: { type: 'boolean', short: 'h', default: false } },
    allowPositionals: true,
  });
  if (values.help || positionals.length > 1) {
    (values.help ? process.stdout : process.stderr).write(HELP);
    return values.help ? 0 : 2;
  }
  const dir = resolve(positionals[0] ?? '.');
  for (const part of PARTS) {
    if (await exists(join(dir, part))) throw new TocsinError('TCN-C005', join(dir, part));
  }
  await mkdir(dir, { recursive: true });
  for (const part of PARTS) await cp(join(PROJECT, part), join(dir, part), { recursive: true });
  await cp(STARTER, join(dir, 'rules'), { recursive: true });

  const shown = relative('', dir) || '.';
  process.stdout.write(`${shown} has tocsin.yaml, the rule packs, and rules/own.yaml to change into your own. Then:
  npx tocsin check ${join(shown, 'rules')}
  npx tocsin test ${join(shown, 'rules')}
  npx tocsin start --config ${shown}
  npm run build -- --config ${shown}
`);
  return 0;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

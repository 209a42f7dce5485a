import { readFile } from 'node:fs/promises';
import { writeError } from '../local/write-error.ts';
import { asTocsinError, type ErrorKind } from '../model/errors.ts';
import { nearest } from '../rules/suggest.ts';
import { VERBS } from './verbs.ts';

/** Exit codes that every verb keeps to. */
const EXIT = { fine: 0, failed: 1, usage: 2, findings: 3, environment: 4, interrupted: 130 } as const;

const EXIT_OF: Record<ErrorKind, number> = { user: EXIT.failed, transient: EXIT.environment, system: EXIT.environment };

/** Runs the verb that `args` begin with and resolves to the exit code. Results go to stdout, everything else to stderr. */
export async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    process.stdout.write(help());
    return name === undefined ? EXIT.usage : EXIT.fine;
  }
  if (name === '--version') {
    process.stdout.write(`${await version()}\n`);
    return EXIT.fine;
  }
  const verb = VERBS.find((each) => each.name === name);
  if (verb === undefined) {
    const near = nearest(
      name,
      VERBS.map((each) => each.name),
    );
    process.stderr.write(
      `tocsin has no verb ${name}${near === null ? '' : `; did you mean ${near}?`}\nRun tocsin --help for the list.\n`,
    );
    return EXIT.usage;
  }
  try {
    return await (await verb.load()).run(rest);
  } catch (thrown) {
    if (isUsageError(thrown)) {
      process.stderr.write(`${thrown.message}\nUsage: tocsin ${verb.usage}\n`);
      return EXIT.usage;
    }
    const error = asTocsinError(writeError(thrown));
    process.stderr.write(`${error.message}\n  ${error.fix}\n`);
    if (error.code === 'TCN-X001' && thrown instanceof Error) process.stderr.write(`${thrown.stack}\n`);
    return EXIT_OF[error.kind];
  }
}

function help(): string {
  const width = Math.max(...VERBS.map((verb) => verb.name.length));
  return [
    'Alerting for Azure AI services, Azure OpenAI, Foundry Models and Azure Machine Learning.',
    '',
    '  tocsin start                 the whole service on this machine, with generated traffic',
    '  tocsin check rules/*.yaml    what is wrong with my rules',
    '',
    ...VERBS.map((verb) => `  ${verb.name.padEnd(width)}  ${verb.about}`),
    '',
    'Each verb has its own --help.',
    '',
  ].join('\n');
}

async function version(): Promise<string> {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** What node:util's parseArgs throws for words that it does not know. */
function isUsageError(thrown: unknown): thrown is Error {
  return thrown instanceof TypeError && String((thrown as { code?: string }).code).startsWith('ERR_PARSE_ARGS');
}

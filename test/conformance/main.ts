import { asTocsinError } from '../../src/model/errors.ts';

/* `npm run -s conformance -- kql FILE` or `alerting FOLDER`, with `--output text|json`: cases of others, run through the product. */

interface Suite {
  /** Resolves to the exit code: 0 when no case failed. */
  run(args: readonly string[]): Promise<number>;
}

const SUITES: Readonly<Record<string, () => Promise<Suite>>> = {
  alerting: () => import('./alerting.ts'),
  kql: () => import('./kql.ts'),
};

const USAGE = 'usage: npm run -s conformance -- (kql FILE | alerting FOLDER) [--output text|json]\n';

process.exitCode = await main(process.argv.slice(2));

async function main([name, ...args]: readonly string[]): Promise<number> {
  const suite = name !== undefined && Object.hasOwn(SUITES, name) ? SUITES[name] : undefined;
  if (suite === undefined) return refuse(name === undefined ? 'which cases?' : `there are no cases ${name}`);
  try {
    return await (await suite()).run(args);
  } catch (thrown) {
    if (isMissingFile(thrown)) return refuse(thrown.message);
    process.stderr.write(`${asTocsinError(thrown).message}\n`);
    return 1;
  }
}

function refuse(why: string): number {
  process.stderr.write(`${why}\n${USAGE}`);
  return 2;
}

function isMissingFile(thrown: unknown): thrown is Error {
  return thrown instanceof Error && (thrown as NodeJS.ErrnoException).code === 'ENOENT';
}

import { asTocsinError } from '../../src/model/errors.ts';

/* `npm run -s conformance -- kql FILE [--output text|json]`: cases of others, run through the product. */

interface Suite {
  /** Resolves to the exit code: 0 when no case failed. */
  run(args: readonly string[]): Promise<number>;
}

const SUITES: Readonly<Record<string, () => Promise<Suite>>> = {
  kql: () => import('./kql.ts'),
};

const USAGE = 'usage: npm run -s conformance -- kql FILE [--output text|json]\n';

process.exitCode = await main(process.argv.slice(2));

async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === 'alerting') return refuse('the alerting cases are not available yet: they come with the whole rule language');
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

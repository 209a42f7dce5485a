import { beforeAll, describe, expect, it } from 'vitest';
import { type Bundle, bundle } from '../../src/local/build/bundle.ts';

let app: Bundle;
beforeAll(async () => {
  app = await bundle('functions/main.ts', true);
});

/** The package that a source file belongs to, `null` for our own. */
const packageOf = (path: string): string | null => [...path.matchAll(/node_modules\/((?:@[^/]+\/)?[^/]+)/g)].at(-1)?.[1] ?? null;

const packages = (paths: readonly string[]): readonly string[] =>
  [...new Set(paths.map(packageOf).filter((name) => name !== null))].sort();

/*
 * The cold start of every instance pays for what runs at registration (docs/benchmarks.md). When one of these fails, somewhere an
 * `import` on the way from functions/main.ts should be an `await import()`.
 */
describe('registering the functions', () => {
  it('runs the programming model and what it brings, and no other package', () => {
    expect(packages(app.eager)).toEqual(['@azure/functions', '@azure/functions-extensions-base', 'cookie']);
  });

  it('leaves the SDKs to the first invocation that needs them', () => {
    expect(packages(app.inputs)).toEqual(
      expect.arrayContaining(['@azure/identity', '@azure/monitor-query', '@azure/storage-blob', 'pino', 'croner']),
    );
  });

  it('runs no station, no adapter and no page', () => {
    const own = app.eager.filter((path) => packageOf(path) === null);
    expect(own.length).toBeGreaterThan(10);
    const stations = /^src\/(rules|evaluate|alerts|notify|digest|forward|coverage|console|render|azure|net)\//;
    expect(own.filter((path) => stations.test(path))).toEqual([]);
  });
});

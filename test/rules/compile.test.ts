import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compile } from '../../src/rules/compile.ts';

const file = {
  path: 'r.yaml',
  text: 'version: 1\nrules:\n  - report: R\n    log: { table: AmlComputeJobEvent }\n    when: "> 5"\n  - report: Bad\n',
};
const config = { path: 'tocsin.yaml', text: 'version: 1\n' };

describe('compiling', () => {
  it('gives rules and configuration as plain JSON', () => {
    const { compiled } = compile({ rules: [file], config, diagnostics: [] }, '2026-11-21T10:00:00Z');
    expect(JSON.parse(JSON.stringify(compiled))).toEqual(compiled);
    expect(compiled).toMatchObject({ version: 1, builtAt: '2026-11-21T10:00:00Z', rules: [{ id: 'R' }] });
  });

  it('goes on with the rules that are right, and says what is wrong with the others', () => {
    const { compiled, diagnostics } = compile({ rules: [file], config: null, diagnostics: [] }, 'now');
    expect(compiled?.rules).toHaveLength(1);
    expect(diagnostics).toMatchObject([{ code: 'TCN-R002', file: 'r.yaml', line: 6 }]);
    expect(compiled?.leftOut).toEqual(diagnostics);
  });

  it('gives nothing where the configuration is wrong: half of one would lose notifications', () => {
    const { compiled, diagnostics } = compile(
      { rules: [file], config: { path: 'tocsin.yaml', text: 'version: 2' }, diagnostics: [] },
      'now',
    );
    expect(compiled).toBeNull();
    expect(diagnostics.at(-1)).toMatchObject({ code: 'TCN-C003', file: 'tocsin.yaml' });
  });
});

describe('what the deployed app imports of rules/', () => {
  /** Files and packages that a source file reaches by imports that leave something at run time. */
  function reach(file: URL, seen: Set<string> = new Set()): ReadonlySet<string> {
    if (seen.has(file.href)) return seen;
    seen.add(file.href);
    for (const [, clause = '', name = ''] of readFileSync(file, 'utf8').matchAll(
      /^(?:import|export)\s+([^'";]*?from\s+)?'([^']+)'/gm,
    )) {
      if (clause.startsWith('type ')) continue;
      if (name.startsWith('.')) reach(new URL(name, file), seen);
      else seen.add(name);
    }
    return seen;
  }

  it.each(['shards.ts', 'plan.ts'])('%s brings neither zod, yaml nor the catalogue', (name) => {
    const reached = [...reach(new URL(`../../src/rules/${name}`, import.meta.url))];
    expect(reached.filter((one) => !one.startsWith('file:') && !one.startsWith('node:'))).toEqual([]);
    expect(reached.filter((one) => one.includes('catalogue'))).toEqual([]);
  });

  it('while the half that checks files does, so that this test can fail', () => {
    const reached = reach(new URL('../../src/rules/compile.ts', import.meta.url));
    expect([...reached]).toEqual(expect.arrayContaining(['zod', 'yaml']));
  });
});

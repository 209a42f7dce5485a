import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { loadTestFile } from '../../src/local/ruletest/load.ts';
import { mutantsOf, survivorsOf } from '../../src/local/ruletest/mutate.ts';
import { runTest } from '../../src/local/ruletest/run.ts';
import type { SourceFile } from '../../src/rules/compile.ts';
import { loadRuleFiles } from '../../src/rules/load.ts';

async function filesOf(folder: string, ending: RegExp): Promise<readonly SourceFile[]> {
  const names = (await readdir(folder)).filter((name) => ending.test(name)).sort();
  return Promise.all(
    names.map(async (name) => ({ path: `${folder}/${name}`, text: await readFile(`${folder}/${name}`, 'utf8') })),
  );
}

const { rules } = loadRuleFiles(await filesOf('rules', /(?<!\.test)\.yaml$/));
const loaded = (await filesOf('rules/tests', /\.test\.yaml$/)).map(loadTestFile);
const tests = loaded.flatMap((file) => file.tests);
const testsOf = (id: string) => tests.filter((test) => test.rules?.includes(id) ?? true);

describe('the tests of the built-in rules', () => {
  it('are read without a diagnostic', () => {
    expect(loaded.flatMap(({ diagnostics }) => diagnostics)).toEqual([]);
  });

  it('are there for every rule', () => {
    expect(rules.filter(({ id }) => testsOf(id).length === 0).map(({ id }) => id)).toEqual([]);
  });
});

describe.each(rules.filter(({ id }) => testsOf(id).length > 0).map((rule) => ({ name: rule.id, rule })))('$name', ({ rule }) => {
  it('passes its tests', async () => {
    for (const test of testsOf(rule.id)) {
      const { failures } = await runTest(test, rules);
      expect(failures.map(({ diagnostic, got }) => `${diagnostic.message}: ${got.join('; ')}`)).toEqual([]);
    }
  });

  it(`fails one of them when its condition is ${mutantsOf(rule)
    .map(({ name }) => name)
    .join(', ')}`, async () => {
    expect(await survivorsOf(rule, testsOf(rule.id), rules)).toEqual([]);
  });
});

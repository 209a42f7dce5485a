import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { loadTestFile } from '../../src/local/ruletest/load.ts';
import { mutantsOf, survivorsOf } from '../../src/local/ruletest/mutate.ts';
import { runTest } from '../../src/local/ruletest/run.ts';
import { loadRuleFiles } from '../../src/rules/load.ts';

const load = async (path: string) => ({ path, text: await readFile(path, 'utf8') });
const { rules, diagnostics } = loadRuleFiles([await load('examples/stream/azure-openai.yaml')]);
const loaded = loadTestFile(await load('examples/stream/tests/azure-openai.test.yaml'));

describe('the example of stream rules', () => {
  it('is right, and so are its tests', async () => {
    expect([...diagnostics, ...loaded.diagnostics]).toEqual([]);
    for (const test of loaded.tests) {
      const { failures } = await runTest(test, rules);
      expect(failures.map(({ diagnostic, got }) => `${diagnostic.message}: ${got.join('; ')}`)).toEqual([]);
    }
  });

  it.each(rules.map((rule) => ({ name: rule.id, rule })))('notices every change of the condition of $name', async ({ rule }) => {
    const tests = loaded.tests.filter((test) => test.rules?.includes(rule.id));
    expect(mutantsOf(rule).length).toBeGreaterThan(0);
    expect(await survivorsOf(rule, tests, rules)).toEqual([]);
  });
});

describe('a stream rule', () => {
  const said = (lines: string) =>
    loadRuleFiles([
      {
        path: 'r.yaml',
        text: `version: 1\nrules:\n  - report: R\n    on: { type: Microsoft.CognitiveServices/accounts }\n${lines}`,
      },
    ]).diagnostics.map(({ code, line, message }) => `${line} ${code} ${message}`);

  it.each([
    ['    stream: { category: RequestRespons }\n    when: "> 1"', '5 TCN-R019 there is no log category RequestRespons'],
    ['    stream: { category: Audit, by: [time] }\n    when: "> 1"', '5 TCN-R014 a stream rule cannot look at time'],
    [
      '    stream: { category: Audit }\n    window: 90s\n    when: "> 1"',
      '6 TCN-R007 the times of a stream rule are in whole minutes: records are counted by minute',
    ],
    [
      '    stream: { category: Audit }\n    when: "> 10%"',
      '6 TCN-R008 `when` is in percent, but the value is neither a ratio nor a percentage',
    ],
    [
      '    stream: { category: Audit, over: {} }\n    absent: { for: 5m, expect: { seen: 1d } }',
      '5 TCN-R009 `over` does not go with `absent`: a ratio is not an event',
    ],
    [
      '    stream: { category: Audit }\n    log: { table: AzureDiagnostics }\n    when: "> 1"',
      '5 TCN-R009 a rule has either `log` or `stream`, not both',
    ],
  ])('is refused where it means nothing: %s', (lines, expected) => {
    expect(said(lines)).toEqual([expected]);
  });
});

import { describe, expect, it } from 'vitest';
import { kqlBinder } from '../../../src/local/kql/bind.ts';
import { loadRuleFiles } from '../../../src/rules/load.ts';

const bind = kqlBinder();
const ruleWith = (log: string) => `version: 1\nrules:\n  - report: R\n    log:\n${log}    when: "> 0"\n`;
const found = (text: string) =>
  loadRuleFiles([{ path: 'r.yaml', text }], { bind }).diagnostics.map(
    (one) => `${one.line}:${one.column} ${one.code} ${one.message}`,
  );

describe('KQL of a rule', () => {
  it('binds, and tells the columns of its result', () => {
    const { problems, columns } = bind('AzureDiagnostics | summarize N = count() by bin(TimeGenerated, 5m), _ResourceId');
    expect(problems).toEqual([]);
    expect(columns).toEqual([
      { name: 'TimeGenerated', type: 'datetime' },
      { name: '_ResourceId', type: 'string' },
      { name: 'N', type: 'long' },
    ]);
  });

  it('may name any property that AzureDiagnostics could grow a column for, but no other', () => {
    expect(bind('AzureDiagnostics | where httpStatus_d > 1 and someThing_s == "x" | project _ResourceId').problems).toEqual([]);
    expect(bind('AzureDiagnostics | where something == "x"').problems).toHaveLength(1);
  });

  it('is wrong at a position of the file: in a block', () => {
    const text = ruleWith('      query: |\n        AzureDiagnostics\n        | where Categry == "RequestResponse"\n');
    expect(found(text)[0]).toMatch(/^7:17 TCN-R015 KS142 .*Categry/);
  });

  it('is wrong at a position of the file: in quotes and in plain text', () => {
    expect(found(ruleWith('      query: "AmlRunEvent | where X == 1"\n'))[0]).toMatch(/^5:35 TCN-R015 KS142/);
    expect(found(ruleWith('      query: AmlRunEvent | where X == 1\n'))[0]).toMatch(/^5:34 TCN-R015 KS142/);
  });

  it('must return the columns that the rule names, and the resource', () => {
    const text = ruleWith(
      '      query: AmlRunEvent | summarize Runs = count() by OperationName\n      value: Run\n      by: [Operation]\n',
    );
    expect(found(text)).toEqual([
      "5:14 TCN-R016 the query's result has no column _ResourceId",
      "6:14 TCN-R016 the query's result has no column Run",
      "7:12 TCN-R016 the query's result has no column Operation",
    ]);
  });

  it('needs a time in its result where the window is cut into parts', () => {
    const failing = (query: string) => found(`${ruleWith(`      query: ${query}\n`)}    window: 5m\n    failing: 3 of 5\n`);
    expect(failing('AmlRunEvent | summarize count() by _ResourceId')).toEqual([
      "5:14 TCN-R016 `failing` cuts the window into parts, but the query's result has no time",
    ]);
    expect(failing('AmlRunEvent | summarize count() by _ResourceId, bin(TimeGenerated, 1m)')).toEqual([]);
  });

  it('may speak of other workspaces and resources', () => {
    for (const query of ['workspace("w").AmlRunEvent', 'resource("/subscriptions/s").AmlRunEvent', 'app("a").requests']) {
      expect(bind(`${query} | summarize count() by _ResourceId`).problems).toEqual([]);
    }
  });

  it('over a custom table, which only the workspace knows, is taken as it is', () => {
    const text = ruleWith('      table: Orders_CL\n').replace(
      'report: R',
      'report: R\n    on: { type: Microsoft.CognitiveServices/accounts }',
    );
    const { rules, diagnostics } = loadRuleFiles([{ path: 'r.yaml', text }], { bind });
    expect(rules).toHaveLength(1);
    expect(diagnostics).toEqual([]);
  });
});

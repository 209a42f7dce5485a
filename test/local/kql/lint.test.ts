import { describe, expect, it } from 'vitest';
import { kqlBinder } from '../../../src/local/kql/bind.ts';
import { compileQuery, isCompiled } from '../../../src/local/kql/engine.ts';
import { AZURE_SCHEMA } from '../../../src/local/kql/schemas.ts';

const bind = kqlBinder();
const findings = (query: string): readonly string[] =>
  bind(query).problems.map(
    ({ line, column, code, severity, message, hint }) =>
      `${line}:${column} ${code} ${severity}: ${message}${hint === null ? '' : ` (${hint})`}`,
  );

describe('a name that is close to a known one is suggested', () => {
  it.each([
    ['AzureDiagnostic | count', 'AzureDiagnostics'],
    ['AzureDiagnostics | where OperationNam == "x"', 'OperationName'],
    ['AmlComputeJobEvent\n| summarize n = count() by ExperimentNam', 'ExperimentName'],
    ['let threshold = 5; AmlRunEvent | where thresold > 1', 'threshold'],
    ['AzureDiagnostics | extend a = tosting(Category)', 'tostring'],
    ['AzureDiagnostics | sumarize count()', 'summarize'],
    ['AzureDiagnostics | summarize percentle(DurationMs, 5)', 'percentile'],
  ])('%s', (query, name) => {
    expect(bind(query).problems[0]?.hint).toBe(`did you mean \`${name}\`?`);
    const compiled = compileQuery(query, AZURE_SCHEMA);
    expect(isCompiled(compiled) ? null : compiled[0]?.hint).toBe(`did you mean \`${name}\`?`);
  });

  it('and one that is not keeps the general advice', () => {
    expect(bind('Zyxwvutsrq | count').problems[0]?.hint).toBe('correct the query at the position shown');
  });
});

describe('what Log Analytics refuses is an error', () => {
  it.each([
    [
      'alias database d = cluster("x").database("y"); print 1',
      '1:1 TCN-R020 error: Log Analytics has no alias statements (use let)',
    ],
    [
      'declare query_parameters(a:long = 1);\nprint a',
      '1:1 TCN-R020 error: Log Analytics has no declare query_parameters (use let)',
    ],
    [
      'cluster("x").database("y").T | count',
      '1:1 TCN-R020 error: Log Analytics has no cluster() (read another workspace as workspace("name").Table)',
    ],
    [
      'AzureDiagnostics | join (database("y").T) on CorrelationId',
      '1:26 TCN-R020 error: Log Analytics has no database() (read another workspace as workspace("name").Table)',
    ],
    [
      'AzureDiagnostics | where cursor_after("")',
      '1:26 TCN-R020 error: Log Analytics has no cursor_after() (compare ingestion_time() instead)',
    ],
    ['print current_principal()', '1:7 TCN-R020 error: Log Analytics has no current_principal() (leave it out)'],
    ['AzureDiagnostics | extend e = extent_id()', '1:31 TCN-R020 error: Log Analytics has no extent_id() (leave it out)'],
    ['AzureDiagnostics | extend e = extent_tags()', '1:31 TCN-R020 error: Log Analytics has no extent_tags() (leave it out)'],
    [
      'AzureDiagnostics | evaluate python(typeof(*), "x")',
      '1:29 TCN-R020 error: Log Analytics has no plugin python (leave it out)',
    ],
    ['evaluate sql_request("a", "b")', '1:10 TCN-R020 error: Log Analytics has no plugin sql_request (leave it out)'],
  ])('%s', (query, expected) => {
    expect(findings(query)[0]).toBe(expected);
    const compiled = compileQuery(query, AZURE_SCHEMA);
    expect(isCompiled(compiled) ? null : compiled[0]?.code).toBe('TCN-R020');
  });
});

describe('what alerts of Azure Monitor refuse or advise against is a warning', () => {
  it.each([
    ['AzureDiagnostics | take 5', '1:20 TCN-R020 warning: take keeps any rows'],
    ['AzureDiagnostics | where Category == "x"\n| limit 5', '2:3 TCN-R020 warning: take keeps any rows'],
    ['search in (AzureDiagnostics) "429"', '1:1 TCN-R020 warning: a log alert may not begin with search'],
    ['union AmlRunEvent, AmlComputeJobEvent | count', '1:1 TCN-R020 warning: a log alert may not begin with union'],
    ['AzureDiagnostics | search "429"', null],
    ['union withsource=T Aml* | count', '1:20 TCN-R020 warning: union Aml* reads every table of that name'],
    [
      'AzureDiagnostics | summarize n = count() by _ResourceId, bin(TimeGenerated, 5m) | project _ResourceId, n',
      '1:83 TCN-R020 warning: this leaves out the time of the bins',
    ],
  ])('%s', (query, expected) => {
    const found = findings(query);
    if (expected === null) expect(found).toEqual([]);
    else expect(found.some((each) => each.startsWith(expected))).toBe(true);
    expect(isCompiled(compileQuery(query, AZURE_SCHEMA))).toBe(true);
  });

  it('says nothing of what is right', () => {
    const fine = [
      'AzureDiagnostics | summarize n = count() by _ResourceId, bin(TimeGenerated, 5m) | where n > 5 | project TimeGenerated, _ResourceId, n',
      'AzureDiagnostics | summarize n = count() by _ResourceId, bin(TimeGenerated, 5m) | summarize max(n) by _ResourceId',
      'union workspace("a").AzureDiagnostics, workspace("b").AzureDiagnostics | summarize count() by _ResourceId',
      'app("x").requests | join kind=leftouter (resource("y").AzureDiagnostics) on $left.operation_Id == $right.CorrelationId',
    ];
    for (const query of fine) expect(findings(query), query).toEqual([]);
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { lintRules } from '../../src/rules/lint.ts';
import { loadRuleFiles } from '../../src/rules/load.ts';

const HEAD = `version: 1
targets:
  chat: { type: Microsoft.CognitiveServices/accounts, kinds: [AIServices] }
  ml: { type: Microsoft.MachineLearningServices/workspaces }
rules:
`;
const METRIC = 'on: chat, metric: { name: ModelRequests, by: [ModelDeploymentName] }';
const RATIO = 'on: chat, metric: { name: ModelRequests, where: { StatusCode: ["429"] }, over: {} }';
const RESPOND = 'respond: { owner: us, within: 15m, action: Act. }';
const log = (query: string, more = '') => `on: chat, log: { query: '${query}'${more} }`;

/** `line:column code message` of every warning; the rules themselves must load without a diagnostic. */
function warnings(...rules: readonly string[]): readonly string[] {
  const file = { path: 'r.yaml', text: `${HEAD}${rules.map((rule) => `  - { ${rule} }\n`).join('')}` };
  const { rules: loaded, diagnostics } = loadRuleFiles([file]);
  expect(diagnostics).toEqual([]);
  return lintRules([file], loaded).map(({ line, column, code, severity, message }) => {
    expect(severity).toBe('warning');
    return `${line}:${column} ${code} ${message}`;
  });
}

/** What is doubtful, what is said of it, and its neighbour that is right. */
const CASES: readonly (readonly [about: string, wrong: string, expected: string, right: string])[] = [
  [
    'a window shorter than the step',
    `report: R, ${METRIC}, when: "> 5", window: 5m, every: 15m`,
    'TCN-W001 a window of 5m every 15m: nobody looks at the other 10m',
    `report: R, ${METRIC}, when: "> 5", window: 15m, every: 15m`,
  ],
  [
    'a delay shorter than metrics take',
    `report: R, ${METRIC}, when: "> 5", delay: 1m`,
    "TCN-W002 data are read 1m after a window's end, but usually take up to 3m",
    `report: R, ${METRIC}, when: "> 5", delay: 3m`,
  ],
  [
    'a delay shorter than logs take',
    `report: R, ${log('AzureDiagnostics | where Category == "Audit"')}, when: "> 5", delay: 5m`,
    "TCN-W002 data are read 5m after a window's end, but usually take up to 10m",
    `report: R, ${log('AzureDiagnostics | where Category == "Audit"')}, when: "> 5", delay: 15m`,
  ],
  [
    'a silence that could be lateness',
    `report: R, ${log('AzureDiagnostics | where Category == "Audit"')}, absent: { for: 5m, expect: { seen: 1d } }`,
    'TCN-W002 a silence of 5m cannot be told from data that are late: they take up to 10m',
    `report: R, ${log('AzureDiagnostics | where Category == "Audit"')}, absent: { for: 30m, expect: { seen: 1d } }`,
  ],
  [
    '`for` between two evaluations',
    `report: R, ${METRIC}, when: "> 5", window: 10m, every: 5m, for: 7m`,
    'TCN-W003 `for: 7m` ends between two evaluations (`every: 5m`), so it lasts 10m',
    `report: R, ${METRIC}, when: "> 5", window: 10m, every: 5m, for: 10m`,
  ],
  [
    '`keepFiringFor` between two evaluations',
    `report: R, ${METRIC}, when: "> 5", every: 2m, keepFiringFor: 3m`,
    'TCN-W003 `keepFiringFor: 3m` ends between two evaluations (`every: 2m`), so it lasts 4m',
    `report: R, ${METRIC}, when: "> 5", every: 2m, keepFiringFor: 4m`,
  ],
  [
    'a share above the whole',
    `report: R, ${RATIO}, when: "> 100%"`,
    'TCN-W004 this never holds: the value is a part of a whole, between 0% and 100%',
    `report: R, ${RATIO}, when: ">= 100%"`,
  ],
  [
    'a counter that is always enough',
    `report: R, ${METRIC}, when: ">= 0"`,
    'TCN-W004 this always holds: ModelRequests is never negative',
    `report: R, ${METRIC}, when: "> 0"`,
  ],
  [
    'a counter below nothing',
    `report: R, ${METRIC}, when: "< 0"`,
    'TCN-W004 this never holds: ModelRequests is never negative',
    `report: R, ${METRIC}, when: "<= 0"`,
  ],
  [
    'a `clear` that nothing reaches',
    `report: R, ${RATIO}, when: "> 10%", clear: "< 0%"`,
    'TCN-W004 this never holds, so the alert never ends: the value is a part of a whole, between 0% and 100%',
    `report: R, ${RATIO}, when: "> 10%", clear: "<= 0%"`,
  ],
  [
    'a level that is added up',
    'report: R, on: ml, metric: { name: Unusable Nodes, aggregate: total }, when: "> 5"',
    'TCN-W008 Unusable Nodes is a level: its total grows with the number of samples',
    'report: R, on: ml, metric: { name: Unusable Nodes, aggregate: maximum }, when: "> 5"',
  ],
  [
    'a split with a series for every conversation',
    'report: R, on: { type: Microsoft.CognitiveServices/accounts/projects }, metric: { name: AgentRuns, aggregate: total, by: [ThreadId] }, when: "> 5"',
    'TCN-W007 ThreadId has a new value all the time, and each is a series',
    'report: R, on: { type: Microsoft.CognitiveServices/accounts/projects }, metric: { name: AgentRuns, aggregate: total, by: [AgentId] }, when: "> 5"',
  ],
  [
    'a category that is misspelt',
    `report: R, ${log('AzureDiagnostics | where Category == "RequestRespons" and ResultSignature == "404"')}, when: "> 5"`,
    'TCN-W009 Microsoft.CognitiveServices/accounts has no log category RequestRespons that fills AzureDiagnostics, so this never matches',
    `report: R, ${log('AzureDiagnostics | where Category == "RequestResponse" and ResultSignature == "404"')}, when: "> 5"`,
  ],
  [
    'a misspelt category in a list',
    `report: R, ${log('AzureDiagnostics | where Category in ("Audit", "Tracing")')}, when: "> 5"`,
    'TCN-W009 Microsoft.CognitiveServices/accounts has no log category Tracing that fills AzureDiagnostics, so this never matches',
    `report: R, ${log('AzureDiagnostics | where Category in ("Audit", "Trace")')}, when: "> 5"`,
  ],
  [
    'a shared table without a category',
    `report: R, ${log('AzureDiagnostics | where ResultSignature == "404"')}, when: "> 5"`,
    'TCN-W009 the query names no category, so all 5 of Microsoft.CognitiveServices/accounts must be routed',
    `report: R, ${log('AzureDiagnostics | where ResultSignature == "404"', ', categories: [RequestResponse]')}, when: "> 5"`,
  ],
  [
    'a misspelt resource type',
    'report: R, on: { type: Microsoft.CognitiveServices/acounts }, log: { table: AmlRunEvent }, when: "> 5"',
    'TCN-W011 there is hardly a resource type Microsoft.CognitiveServices/acounts',
    'report: R, on: { type: Microsoft.Storage/storageAccounts }, log: { table: AmlRunEvent }, when: "> 5"',
  ],
  [
    'a time range in the query',
    `report: R, ${log('AmlRunEvent | where TimeGenerated > ago(5m)')}, when: "> 5"`,
    "TCN-W010 ago() counts from the time of reading, which is after the window's end",
    `report: R, ${log('AmlRunEvent | where OperationName != "TimeGenerated > ago(5m)"')}, when: "> 5"`,
  ],
];

describe('a doubtful rule', () => {
  it.each(CASES)('is warned of: %s', (_, wrong, expected) => {
    const found = warnings(wrong);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(expected);
  });

  it.each(CASES)('has a neighbour that is right: %s', (_about, _wrong, _expected, right) => {
    expect(warnings(right)).toEqual([]);
  });

  it('is pointed at where its cause is written', () => {
    const column = (rule: string, part: string) => `  - { ${rule} }`.indexOf(part) + 1;
    const counter = `report: R, ${METRIC}, when: ">= 0"`;
    expect(warnings(counter)[0]).toMatch(`6:${column(counter, '">= 0"')} `);
    const query = `report: R, ${log('AzureDiagnostics | where Category == "Audits"')}, when: "> 5"`;
    expect(warnings(query)[0]).toMatch(`6:${column(query, 'Audits')} `);
  });
});

describe('two rules', () => {
  const rule = (name: string, when: string, more: string) => `${name}, ${RATIO}, when: "${when}", ${more}`;

  it('that say the same are one too many: the later is warned of', () => {
    expect(warnings(rule('report: A', '> 10%', 'severity: 3'), rule('report: B', '> 10%', 'severity: 3'))).toEqual([
      '7:15 TCN-W006 B says the same as A (r.yaml:6)',
    ]);
    expect(warnings(rule('report: A', '> 10%', 'severity: 3'), rule('report: B', '> 20%', 'severity: 3'))).toEqual([]);
  });

  it('of which the milder holds only where the severer does: it is never reached', () => {
    const severe = rule('alert: Severe', '> 10%', `severity: 1, ${RESPOND}`);
    expect(warnings(severe, rule('alert: Mild', '> 20%', `severity: 2, ${RESPOND}`))).toEqual([
      expect.stringMatching(/^7:\d+ TCN-W005 whenever this holds, Severe \(r\.yaml:6\) is an alert of severity 1 already$/),
    ]);
    expect(warnings(severe, rule('alert: Mild', '> 5%', `severity: 2, ${RESPOND}`))).toEqual([]);
    expect(
      warnings(
        rule('alert: Slow', '> 10%', `severity: 1, for: 30m, ${RESPOND}`),
        rule('alert: Mild', '> 20%', `severity: 2, ${RESPOND}`),
      ),
    ).toEqual([]);
  });

  it('over different targets have nothing to do with each other', () => {
    const other = `report: B, on: { type: Microsoft.CognitiveServices/accounts, kinds: [OpenAI] }, ${RATIO.replace('on: chat, ', '')}, when: "> 10%"`;
    expect(warnings(`report: A, ${RATIO}, when: "> 10%"`, other)).toEqual([]);
  });
});

describe('the built-in rules', () => {
  it('are not doubtful', () => {
    const folder = new URL('../../rules/', import.meta.url);
    const files = readdirSync(folder)
      .filter((name) => name.endsWith('.yaml'))
      .map((name) => ({ path: `rules/${name}`, text: readFileSync(new URL(name, folder), 'utf8') }));
    expect(lintRules(files, loadRuleFiles(files).rules)).toEqual([]);
  });
});

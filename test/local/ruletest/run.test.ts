import { describe, expect, it } from 'vitest';
import { loadTestFile } from '../../../src/local/ruletest/load.ts';
import { runTest } from '../../../src/local/ruletest/run.ts';
import { loadRuleFiles } from '../../../src/rules/load.ts';

const RULES = `version: 1
targets:
  chat: { type: Microsoft.CognitiveServices/accounts, kinds: [OpenAI], tags: { env: prod } }
rules:
  - alert: Refused
    on: chat
    metric: { name: ModelRequests, where: { StatusCode: ["429"] }, over: {}, by: [ModelDeploymentName] }
    when: "> 10%"
    for: 2m
    keepFiringFor: 3m
    noData: ok
    labels: { team: ai }
    summary: "{{labels.ModelDeploymentName}} on {{target.name}}: {{value | percent}}"
    respond: { owner: us, within: 15m, action: "Look at {{labels.ModelDeploymentName}}.", steps: [First., Then.] }
  - alert: Silent
    on: chat
    metric: { name: ModelRequests, by: [ModelDeploymentName] }
    absent: { for: 15m, expect: inventory }
    respond: { owner: us, within: 15m, action: Act. }
  - report: Missing
    on: chat
    log:
      query: |
        AzureDiagnostics
        | where Category == "RequestResponse" and ResultSignature == "404"
        | extend Deployment = tostring(parse_json(properties_s).modelDeploymentName)
        | summarize Calls = dcount(CorrelationId) by _ResourceId, Deployment
      value: Calls
      by: [Deployment]
    every: 5m
    when: ">= 3"
    summary: "{{value}} calls to {{labels.Deployment}}"
  - alert: Slow
    on: chat
    metric: { name: TimeToResponse, aggregate: average, by: [ModelDeploymentName] }
    when: "> 2000"
    noData: keep
    respond: { owner: us, within: 15m, action: Act. }
`;
const { rules, diagnostics } = loadRuleFiles([{ path: 'r.yaml', text: RULES }]);

/** Runs the tests of a file and gives what went wrong, with both sides. */
async function failures(tests: string): Promise<readonly string[]> {
  const loaded = loadTestFile({ path: 't.test.yaml', text: `version: 1\ntests:\n${tests}` });
  expect(loaded.diagnostics).toEqual([]);
  const outcomes = [];
  for (const test of loaded.tests) outcomes.push(await runTest(test, rules));
  return outcomes.flatMap((outcome) =>
    outcome.failures.map(({ diagnostic, expected, got }) => {
      const { line, column, code, message } = diagnostic;
      return [`${line}:${column} ${code} ${message}`, ...expected.map((one) => `- ${one}`), ...got.map((one) => `+ ${one}`)].join(
        '\n',
      );
    }),
  );
}

const STORM = `
    input:
      - { metric: ModelRequests, labels: { ModelDeploymentName: chat, StatusCode: "200" }, values: 10x40 }
      - { metric: ModelRequests, labels: { ModelDeploymentName: chat, StatusCode: "429" }, values: 0x9 10x9 0x20 }
`;

describe('a test of a rule', () => {
  it('has rules that load', () => expect(diagnostics).toEqual([]));

  it('passes when alerts, their texts, states, verdicts and episodes are as expected', async () => {
    expect(
      await failures(
        `
  - name: storm
    rule: Refused${STORM}    expect:
      - { at: 13m, alerts: none }
      - at: 14m
        alerts: none
        series: [{ labels: { ModelDeploymentName: chat }, state: pending, value: 16.66666667% }]
        verdicts: [{ window: 10m, is: ok }, { window: 11m, is: breach, labels: { ModelDeploymentName: chat } }, { window: 12m, is: unjudged }]
      - at: 16m
        alerts:
          - rule: Refused
            target: target
            labels: { ModelDeploymentName: chat, team: ai }
            severity: 2
            since: 13m
            summary: "/^chat on target: \\\\d+/"
            action: Look at chat.
            steps: [First., Then.]
            owner: us
        evaluation: { outcome: judged, reason: in time }
      - episodes: [{ fired: 13m, resolved: 28m, reason: recovered }]
`.replace('            value: "/^/"\n', ''),
      ),
    ).toEqual([]);
  });

  it('fails at the place of the expectation, with both sides', async () => {
    expect(
      await failures(`
  - name: storm
    rule: Refused${STORM}    expect:
      - at: 20m
        alerts: [{ labels: { ModelDeploymentName: other } }]
      - { at: 20m, alerts: none }
      - { at: 40m, episodes: [{ fired: 13m, resolved: 26m }] }
`),
    ).toEqual([
      '11:18 TCN-T003 storm: at 20m expected alert did not come\n- labels {"ModelDeploymentName":"other"}\n+ Refused{ModelDeploymentName="chat", team="ai"} on target severity 2, value 0.375, since 13m, breach: chat on target: 37.5%',
      '12:28 TCN-T003 storm: at 20m an alert that was not expected\n- none\n+ Refused{ModelDeploymentName="chat", team="ai"} on target severity 2, value 0.375, since 13m, breach: chat on target: 37.5%',
      '13:31 TCN-T003 storm: at 40m expected alert did not come\n- fired 13m, resolved 26m\n+ Refused{ModelDeploymentName="chat", team="ai"} on target fired 13m, resolved 28m, recovered',
    ]);
  });

  it('tells targets apart, and watches only those that the rule selects', async () => {
    const input = (on: string) =>
      `      - { metric: ModelRequests, on: ${on}, labels: { ModelDeploymentName: chat, StatusCode: "429" }, values: 10x20 }\n`;
    expect(
      await failures(`
  - name: targets
    rule: Refused
    targets: { east: {}, west: { region: westeurope }, test: { tags: { env: test } }, other: { kind: AIServices } }
    input:
${input('[east, test, other]')}${input('west').replace('429', '200')}    expect:
      - { at: 20m, alerts: [{ target: east }] }
`),
    ).toEqual([]);
  });

  it('knows what is deployed, and notices its silence', async () => {
    expect(
      await failures(`
  - name: silence
    rule: Silent
    targets: { east: { contains: [{ ModelDeploymentName: chat }, { ModelDeploymentName: idle }] } }
    input: [{ metric: ModelRequests, labels: { ModelDeploymentName: chat }, values: 1x240 }]
    expect:
      - { at: 60m, alerts: none }
      - { at: 4h, alerts: [{ labels: { ModelDeploymentName: idle }, reason: absent }] }
`),
    ).toEqual([]);
  });

  it('reads log rows through KQL: repeated, numbered, with JSON, and findings of reports', async () => {
    expect(
      await failures(`
  - name: rows
    rule: Missing
    input:
      - { log: AzureDiagnostics, every: 1m, until: 1h, row: { Category: Audit } }
      - { log: AzureDiagnostics, at: 12m, copies: 4, row: { Category: RequestResponse, ResultSignature: 404, CorrelationId: "c-{n}", properties_s: { modelDeploymentName: gone } } }
      - { log: AzureDiagnostics, at: 12m, copies: 4, row: { Category: RequestResponse, ResultSignature: 404, CorrelationId: same, properties_s: { modelDeploymentName: once } } }
    expect:
      - { at: 20m, findings: none }
      - { at: 1h, alerts: none, findings: [{ kind: report, labels: { Deployment: gone }, value: 4, count: 1, summary: 4 calls to gone }] }
`),
    ).toEqual([]);
  });

  it('lets rows arrive late: the window waits for its table, and a late verdict is stated', async () => {
    expect(
      await failures(`
  - name: late rows
    rule: Missing
    input:
      - { log: AzureDiagnostics, every: 1m, until: 10m, row: { Category: Audit } }
      - { log: AzureDiagnostics, at: 11m, every: 1m, until: 2h, arrives: +20m, row: { Category: Audit } }
      - { log: AzureDiagnostics, at: 12m, copies: 4, arrives: +20m, row: { Category: RequestResponse, ResultSignature: 404, CorrelationId: "c-{n}", properties_s: { modelDeploymentName: gone } } }
    expect:
      - { at: 27m, findings: none, evaluation: { outcome: waiting, reason: /^data late/ } }
      - { at: 36m, findings: [{ labels: { Deployment: gone } }] }
`),
    ).toEqual([]);
  });

  it('knows outages: what cannot be read is unknown, not quiet', async () => {
    expect(
      await failures(`
  - name: outage
    rule: Refused${STORM}      - { outage: metrics, from: 17m, until: 25m, code: TCN-A001 }
    expect:
      - { at: 24m, alerts: [{ since: 13m }], evaluation: { outcome: unknown, reason: /throttled/, code: TCN-A001 } }
      - { at: 40m, episodes: [{ fired: 13m, resolved: 28m }] }
`),
    ).toEqual([]);
  });

  it('weighs samples, and takes history before its start for seen', async () => {
    expect(
      await failures(`
  - name: samples
    rule: Slow
    input: [{ metric: TimeToResponse, labels: { ModelDeploymentName: chat }, from: -1d, values: 1000x1439 3000x20, samples: 5 }]
    expect:
      - { at: 1m, alerts: none }
      - { at: 20m, alerts: [{ value: 2200, since: 3m }] }
`),
    ).toEqual([]);
  });

  it('cannot pass by a rule that is blind', async () => {
    const broken = loadRuleFiles([
      { path: 'r.yaml', text: RULES.replace('dcount(CorrelationId)', 'dcount(CorrelationIdd)') },
    ]).rules;
    const loaded = loadTestFile({
      path: 't.test.yaml',
      text: 'version: 1\ntests:\n  - { name: blind, rule: Missing, expect: [{ at: 1h, findings: none }] }\n',
    });
    const outcome = await runTest(loaded.tests[0] as (typeof loaded.tests)[number], broken);
    expect(outcome.failures.map(({ diagnostic }) => diagnostic.message)).toEqual([
      expect.stringMatching(/^blind: Missing cannot be evaluated: .*CorrelationIdd/),
    ]);
  });
});

describe('a test that names what does not exist', () => {
  const one = (rule: string, input: string, check = '{ at: 1m, alerts: none }') =>
    failures(`  - { name: t, rule: ${rule}, input: [${input}], expect: [${check}] }\n`);

  it.each([
    ['a rule', one('Refusd', ''), 'there is no rule Refusd'],
    [
      'a metric',
      one('Refused', '{ metric: ModelRequest, values: 1 }'),
      'microsoft.cognitiveservices/accounts has no metric ModelRequest',
    ],
    [
      'a dimension',
      one('Refused', '{ metric: ModelRequests, labels: { Status: 1 }, values: 1 }'),
      'metric ModelRequests has no dimension Status',
    ],
    ['a table', one('Missing', '{ log: AzureDiagnostic }'), 'there is no table AzureDiagnostic'],
    [
      'a column',
      one('Missing', '{ log: AzureDiagnostics, row: { Categry: x } }'),
      'table AzureDiagnostics has no column Categry',
    ],
    [
      'a time of a row',
      one('Missing', '{ log: AzureDiagnostics, row: { TimeGenerated: x } }'),
      'TimeGenerated is set by the test itself',
    ],
    [
      'a value of another type',
      one('Missing', '{ log: AzureDiagnostics, row: { DurationMs: long } }'),
      '"long" is no long, which column DurationMs holds',
    ],
    ['a target', one('Refused', '{ metric: ModelRequests, on: nobody, values: 1 }'), 'there is no target nobody'],
    ['a sample', one('Refused', '{ metric: ModelRequests, values: 1y3 }'), '`1y3` is none of 5, 5x3, 5+2x3, _, _x3 and stale'],
    ['a rule that it does not run', one('Refused', '', '{ alerts: [{ rule: Slow }] }'), 'the test does not run Slow'],
  ])('%s is told so, and does not pass', async (_, found, message) => {
    const all = await found;
    expect(all).toHaveLength(1);
    expect(all[0]).toMatch(new RegExp(`^3:\\d+ TCN-T002 ${message.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`));
  });
});

describe('a file of tests', () => {
  const found = (text: string) =>
    loadTestFile({ path: 't.test.yaml', text }).diagnostics.map(
      ({ line, column, code, message }) => `${line}:${column} ${code} ${message}`,
    );

  it('that is wrong is told where, and its other tests stay', () => {
    const text = `version: 1
tests:
  - { name: good, expect: [{ at: 1m, alerts: none }] }
  - { name: bad, expect: [{ at: soon, alerts: none }] }
  - { name: bad, inputs: [], expect: [{ alert: none }] }
  - { name: bad, input: [{ metrics: X, values: 1 }], expect: [{ at: 1m, alerts: none }] }
`;
    expect(loadTestFile({ path: 't.test.yaml', text }).tests.map(({ name }) => name)).toEqual(['good']);
    expect(found(text)).toEqual([
      '4:33 TCN-T001 `at` does not have the right form',
      '5:41 TCN-T001 unknown key `alert`',
      '5:18 TCN-T001 unknown key `inputs`',
      '6:26 TCN-T001 an input of no known kind',
    ]);
  });

  it('takes 0x10 for eleven zeros, which to YAML is sixteen', () => {
    const text = 'version: 1\ntests:\n  - { name: t, input: [{ metric: M, values: 0x10 }], expect: [{ at: 0 }] }\n';
    const [test] = loadTestFile({ path: 't.test.yaml', text }).tests;
    expect(test?.inputs[0]?.raw).toMatchObject({ values: '0x10' });
  });
});

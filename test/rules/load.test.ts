import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../src/model/duration.ts';
import type { Rule } from '../../src/model/rule.ts';
import { loadRuleFiles } from '../../src/rules/load.ts';

const FILE = 'rules.yaml';
const load = (text: string) => loadRuleFiles([{ path: FILE, text }]);
/** `line:column code message — hint` of every diagnostic. */
const found = (text: string) =>
  load(text).diagnostics.map(
    (one) => `${one.line}:${one.column} ${one.code} ${one.message}${one.hint === null ? '' : ` — ${one.hint}`}`,
  );

const HEAD = `version: 1
targets:
  chat: { type: microsoft.cognitiveservices/ACCOUNTS, kinds: [OpenAI] }
rules:
`;
const RESPOND = `
    respond: { owner: us, within: 15m, action: Act. }`;
const METRIC = 'metric: { name: ModelRequests, by: [ModelDeploymentName] }';

function only(text: string): Rule {
  const { rules, diagnostics } = load(text);
  expect(diagnostics).toEqual([]);
  expect(rules).toHaveLength(1);
  return rules[0] as Rule;
}

describe('a rule file', () => {
  it('gives the rule of the documentation, with every default filled in', () => {
    const rule = only(`version: 1
defaults: { every: 1m, severity: 2 }
targets:
  chat: { type: Microsoft.CognitiveServices/accounts, kinds: [OpenAI, AIServices], tags: { env: prod } }
rules:
  - alert: AzureOpenAIThrottled
    on: chat
    metric:
      name: ModelRequests
      where: { StatusCode: ["429"] }
      over: { name: ModelRequests }
      aggregate: total
      by: [ModelDeploymentName]
    window: 5m
    when: "> 10%"
    floor: 20
    for: 3m
    keepFiringFor: 5m
    clear: "< 5%"
    severity: 1
    noData: keep
    onError: keep
    delay: auto
    respond:
      owner: ai-platform
      within: 15m
      action: Shift traffic or raise capacity for {{labels.ModelDeploymentName}}.
      runbook: https://example.org/runbook
      steps: [Look., Act.]
    labels: { team: ai-platform }
    summary: "{{labels.ModelDeploymentName}}: {{value | percent}} of calls refused with 429"
`);
    expect(rule).toEqual({
      id: 'AzureOpenAIThrottled',
      disposition: 'alert',
      on: { type: 'Microsoft.CognitiveServices/accounts', kinds: ['OpenAI', 'AIServices'], tags: { env: 'prod' } },
      signal: {
        kind: 'metric',
        namespace: 'Microsoft.CognitiveServices/accounts',
        metric: { name: 'ModelRequests', where: { StatusCode: ['429'] }, aggregate: 'total' },
        over: { name: 'ModelRequests', where: {}, aggregate: 'total' },
        by: ['ModelDeploymentName'],
        grain: MINUTE,
      },
      condition: { kind: 'threshold', when: { operator: '>', threshold: 0.1 }, clear: { operator: '<', threshold: 0.05 } },
      window: 5 * MINUTE,
      every: MINUTE,
      for: 3 * MINUTE,
      failing: null,
      keepFiringFor: 5 * MINUTE,
      floor: 20,
      noData: 'keep',
      onError: 'keep',
      delay: 3 * MINUTE,
      severity: 1,
      labels: { team: 'ai-platform' },
      summary: '{{labels.ModelDeploymentName}}: {{value | percent}} of calls refused with 429',
      respond: {
        owner: 'ai-platform',
        within: 15 * MINUTE,
        action: 'Shift traffic or raise capacity for {{labels.ModelDeploymentName}}.',
        runbook: 'https://example.org/runbook',
        steps: ['Look.', 'Act.'],
      },
      categories: [],
      source: { file: FILE, line: 6 },
    });
  });

  it('may leave almost everything out', () => {
    const rule = only(`${HEAD}  - report: R\n    ${METRIC}\n    when: ">= 5"\n`);
    expect(rule).toMatchObject({
      every: MINUTE,
      window: 5 * MINUTE,
      severity: 2,
      for: 0,
      keepFiringFor: 0,
      delay: 3 * MINUTE,
      respond: null,
    });
    expect(rule.signal).toMatchObject({ metric: { aggregate: 'total' }, namespace: 'Microsoft.CognitiveServices/accounts' });
  });

  it('gives what a rule leaves out from its defaults', () => {
    const rule = only(
      `version: 1\ndefaults: { every: 5m, severity: 4, noData: report, labels: { a: x, b: x }, on: { type: Microsoft.CognitiveServices/accounts } }\n` +
        `rules:\n  - report: R\n    ${METRIC}\n    when: "> 5"\n    labels: { b: mine }\n`,
    );
    expect(rule).toMatchObject({ every: 5 * MINUTE, severity: 4, noData: 'report', labels: { a: 'x', b: 'mine' } });
  });

  it('judges an absence over the time of its silence', () => {
    const rule = only(
      `${HEAD}  - report: R\n    log: { table: AmlComputeJobEvent, by: [ExperimentName] }\n    absent: { for: 26h, expect: { names: [nightly], seen: 7d, inventory: true } }\n`,
    );
    expect(rule).toMatchObject({ window: 26 * HOUR, delay: 10 * MINUTE, categories: ['AmlComputeJobEvent'] });
    expect(rule.condition).toEqual({
      kind: 'absent',
      for: 26 * HOUR,
      expect: [{ kind: 'names', names: ['nightly'] }, { kind: 'inventory' }, { kind: 'seen', within: 7 * 24 * HOUR }],
    });
  });

  it('finds the resource type, table, categories and delay of a log rule by its query', () => {
    const { rules } = load(`version: 1
rules:
  - report: Logs
    log:
      query: |
        // AzureMetrics is not what is read
        AzureDiagnostics
        | where Category == "RequestResponse" and OperationName != "AmlRunEvent"
    when: "> 0"
  - report: Activity
    on: { type: Microsoft.CognitiveServices/accounts }
    log: { query: AzureActivity }
    when: "> 0"
`);
    expect(rules[0]).toMatchObject({
      on: { type: 'Microsoft.CognitiveServices/accounts' },
      signal: { table: 'AzureDiagnostics', value: null },
      categories: ['RequestResponse'],
      delay: 10 * MINUTE,
    });
    expect(rules[1]).toMatchObject({ signal: { table: 'AzureActivity' }, delay: 20 * MINUTE, categories: [] });
  });

  it('takes a metric that Azure gives in percent as it is, with or without the sign', () => {
    const rule = (when: string) =>
      only(`${HEAD}  - report: R\n    metric: { name: ModelAvailabilityRate, aggregate: average }\n    when: "${when}"\n`);
    expect(rule('< 99%').condition).toMatchObject({ when: { threshold: 99 } });
    expect(rule('< 99').condition).toMatchObject({ when: { threshold: 99 } });
  });

  it('chooses the coarsest grain that fits window, steps and parts', () => {
    const grain = (rest: string) =>
      (only(`${HEAD}  - report: R\n    ${METRIC}\n    when: "> 5"\n    ${rest}\n`).signal as { grain: number }).grain;
    expect(grain('window: 15m')).toBe(MINUTE);
    expect(grain('{ window: 6h, every: 1h }'.slice(2, -2).replace(', ', '\n    '))).toBe(5 * MINUTE);
    expect(grain('window: 6h')).toBe(MINUTE);
    expect(grain('window: 1d\n    every: 1h')).toBe(15 * MINUTE);
    expect(grain('window: 60m\n    failing: 3 of 5')).toBe(MINUTE);
  });

  it('knows that averages can be weighted only where Azure counts samples', () => {
    const text = `version: 1\nrules:\n  - report: R\n    on: { type: Microsoft.MachineLearningServices/workspaces }\n    metric: { name: Failed Runs, aggregate: average }\n    when: "> 1"\n`;
    expect(only(text).signal).toMatchObject({ metric: { aggregate: 'average', counted: true } });
  });
});

describe('what is wrong is stated where it stands', () => {
  it.each([
    [
      'an unknown key of a rule',
      `  - report: R\n    ${METRIC}\n    wenn: "> 5"\n    when: "> 5"`,
      '7:5 TCN-R003 unknown key `wenn` — did you mean `when`?',
    ],
    [
      'an unknown key deeper down',
      `  - report: R\n    metric: { name: ModelRequests, over: { nam: X } }\n    when: "> 5"`,
      '6:44 TCN-R003 unknown key `nam` — did you mean `name`?',
    ],
    [
      'an alert without a response',
      `  - alert: R\n    ${METRIC}\n    when: "> 5"`,
      '5:5 TCN-R004 `respond` is missing — What a person must do when the alert fires. Without one, the rule can only be a report.',
    ],
    [
      'an unknown target',
      `  - report: R\n    on: chatt\n    ${METRIC}\n    when: "> 5"`,
      '6:9 TCN-R005 there is no target set `chatt` — did you mean `chat`?',
    ],
    [
      'a duration',
      `  - report: R\n    ${METRIC}\n    window: 5 minutes\n    when: "> 5"`,
      '7:13 TCN-R007 `window` does not have the right form: write it as 90s, 5m, 1h or 7d — The span that is folded into one value; default 5m. Written as 90s, 5m, 1h30m or 7d.',
    ],
    [
      'a duration written as a number',
      `  - report: R\n    ${METRIC}\n    for: 5\n    when: "> 5"`,
      '7:10 TCN-R007 `for` must be a text — How long a breach must last before the alert fires; default 0s. Written as 90s, 5m, 1h30m or 7d.',
    ],
    [
      'a comparison',
      `  - report: R\n    ${METRIC}\n    when: more than 5`,
      '7:11 TCN-R008 `when` does not have the right form: write it as "> 10%", ">= 5" or "< 0.2" — Breach while this holds, e.g. "> 10%", ">= 5". A ratio written as 10% is 0.1.',
    ],
    [
      'percent of what is no ratio',
      `  - report: R\n    ${METRIC}\n    when: "> 5%"`,
      '7:11 TCN-R008 `when` is in percent, but the value is neither a ratio nor a percentage — leave the percent sign out, or add `over:` to make it a ratio',
    ],
    [
      'two kinds of condition',
      `  - report: R\n    ${METRIC}\n    when: "> 5"\n    absent: { for: 5m, expect: inventory }`,
      '8:5 TCN-R009 a rule has either `when` or `absent`, not both',
    ],
    [
      'two signals',
      `  - report: R\n    ${METRIC}\n    log: { table: AzureActivity }\n    when: "> 5"`,
      '7:5 TCN-R009 a rule has either `metric` or `log`, not both',
    ],
    ['no signal', '  - report: R\n    when: "> 5"', '5:5 TCN-R002 the rule watches nothing — add `metric:` or `log:`'],
    [
      'no condition',
      `  - report: R\n    ${METRIC}`,
      '5:5 TCN-R002 the rule has no condition — add `when: "> 10%"` or `absent: { for: 15m, expect: … }`',
    ],
    [
      'a clear that overlaps',
      `  - report: R\n    ${METRIC}\n    when: "> 5"\n    clear: "< 6"`,
      '8:12 TCN-R009 `clear` must lie on the other side of `when` — with `when: "> 10%"` write for example `clear: "< 5%"`',
    ],
    [
      'for beside failing',
      `  - report: R\n    ${METRIC}\n    when: "> 5"\n    failing: 3 of 5\n    for: 5m`,
      '9:5 TCN-R009 `for` and `failing` both say how long a breach must last',
    ],
    [
      'parts that do not divide the window',
      `  - report: R\n    ${METRIC}\n    when: "> 5"\n    failing: 3 of 4`,
      '8:14 TCN-R009 a window of 5m cannot be cut into 4 parts of whole minutes — for example `window: 4m`',
    ],
    [
      'n greater than m',
      `  - report: R\n    ${METRIC}\n    when: "> 5"\n    failing: 6 of 5`,
      '8:14 TCN-R009 `6 of 5` can never be or always is met — n of m with 1 ≤ n ≤ m',
    ],
    [
      'a window beside absent',
      `  - report: R\n    ${METRIC}\n    window: 5m\n    absent: { for: 5m, expect: inventory }`,
      '7:5 TCN-R009 `window` does not go with `absent` — the window of an absence is `absent.for`',
    ],
    [
      'names without one label',
      `  - report: R\n    metric: { name: ModelRequests }\n    absent: { for: 5m, expect: [a] }`,
      '7:32 TCN-R009 `expect` with names needs exactly one entry in `by`: the label that the names are values of — add `by`',
    ],
    [
      'a report with a response',
      `  - report: R\n    ${METRIC}\n    when: "> 5"${RESPOND}`,
      '8:5 TCN-R009 a report needs no response — make it an `alert:` if somebody must act now, else remove `respond:`',
    ],
    [
      'an unknown metric',
      '  - report: R\n    metric: { name: ModelRequest }\n    when: "> 5"',
      '6:21 TCN-R010 Microsoft.CognitiveServices/accounts has no metric ModelRequest — did you mean `ModelRequests`?',
    ],
    [
      'a metric that Azure removed',
      '  - report: R\n    metric: { name: RAIAbusiveUsersCount }\n    when: "> 5"',
      '6:21 TCN-R010 Azure has removed the metric RAIAbusiveUsersCount',
    ],
    [
      'an aggregation',
      '  - report: R\n    metric: { name: ModelRequests, aggregate: average }\n    when: "> 5"',
      '6:47 TCN-R011 ModelRequests does not offer the aggregation average — it offers total',
    ],
    [
      'an aggregation that must be chosen',
      '  - report: R\n    metric: { name: TimeToResponse }\n    when: "> 5"',
      '6:5 TCN-R011 TimeToResponse needs an `aggregate` — one of minimum, maximum, average',
    ],
    [
      'a legacy metric',
      '  - report: R\n    metric: { name: ServerErrors }\n    when: "> 5"',
      '6:21 TCN-R013 Azure\'s reference says not to use ServerErrors for Azure OpenAI accounts — use `ModelRequests` with `where: { StatusCode: [">=500"] }`, or give the target set `kinds:` without OpenAI',
    ],
    [
      'a dimension to split by',
      '  - report: R\n    metric: { name: ModelRequests, by: [ModelDeployment] }\n    when: "> 5"',
      '6:41 TCN-R014 metric ModelRequests has no dimension ModelDeployment — did you mean `ModelDeploymentName`?',
    ],
    [
      'a dimension to filter by',
      '  - report: R\n    metric: { name: ModelRequests, where: { Status: 429 } }\n    when: "> 5"',
      '6:45 TCN-R014 metric ModelRequests has no dimension Status — it can be split by: ApiName, OperationName, Region, StreamType, ModelDeploymentName, ModelName, ModelVersion, StatusCode, IsSpillover, ServiceTierRequest, ServiceTierResponse',
    ],
    [
      'a split that the denominator lacks',
      '  - report: R\n    metric: { name: RAIRejectedRequests, over: { name: RAITotalRequests }, by: [Category] }\n    when: "> 5%"',
      '6:81 TCN-R014 metric RAITotalRequests has no dimension Category — it can be split by: Region, ModelDeploymentName, ModelName, ModelVersion, ApiName',
    ],
    [
      'a placeholder',
      `  - report: R\n    ${METRIC}\n    when: "> 5"\n    summary: "{{labels.Deployment}} is busy"`,
      '8:14 TCN-R018 {{labels.Deployment}} stands for nothing — there are {{value}}, {{threshold}}, {{lower}}, {{upper}}, {{usual}}, {{labels.ModelDeploymentName}}, {{target.name}}, {{target.id}}, {{rule}}, {{window}}',
    ],
    [
      'an unknown table',
      '  - report: R\n    log: { table: AmlComputeJobEvents }\n    when: "> 0"',
      '6:19 TCN-R019 there is no table AmlComputeJobEvents — did you mean `AmlComputeJobEvent`?',
    ],
    [
      'an unknown category',
      '  - report: R\n    log: { table: AzureDiagnostics, categories: [RequestResponses] }\n    when: "> 0"',
      '6:50 TCN-R019 there is no log category RequestResponses — did you mean `RequestResponse`?',
    ],
    [
      'a name that cannot key a blob',
      `  - report: a/b\n    ${METRIC}\n    when: "> 5"`,
      '5:13 TCN-R002 `report` does not have the right form: a letter, then letters, digits, - and _; at most 80 — Name of the report rule.',
    ],
    [
      'a severity',
      `  - report: R\n    ${METRIC}\n    when: "> 5"\n    severity: 7`,
      '8:15 TCN-R002 `severity` must be at most 4 — 0 critical, 1 error, 2 warning, 3 informational, 4 verbose, as in Azure Monitor.',
    ],
    [
      'a policy',
      `  - report: R\n    ${METRIC}\n    when: "> 5"\n    noData: ignore`,
      '8:13 TCN-R002 `noData` must be keep, ok, alert, report — What becomes of a series without data; default keep: its state stays, for a bounded time.',
    ],
    [
      'a tick that is too short',
      `  - report: R\n    ${METRIC}\n    when: "> 5"\n    every: 30s`,
      '8:12 TCN-R007 `every` is at least 1m: that is how often the timer ticks',
    ],
    ['a rule without a head', '  - on: chat\n    when: "> 5"', '5:5 TCN-R002 a rule begins with `alert: Name` or `report: Name`'],
    [
      'a rule that is no mapping',
      '  - AzureOpenAIThrottled',
      '5:5 TCN-R002 a rule is a mapping that begins with `alert:` or `report:`',
    ],
  ])('%s', (_, rule, expected) => {
    expect(found(`${HEAD}${rule}\n`)).toContain(expected);
  });

  it('a type without known metrics, with the nearest', () => {
    const text = `version: 1\nrules:\n  - report: R\n    on: { type: Microsoft.CognitiveService/accounts }\n    ${METRIC}\n    when: "> 5"\n`;
    expect(found(text)).toEqual([
      '5:21 TCN-R010 `Microsoft.CognitiveService/accounts` has no metrics that Tocsin knows, so `ModelRequests` cannot be checked — did you mean `Microsoft.CognitiveServices/accounts`?',
    ]);
  });

  it('a rule that does not say whom it watches', () => {
    expect(found(`version: 1\nrules:\n  - report: R\n    ${METRIC}\n    when: "> 5"\n`)).toEqual([
      '3:5 TCN-R005 the rule does not say whom it watches — add `on:` with one of the sets under `targets:` (there are none yet)',
    ]);
  });

  it.each([
    ['text', 'hello', '1:1 TCN-R002 a rule file is a mapping with `version: 1` and `rules:`'],
    ['nothing', '', '1:1 TCN-R002 a rule file is a mapping with `version: 1` and `rules:`'],
    ['another version', 'version: 2\nrules: []', '1:10 TCN-R002 `version` must be 1 — Version of this format.'],
    ['no rules', 'version: 1', '1:1 TCN-R002 `rules` is missing — The rules.'],
    ['an unknown key', 'version: 1\nrule: []\nrules: []', '2:1 TCN-R003 unknown key `rule` — did you mean `rules`?'],
  ])('a file that is %s', (_, text, expected) => {
    expect(found(text)).toEqual([expected]);
  });

  it('broken YAML', () => {
    const [first] = found('version: 1\nrules:\n  - report: [R\n');
    expect(first).toMatch(/^4:1 TCN-R001 /);
  });
});

describe('what is right comes out, whatever is wrong beside it', () => {
  const good = `  - report: Good\n    ${METRIC}\n    when: "> 5"\n`;

  it('a broken rule hides no other rule', () => {
    const { rules, diagnostics } = load(
      `${HEAD}  - report: Bad\n    metrik: 1\n${good}  - alert: AlsoBad\n    ${METRIC}\n    when: "> 5"\n`,
    );
    expect(rules.map(({ id }) => id)).toEqual(['Good']);
    expect(diagnostics.map(({ code, line }) => [code, line])).toEqual([
      ['TCN-R003', 6],
      ['TCN-R004', 10],
    ]);
  });

  it('a key given twice spoils only its own rule', () => {
    const { rules, diagnostics } = load(`${HEAD}  - report: Bad\n    ${METRIC}\n    when: "> 5"\n    when: "> 6"\n${good}`);
    expect(rules.map(({ id }) => id)).toEqual(['Good']);
    expect(diagnostics.map(({ code, line, column }) => [code, line, column])).toEqual([['TCN-R001', 8, 5]]);
  });

  it('a broken file hides no other file', () => {
    const files = [
      { path: 'a.yaml', text: 'rules: [' },
      { path: 'b.yaml', text: HEAD + good },
    ];
    const { rules, diagnostics } = loadRuleFiles(files);
    expect(rules.map(({ id, source }) => [id, source.file])).toEqual([['Good', 'b.yaml']]);
    expect(diagnostics.every(({ file }) => file === 'a.yaml')).toBe(true);
  });

  it('a broken target set spoils only the rules that use it, and is reported once', () => {
    const { rules, diagnostics } = load(
      `version: 1\ntargets:\n  bad: { kind: [OpenAI], type: Microsoft.CognitiveServices/accounts }\n  chat: { type: Microsoft.CognitiveServices/accounts }\n` +
        `rules:\n${good.replace('report: Good', 'report: Good\n    on: chat')}${good.replace('Good', 'Bad\n    on: bad')}`,
    );
    expect(rules.map(({ id }) => id)).toEqual(['Good']);
    expect(diagnostics.map(({ message, hint }) => [message, hint])).toEqual([['unknown key `kind`', 'did you mean `kinds`?']]);
  });

  it('of two rules with one name the first stays, across files', () => {
    const files = ['a.yaml', 'b.yaml'].map((path) => ({ path, text: HEAD + good }));
    const { rules, diagnostics } = loadRuleFiles(files);
    expect(rules.map(({ source }) => source.file)).toEqual(['a.yaml']);
    expect(diagnostics).toMatchObject([
      { code: 'TCN-R006', file: 'b.yaml', line: 5, message: '`Good` is already the name of the rule at a.yaml:5' },
    ]);
  });

  it('a rule with a warning still comes out', () => {
    const { rules, diagnostics } = load(`${HEAD}  - report: R\n    metric: { name: BlockedCalls }\n    when: "> 5"\n`);
    expect(rules).toHaveLength(1);
    expect(diagnostics).toMatchObject([{ severity: 'warning', code: 'TCN-R013' }]);
  });
});
